/**
 * Coverage-guided fuzzing. {@link org.catwalk.ajp.fuzz.Fuzz} runs a target under Jazzer in a process of its own, since Jazzer instruments
 * classes and ends the process; a target is a class with a method {@code fuzzerTestOneInput}, which also takes its inputs one by one
 * without Jazzer. What was found once stands in {@code src/test/resources/fuzz} and is replayed by every build.
 */
package org.catwalk.ajp.fuzz;
