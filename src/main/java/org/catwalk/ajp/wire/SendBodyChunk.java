package org.catwalk.ajp.wire;

import java.nio.ByteBuffer;

/**
 * What surrounds a piece of the response body. The data itself need not be copied: it goes between prefix and suffix, in the same buffer
 * or in one of its own.
 *
 * <pre>
 *   'A' 'B' uint16 length
 *   byte     0x03
 *   uint16   data length
 *   data
 *   byte     0x00
 * </pre>
 *
 * @see "AJPv13, Response Packet Structure, Send Body Chunk"
 */
public final class SendBodyChunk {

    /** Bytes before the data. */
    public static final int PREFIX_BYTES = Packets.HEADER_BYTES + 1 + 2;
    /** Bytes behind the data. The specification does not show the zero byte; mod_proxy_ajp refuses a chunk without it. */
    public static final int SUFFIX_BYTES = 1;
    /** Packet bytes that are not data. */
    public static final int OVERHEAD = PREFIX_BYTES + SUFFIX_BYTES;
    /** The most data that any packet can carry. */
    public static final int MAX_DATA = Packets.MAX_PACKET_SIZE - OVERHEAD;

    private SendBodyChunk() {
    }

    /**
     * @param packetSize the most that a packet may have, header included
     * @return the most data that it can carry
     */
    public static int maxData(int packetSize) {
        return packetSize - OVERHEAD;
    }

    /**
     * @param into has room for {@link #PREFIX_BYTES}; big endian
     * @param dataLength 0..{@link #MAX_DATA}; 0 asks the web server to flush
     */
    public static void putPrefix(ByteBuffer into, int dataLength) {
        if (dataLength < 0 || dataLength > MAX_DATA) {
            throw new IllegalArgumentException("A SEND_BODY_CHUNK carries 0 to " + MAX_DATA + " bytes, not " + dataLength);
        }
        into.putShort((short) Packets.CONTAINER_MAGIC);
        into.putShort((short) (dataLength + OVERHEAD - Packets.HEADER_BYTES));
        into.put((byte) MessageType.SEND_BODY_CHUNK);
        into.putShort((short) dataLength);
    }

    /**
     * @param into has room for {@link #SUFFIX_BYTES}
     */
    public static void putSuffix(ByteBuffer into) {
        into.put((byte) 0);
    }
}
