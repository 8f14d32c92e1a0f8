/**
 * Counters and the refusal log: one line a refusal, rate-limited, escaped.
 */
package org.catwalk.ajp.telemetry;
