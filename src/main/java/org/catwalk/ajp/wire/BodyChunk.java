package org.catwalk.ajp.wire;

import java.nio.ByteBuffer;

/**
 * A piece of the request body, from the web server. The payload has no type byte:
 *
 * <pre>
 *   uint16  data length
 *   data
 * </pre>
 *
 * <p>The end of a chunked body is an empty payload (mod_jk) or a data length of 0 (mod_proxy_ajp). Within an announced Content-Length,
 * either means that the client is gone; mod_jk then drops what it had of the chunk.
 *
 * @see "AJPv13, Request Packet Structure, body"
 */
public final class BodyChunk {

    /** Payload bytes before the data. */
    public static final int PREFIX_BYTES = 2;
    /** Packet bytes that are not data: what to take off the packet size to know the most that a chunk can carry. */
    public static final int OVERHEAD = Packets.HEADER_BYTES + PREFIX_BYTES;

    private BodyChunk() {
    }

    /**
     * @param buf holds the payload, whose data starts at {@code payloadFrom + PREFIX_BYTES}
     * @param payloadFrom the payload's first byte
     * @param payloadTo behind the payload's last byte
     * @return bytes of data; 0 at the end of the body
     * @throws AjpException TRUNCATED for a payload of one byte, BAD_BODY_CHUNK if the data is not as long as it says
     */
    public static int dataLength(byte[] buf, int payloadFrom, int payloadTo) throws AjpException {
        int payload = payloadTo - payloadFrom;
        if (payload == 0) {
            return 0;
        }
        if (payload < PREFIX_BYTES) {
            throw new AjpException(WireError.TRUNCATED, 0, "A body chunk's length has 2 bytes; 1 is left.");
        }
        int announced = Packets.uint16(buf, payloadFrom);
        int found = payload - PREFIX_BYTES;
        if (announced != found) {
            throw new AjpException(WireError.BAD_BODY_CHUNK, 0, "It announces " + announced + " bytes and has " + found + ".");
        }
        return found;
    }

    /**
     * Writes a body chunk as a web server does.
     *
     * @param into has room for {@code len + OVERHEAD} bytes
     * @param data holds {@code len} bytes from {@code off}
     * @param off where the data starts
     * @param len 1..65533
     */
    public static void put(ByteBuffer into, byte[] data, int off, int len) {
        if (len < 1 || len > Packets.MAX_PAYLOAD - PREFIX_BYTES) {
            throw new IllegalArgumentException("A body chunk carries 1 to 65533 bytes, not " + len);
        }
        into.putShort((short) Packets.WEB_SERVER_MAGIC).putShort((short) (len + PREFIX_BYTES)).putShort((short) len);
        into.put(data, off, len);
    }

    /**
     * Writes the end of the body as mod_jk does, with an empty payload.
     *
     * @param into has room for 4 bytes
     */
    public static void putEnd(ByteBuffer into) {
        into.putShort((short) Packets.WEB_SERVER_MAGIC).putShort((short) 0);
    }
}
