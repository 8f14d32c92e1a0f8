package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

/**
 * Puts packets together from what the socket delivers. It knows the four bytes of the outer header and nothing else:
 *
 * <pre>
 *   byte 0..1   magic, 0x1234 from the web server
 *   byte 2..3   payload length, unsigned, big endian, 0..65532
 *   byte 4..    payload
 * </pre>
 *
 * Not thread-safe: whoever owns the reading side of the connection uses it. It holds a buffer only while it holds bytes.
 */
final class PacketAssembler {

    static final int HEADER_BYTES = 4;
    /** A packet is 65536 bytes at the most, its header included. */
    static final int MAX_PAYLOAD = BufferPool.LARGE - HEADER_BYTES;

    private static final int MAGIC_0 = 0x12;
    private static final int MAGIC_1 = 0x34;

    /** What stands at the front of the bytes received so far. */
    enum State {
        /** Nothing. */
        EMPTY,
        /** The beginning of a packet. */
        PARTIAL,
        /** A whole packet; more may follow it. */
        COMPLETE,
        /** Something that does not begin with 0x1234. */
        BAD_MAGIC,
        /** A length that no AJP packet may have. */
        TOO_LONG
    }

    private final BufferPool pool;
    private PacketBuffer buffer;
    private int start;
    private int end;
    private boolean preferLarge;
    private boolean stranger;
    /** A buffer that the application still reads from, while more is received into another one. */
    private PacketBuffer retired;

    PacketAssembler(BufferPool pool) {
        this.pool = pool;
    }

    /** @param on whether to read with a large buffer, if there is one, even when a small one would do */
    void preferLarge(boolean on) {
        preferLarge = on;
    }

    /** @param on whether the peer has not sent a valid request yet */
    void ofStranger(boolean on) {
        stranger = on;
    }

    State state() {
        int available = end - start;
        if (available == 0) {
            return State.EMPTY;
        }
        byte[] b = buffer.bytes();
        if (b[start] != MAGIC_0 || available > 1 && b[start + 1] != MAGIC_1) {
            return State.BAD_MAGIC;
        }
        if (available < HEADER_BYTES) {
            return State.PARTIAL;
        }
        int payload = announced();
        if (payload > MAX_PAYLOAD) {
            return State.TOO_LONG;
        }
        return available < HEADER_BYTES + payload ? State.PARTIAL : State.COMPLETE;
    }

    /**
     * Reads once.
     *
     * @return bytes read, 0 if there were none, -1 at the end of the stream
     */
    int fill(ReadableByteChannel channel) throws IOException {
        releaseRetired();
        makeRoom();
        buffer.view.limit(buffer.capacity()).position(end);
        int n;
        try {
            n = channel.read(buffer.view);
        } finally {
            releaseIfEmpty(buffer.view.position());
        }
        if (n > 0) {
            end += n;
        }
        return n;
    }

    /** @return first byte of the current packet's payload, an index into {@link #bytes()}. */
    int payloadStart() {
        return start + HEADER_BYTES;
    }

    /** @return one past the last byte of the current packet's payload. */
    int payloadEnd() {
        return start + HEADER_BYTES + announced();
    }

    /** @return the payload length that the header at the front announces; the header must be there. */
    int announced() {
        byte[] b = buffer.bytes();
        return (b[start + 2] & 0xFF) << 8 | b[start + 3] & 0xFF;
    }

    byte[] bytes() {
        return buffer.bytes();
    }

    /**
     * Forgets the current, complete packet. Its bytes stay as they are until the next {@link #fill}.
     */
    void consume() {
        start = payloadEnd();
        if (start == end) {
            start = 0;
            end = 0;
        }
    }

    /** @return whether an upload is on its way, so that more may come than the application reads at the moment */
    boolean expectsMuch() {
        return preferLarge;
    }

    /**
     * Reads once, without touching a byte of the packet consumed last, which the application may be reading.
     *
     * @return bytes read, 0 if there is no room, -1 at the end of the stream
     */
    int fillAside(ReadableByteChannel channel) throws IOException {
        if (retired == null) {
            PacketBuffer fresh = pool.acquirePacket(BufferPool.LARGE, stranger);
            if (buffer != null) {
                System.arraycopy(buffer.bytes(), start, fresh.bytes(), 0, end - start);
                end -= start;
                start = 0;
                retired = buffer;
            }
            buffer = fresh;
        }
        if (end == buffer.capacity()) {
            return 0;
        }
        buffer.view.limit(buffer.capacity()).position(end);
        int n = channel.read(buffer.view);
        end += Math.max(n, 0);
        return n;
    }

    /**
     * Gives the current, complete packet to the caller, together with the buffer it is in; bytes behind it are kept.
     * The caller reads {@link #payloadStart()} and {@link #payloadEnd()} first and releases the buffer to the pool.
     */
    PacketBuffer detach() throws BuffersExhaustedException {
        PacketBuffer detached = buffer;
        int next = payloadEnd();
        int rest = end - next;
        PacketBuffer forRest = rest > 0 ? pool.acquirePacket(rest, stranger) : null;
        if (rest > 0) {
            System.arraycopy(detached.bytes(), next, forRest.bytes(), 0, rest);
        }
        buffer = forRest;
        start = 0;
        end = rest;
        return detached;
    }

    private void releaseRetired() {
        PacketBuffer b = retired;
        retired = null;
        pool.release(b);
    }

    /** Gives the buffer back when no byte is in it. */
    void trim() {
        releaseRetired();
        if (start == end) {
            release();
        }
    }

    /** Gives the buffer back, whatever is in it. */
    void release() {
        releaseRetired();
        PacketBuffer b = buffer;
        buffer = null;
        start = 0;
        end = 0;
        pool.release(b);
    }

    private void makeRoom() throws BuffersExhaustedException {
        int needed = end - start >= HEADER_BYTES ? Math.min(announced(), MAX_PAYLOAD) + HEADER_BYTES : BufferPool.SMALL;
        if (buffer == null || needed > buffer.capacity()) {
            moveTo(acquire(needed));
        } else if (preferLarge && buffer.capacity() < BufferPool.LARGE) {
            PacketBuffer larger = acquire(needed);
            if (larger.capacity() > buffer.capacity()) {
                moveTo(larger);
            } else {
                pool.release(larger);
                preferLarge = false;
            }
        }
        if (start > 0 && (start + needed > buffer.capacity() || end == buffer.capacity())) {
            System.arraycopy(buffer.bytes(), start, buffer.bytes(), 0, end - start);
            end -= start;
            start = 0;
        }
    }

    private PacketBuffer acquire(int needed) throws BuffersExhaustedException {
        if (preferLarge && needed <= BufferPool.SMALL) {
            try {
                return pool.acquirePacket(BufferPool.LARGE, stranger);
            } catch (BuffersExhaustedException e) {
                // A small one does it too, only slower.
                return pool.acquirePacket(needed, stranger);
            }
        }
        return pool.acquirePacket(needed, stranger);
    }

    private void moveTo(PacketBuffer larger) {
        if (buffer != null) {
            System.arraycopy(buffer.bytes(), start, larger.bytes(), 0, end - start);
            pool.release(buffer);
        }
        buffer = larger;
        end -= start;
        start = 0;
    }

    private void releaseIfEmpty(int position) {
        if (start == end && position == end) {
            release();
        }
    }
}
