/**
 * The benchmark: {@link org.catwalk.bench.Bench} starts servers (package {@code server}, one JVM each), loads them as mod_jk would
 * (package {@code load}), in alternating rounds, and writes what it saw (package {@code report}).
 */
package org.catwalk.bench;
