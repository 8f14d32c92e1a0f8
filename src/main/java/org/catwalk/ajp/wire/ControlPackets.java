package org.catwalk.ajp.wire;

import java.nio.ByteBuffer;

/** The packets that are always the same, or nearly so. Each method puts one whole packet; nothing is allocated. */
public final class ControlPackets {

    public static final int END_RESPONSE_BYTES = 6;
    public static final int CPONG_BYTES = 5;
    public static final int CPING_BYTES = 5;
    public static final int FLUSH_BYTES = SendBodyChunk.OVERHEAD;
    public static final int GET_BODY_CHUNK_BYTES = 7;

    /** The most that one body chunk can bring. */
    public static final int MAX_ASKED_BYTES = Packets.MAX_PACKET_SIZE - BodyChunk.OVERHEAD;

    private static final byte[] END_AND_REUSE = {'A', 'B', 0, 2, MessageType.END_RESPONSE, 1};
    private static final byte[] END_AND_CLOSE = {'A', 'B', 0, 2, MessageType.END_RESPONSE, 0};
    private static final byte[] CPONG = {'A', 'B', 0, 1, MessageType.CPONG};
    private static final byte[] CPING = {0x12, 0x34, 0, 1, MessageType.CPING};
    private static final byte[] FLUSH = {'A', 'B', 0, 4, MessageType.SEND_BODY_CHUNK, 0, 0, 0};
    private static final byte[] GET_BODY_CHUNK = {'A', 'B', 0, 3, MessageType.GET_BODY_CHUNK};

    private ControlPackets() {
    }

    /**
     * Container to web server: the response is complete.
     *
     * @param into has room for {@link #END_RESPONSE_BYTES}
     * @param reuse whether the web server may send another request on this connection
     */
    public static void endResponse(ByteBuffer into, boolean reuse) {
        into.put(reuse ? END_AND_REUSE : END_AND_CLOSE);
    }

    /**
     * Container to web server: the answer to a CPING.
     *
     * @param into has room for {@link #CPONG_BYTES}
     */
    public static void cpong(ByteBuffer into) {
        into.put(CPONG);
    }

    /**
     * Container to web server: pass on what you have. A SEND_BODY_CHUNK without data, which both front ends understand so.
     *
     * @param into has room for {@link #FLUSH_BYTES}
     */
    public static void flush(ByteBuffer into) {
        into.put(FLUSH);
    }

    /**
     * Container to web server: send another body chunk.
     *
     * @param into has room for {@link #GET_BODY_CHUNK_BYTES}
     * @param askedBytes 1..{@link #MAX_ASKED_BYTES}, a wish: mod_proxy_ajp ignores it. Not 0, which mod_jk answers with what looks like
     *        the end of the body, and not 0xFFFF, which it takes for an error.
     */
    public static void getBodyChunk(ByteBuffer into, int askedBytes) {
        if (askedBytes < 1 || askedBytes > MAX_ASKED_BYTES) {
            throw new IllegalArgumentException("GET_BODY_CHUNK asks for 1 to " + MAX_ASKED_BYTES + " bytes, not " + askedBytes);
        }
        into.put(GET_BODY_CHUNK).put((byte) (askedBytes >>> 8)).put((byte) askedBytes);
    }

    /**
     * Web server to container: are you alive?
     *
     * @param into has room for {@link #CPING_BYTES}
     */
    public static void cping(ByteBuffer into) {
        into.put(CPING);
    }
}
