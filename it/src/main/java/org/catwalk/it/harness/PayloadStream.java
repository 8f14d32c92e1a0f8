package org.catwalk.it.harness;

import java.io.InputStream;
import java.util.Objects;
import org.catwalk.it.webapp.Payload;

/** The first bytes of {@link Payload} as a stream. */
public final class PayloadStream extends InputStream {

    private final long size;
    private long position;

    public PayloadStream(long size) {
        this.size = size;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (position == size) {
            return -1;
        }
        int count = (int) Math.min(length, size - position);
        Payload.fill(into, offset, count, position);
        position += count;
        return count;
    }
}
