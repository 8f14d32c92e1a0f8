package org.catwalk.ajp.endpoint;

import java.nio.ByteBuffer;

/**
 * A pooled heap buffer for inbound packets. On the heap because Coyote's {@code MessageBytes} keeps a {@code byte[]}.
 */
public final class PacketBuffer {

    final ByteBuffer view;
    private final byte[] bytes;
    /** The pool's: whether it counts among those that strangers have. */
    boolean stranger;

    PacketBuffer(int capacity) {
        this.bytes = new byte[capacity];
        this.view = ByteBuffer.wrap(bytes);
    }

    /** @return the bytes; valid until the buffer is released to its pool. */
    public byte[] bytes() {
        return bytes;
    }

    int capacity() {
        return bytes.length;
    }
}
