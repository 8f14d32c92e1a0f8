package org.catwalk.ajp.wire;

import java.nio.ByteBuffer;

/**
 * Writes the head of a response as one packet, never a byte beyond the limit, and goes on measuring when it does not fit, so that the
 * caller can say how large the head is and which field is to blame.
 *
 * <pre>
 *   'A' 'B' uint16 length
 *   byte     0x04
 *   uint16   status
 *   string   reason
 *   uint16   header count
 *            as many headers:  uint16 0xA001..0xA00B | string name;  string value
 * </pre>
 *
 * <p>Use: {@code wrap}, {@code begin}, {@code header} as often as needed, {@code end}. Reason, names and values are written with
 * {@link PacketWriter#putFieldString(CharSequence)}, free of control characters. The header count is filled in by {@link #end()}, so it
 * cannot be wrong. A name longer than
 * 40959 bytes never fits. Allocates nothing; used again for each response; not safe for use by several threads.
 *
 * @see "AJPv13, Response Packet Structure, Send Headers"
 */
public final class SendHeaders {

    private static final int CODE_BYTES = 2;
    /** A longer name's length would have the high byte that marks a code, so the web server would read something else. */
    private static final int MAX_NAME = 0x9FFF;

    private final PacketWriter writer = new PacketWriter();
    private ByteBuffer buffer;
    private int packetSize;
    private int limit;
    private int countOffset;
    private int headerCount;
    private boolean fits;
    private int headBytes;
    private int firstUnfit;
    private int largest;
    private int largestBytes;

    /**
     * @param buffer the packet goes to its position; if it has less room than {@code packetSize}, that room is the limit, and
     *        {@link #headBytes()} tells afterwards which of the two was too small
     * @param packetSize the most that the packet may have, header included; at most {@link Packets#MAX_PACKET_SIZE}
     * @return this
     */
    public SendHeaders wrap(ByteBuffer buffer, int packetSize) {
        if (packetSize > Packets.MAX_PACKET_SIZE) {
            throw new IllegalArgumentException("A packet has at most " + Packets.MAX_PACKET_SIZE + " bytes, not " + packetSize);
        }
        this.buffer = buffer;
        this.packetSize = packetSize;
        return this;
    }

    /**
     * Begins a head where the buffer's position is now.
     *
     * @param status 100..999
     * @param reason null and empty are the same; front ends cannot read a null string here
     */
    public void begin(int status, CharSequence reason) {
        writer.wrap(buffer);
        limit = Math.min(packetSize, buffer.remaining());
        headerCount = 0;
        fits = true;
        headBytes = 0;
        firstUnfit = -1;
        largest = -1;
        largestBytes = 0;
        CharSequence text = reason == null ? "" : reason;
        int bytes = Packets.HEADER_BYTES + 1 + 2 + PacketWriter.STRING_OVERHEAD + text.length() + 2;
        if (claim(bytes)) {
            writer.begin(MessageType.SEND_HEADERS);
            writer.putUint16(status);
            writer.putFieldString(text);
            countOffset = writer.size();
            writer.putUint16(0);
        }
    }

    /**
     * @param name in any case; sent as a code if it has one
     * @param value not null
     * @return whether the head, with this field, fits; once false, false until the next {@code begin}
     */
    public boolean header(CharSequence name, CharSequence value) {
        int code = ResponseHeaders.codeOf(name);
        if (claimHeader(code, name.length(), value.length())) {
            if (code == 0) {
                writer.putFieldString(name);
            } else {
                writer.putUint16(code);
            }
            writer.putFieldString(value);
        }
        return fits;
    }

    /**
     * @param name in any case; sent as a code if it has one
     * @param value holds {@code valueLen} bytes from {@code valueOff}
     * @param valueOff where the value starts
     * @param valueLen its length in bytes
     * @return whether the head, with this field, fits; once false, false until the next {@code begin}
     */
    public boolean header(CharSequence name, byte[] value, int valueOff, int valueLen) {
        int code = ResponseHeaders.codeOf(name);
        if (claimHeader(code, name.length(), valueLen)) {
            if (code == 0) {
                writer.putFieldString(name);
            } else {
                writer.putUint16(code);
            }
            writer.putFieldString(value, valueOff, valueLen);
        }
        return fits;
    }

    /**
     * @param name holds {@code nameLen} bytes from {@code nameOff}, in any case; sent as a code if it has one
     * @param nameOff where the name starts
     * @param nameLen its length in bytes
     * @param value holds {@code valueLen} bytes from {@code valueOff}
     * @param valueOff where the value starts
     * @param valueLen its length in bytes
     * @return whether the head, with this field, fits; once false, false until the next {@code begin}
     */
    public boolean header(byte[] name, int nameOff, int nameLen, byte[] value, int valueOff, int valueLen) {
        int code = ResponseHeaders.codeOf(name, nameOff, nameLen);
        if (claimHeader(code, nameLen, valueLen)) {
            if (code == 0) {
                writer.putFieldString(name, nameOff, nameLen);
            } else {
                writer.putUint16(code);
            }
            writer.putFieldString(value, valueOff, valueLen);
        }
        return fits;
    }

    /**
     * @return the packet's bytes, header included; or -1 if the head does not fit, with the buffer's position where it was before
     */
    public int end() {
        if (!fits) {
            writer.cancel();
            return -1;
        }
        writer.patchUint16(countOffset, headerCount);
        return writer.end();
    }

    /** @return whether all that was given so far fits */
    public boolean fits() {
        return fits;
    }

    /** @return bytes that all that was given so far needs as one packet, its header included, whether it fits or not */
    public int headBytes() {
        return headBytes;
    }

    /** @return how many fields were given so far, the unfit ones included */
    public int headerCount() {
        return headerCount;
    }

    /** @return which field, counted from 0, was the first that did not fit; -1 if all fit or if not even status and reason did */
    public int firstUnfitHeader() {
        return firstUnfit;
    }

    /** @return which field, counted from 0, is the largest, most likely the one to blame; -1 if there is none */
    public int largestHeader() {
        return largest;
    }

    /** @return bytes that the largest field has on the wire, name or code included; 0 if there is none */
    public int largestHeaderBytes() {
        return largestBytes;
    }

    private boolean claimHeader(int code, int nameLen, int valueLen) {
        int bytes = (code == 0 ? PacketWriter.STRING_OVERHEAD + nameLen : CODE_BYTES) + PacketWriter.STRING_OVERHEAD + valueLen;
        if (bytes > largestBytes) {
            largest = headerCount;
            largestBytes = bytes;
        }
        boolean fitted = fits;
        fits = claim(bytes) && nameLen <= MAX_NAME;
        if (fitted && !fits) {
            firstUnfit = headerCount;
        }
        headerCount++;
        return fits;
    }

    private boolean claim(int bytes) {
        headBytes = headBytes > Integer.MAX_VALUE - bytes ? Integer.MAX_VALUE : headBytes + bytes;
        fits = fits && headBytes <= limit;
        return fits;
    }
}
