package org.catwalk.ajp.telemetry;

/**
 * The buffers of one kind.
 *
 * @param kind such as {@code small}
 * @param bytes of one buffer
 * @param inUse that requests and connections hold now
 * @param kept that wait to be used again
 * @param keptAtMost as its name says
 * @param inUseAtMost -1 if there is no limit
 */
public record BufferUse(String kind, int bytes, int inUse, int kept, int keptAtMost, int inUseAtMost) {
}
