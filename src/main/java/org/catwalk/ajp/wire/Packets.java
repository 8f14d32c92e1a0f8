package org.catwalk.ajp.wire;

/**
 * The outer header of every packet, both ways.
 *
 * <pre>
 *   byte 0..1   magic          0x1234 from the web server, 'A' 'B' from the container
 *   byte 2..3   payload length uint16, without these four bytes
 *   byte 4..    payload
 * </pre>
 *
 * <p>All integers in AJP are unsigned and big endian.
 *
 * @see "AJPv13, Packet Structure"
 */
public final class Packets {

    /** Bytes before the payload. */
    public static final int HEADER_BYTES = 4;
    /** The longest payload that the length field can announce. */
    public static final int MAX_PAYLOAD = 0xFFFF;
    /** The packet size, header included, that every peer accepts: the specification's own maximum. */
    public static final int MIN_PACKET_SIZE = 8192;
    /** The largest packet size, header included, that front ends can be configured for. */
    public static final int MAX_PACKET_SIZE = 65536;
    /** First uint16 of a packet from the web server. */
    public static final int WEB_SERVER_MAGIC = 0x1234;
    /** First uint16 of a packet from the container: the letters A and B. */
    public static final int CONTAINER_MAGIC = 'A' << 8 | 'B';

    private Packets() {
    }

    /**
     * Reads the outer header of a packet that came from a web server.
     *
     * @param buf holds at least four bytes from {@code off}
     * @param off where the packet starts
     * @return the payload length, 0..65535, or -1 if the packet does not start with {@link #WEB_SERVER_MAGIC}
     */
    public static int payloadLength(byte[] buf, int off) {
        return payloadLength(buf, off, WEB_SERVER_MAGIC);
    }

    /**
     * Reads the outer header of a packet that came from a container.
     *
     * @param buf holds at least four bytes from {@code off}
     * @param off where the packet starts
     * @return the payload length, 0..65535, or -1 if the packet does not start with {@link #CONTAINER_MAGIC}
     */
    public static int containerPayloadLength(byte[] buf, int off) {
        return payloadLength(buf, off, CONTAINER_MAGIC);
    }

    private static int payloadLength(byte[] buf, int off, int magic) {
        return uint16(buf, off) == magic ? uint16(buf, off + 2) : -1;
    }

    static int uint16(byte[] buf, int off) {
        return (buf[off] & 0xFF) << 8 | buf[off + 1] & 0xFF;
    }
}
