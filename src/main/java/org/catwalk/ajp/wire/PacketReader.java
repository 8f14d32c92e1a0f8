package org.catwalk.ajp.wire;

import java.util.Objects;

/**
 * Reads AJP's data types from one packet's payload, checking before it reads: whatever the bytes are, the only thing thrown is
 * {@link AjpException}. Wrapped again for each packet; not safe for use by several threads.
 *
 * @see "AJPv13, Packet Structure, Data Types"
 */
public final class PacketReader {

    /** The length that marks a null string. */
    static final int NULL_STRING_LENGTH = 0xFFFF;

    private static final int CODED_NAME = 0xA0;

    private byte[] array;
    private int start;
    private int next;
    private int end;

    /**
     * @param array holds the payload; not copied
     * @param from the payload's first byte, which is the message's type if it has one
     * @param to behind the payload's last byte
     * @return this
     * @throws IndexOutOfBoundsException if {@code from} and {@code to} are not a range of {@code array}
     */
    public PacketReader wrap(byte[] array, int from, int to) {
        Objects.checkFromToIndex(from, to, array.length);
        this.array = array;
        this.start = from;
        this.next = from;
        this.end = to;
        return this;
    }

    /** @return bytes read so far, which is the next field's payload offset */
    public int position() {
        return next - start;
    }

    /** @return bytes not yet read */
    public int remaining() {
        return end - next;
    }

    /**
     * @return 0..255
     * @throws AjpException TRUNCATED
     */
    public int readByte() throws AjpException {
        require(1);
        return array[next++] & 0xFF;
    }

    /**
     * @return 0..65535
     * @throws AjpException TRUNCATED
     */
    public int readUint16() throws AjpException {
        int value = peekUint16();
        next += 2;
        return value;
    }

    /**
     * Looks at the next two bytes without reading them, as a header name's kind has to be known before it is read.
     *
     * @return 0..65535
     * @throws AjpException TRUNCATED
     */
    public int peekUint16() throws AjpException {
        require(2);
        return Packets.uint16(array, next);
    }

    /**
     * Reads a byte that is 0x00 or 0x01. Strictly: the specification warns that other values for true work with some peers only.
     *
     * @return whether it is 0x01
     * @throws AjpException TRUNCATED or BAD_BOOLEAN
     */
    public boolean readBoolean() throws AjpException {
        int value = readByte();
        if (value > 1) {
            throw new AjpException(WireError.BAD_BOOLEAN, position() - 1, "Found " + Hex.code(value) + ".");
        }
        return value == 1;
    }

    /**
     * Reads a string: uint16 length, bytes, 0x00 (not counted). A length of 0xFFFF means null and is all there is of it.
     *
     * @param into wraps the bytes, which are not copied, or becomes null
     * @throws AjpException TRUNCATED, STRING_PAST_END or UNTERMINATED_STRING, with the offset of the length
     */
    public void readString(Span into) throws AjpException {
        int length = peekUint16();
        if (length == NULL_STRING_LENGTH) {
            next += 2;
            into.setNull();
            return;
        }
        int first = next + 2;
        int terminator = first + length;
        if (terminator >= end) {
            throw new AjpException(WireError.STRING_PAST_END, position(),
                    "It announces " + length + " bytes; " + (end - first) + " are left, and one of them has to end it.");
        }
        if (array[terminator] != 0) {
            throw new AjpException(WireError.UNTERMINATED_STRING, position(), "It announces " + length + " bytes.");
        }
        into.wrap(array, first, length);
        next = terminator + 1;
    }

    /**
     * Reads a string that may be empty but not null.
     *
     * @param into wraps the bytes, which are not copied
     * @throws AjpException TRUNCATED, STRING_PAST_END, UNTERMINATED_STRING or NULL_STRING, with the offset of the length
     */
    public void readPresentString(Span into) throws AjpException {
        int offset = position();
        readString(into);
        if (into.isNull()) {
            throw new AjpException(WireError.NULL_STRING, offset);
        }
    }

    /**
     * Reads a header's name, which is a code or a string. A name's length never has the high byte 0xA0, so that byte tells which.
     *
     * @param table the codes that this kind of message knows
     * @param into wraps the name; if it came as a code, the table's bytes
     * @return the code, or 0 for a string
     * @throws AjpException UNKNOWN_HEADER_CODE, or as {@link #readPresentString}
     */
    int readHeaderName(CodeTable table, Span into) throws AjpException {
        int codeOrLength = peekUint16();
        if (codeOrLength >>> 8 != CODED_NAME) {
            readPresentString(into);
            return CodeTable.NONE;
        }
        byte[] known = table.bytesOf(codeOrLength);
        if (known == null) {
            throw new AjpException(WireError.UNKNOWN_HEADER_CODE, position(), "Found " + Hex.code(codeOrLength) + "; there are "
                    + Hex.code(table.firstCode()) + " to " + Hex.code(table.lastCode()) + ".");
        }
        next += 2;
        into.wrap(known, 0, known.length);
        return codeOrLength;
    }

    /**
     * Reads bytes without a length or terminator of their own.
     *
     * @param length 0 or more
     * @param into wraps the bytes, which are not copied
     * @throws AjpException TRUNCATED
     */
    public void readBytes(int length, Span into) throws AjpException {
        require(length);
        into.wrap(array, next, length);
        next += length;
    }

    /**
     * @throws AjpException TRAILING_BYTES if anything is left
     */
    public void expectEnd() throws AjpException {
        if (next != end) {
            throw new AjpException(WireError.TRAILING_BYTES, position(), "There are " + remaining() + " of them.");
        }
    }

    private void require(int bytes) throws AjpException {
        if (end - next < bytes) {
            throw new AjpException(WireError.TRUNCATED, position(),
                    "The field has " + bytes + " bytes; " + remaining() + " are left.");
        }
    }
}
