package org.catwalk.ajp.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes one packet after another into a buffer, heap or direct. Allocates nothing. Wrapped again for each buffer; not safe for use by
 * several threads.
 *
 * <p>The buffer throws {@link java.nio.BufferOverflowException} if a field does not fit: compare with {@link #remaining()} first.
 *
 * @see "AJPv13, Packet Structure, Data Types"
 */
public final class PacketWriter {

    /** What a string costs beside its characters: length and terminator. */
    public static final int STRING_OVERHEAD = 3;
    /** The longest string that its length can announce; one more would mean null. */
    public static final int MAX_STRING = PacketReader.NULL_STRING_LENGTH - 1;

    private ByteBuffer buffer;
    private int start;

    /**
     * @param buffer packets go to its position and move it; big endian
     * @return this
     */
    public PacketWriter wrap(ByteBuffer buffer) {
        if (buffer.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("AJP is big endian; the buffer is not");
        }
        this.buffer = buffer;
        this.start = buffer.position();
        return this;
    }

    /**
     * Begins a packet from the container: {@code 'A' 'B'}, a length that {@link #end()} fills in, the type.
     *
     * @param type one of {@link MessageType}
     * @return this
     */
    public PacketWriter begin(int type) {
        return begin(Packets.CONTAINER_MAGIC, type);
    }

    /**
     * Begins a packet from either side.
     *
     * @param magic {@link Packets#CONTAINER_MAGIC} or {@link Packets#WEB_SERVER_MAGIC}
     * @param type one of {@link MessageType}
     * @return this
     */
    public PacketWriter begin(int magic, int type) {
        start = buffer.position();
        buffer.putShort((short) magic).putShort((short) 0).put((byte) type);
        return this;
    }

    /**
     * Completes the packet by filling in its length.
     *
     * @return the packet's bytes, header included
     * @throws IllegalStateException if the payload is longer than 65535 bytes; the packet is taken back
     */
    public int end() {
        int payload = size() - Packets.HEADER_BYTES;
        if (payload > Packets.MAX_PAYLOAD) {
            cancel();
            throw new IllegalStateException("A packet's payload has at most 65535 bytes, not " + payload);
        }
        buffer.putShort(start + 2, (short) payload);
        return payload + Packets.HEADER_BYTES;
    }

    /** Takes the packet back that was begun. */
    public void cancel() {
        buffer.position(start);
    }

    /** @return bytes of the packet so far, header included */
    public int size() {
        return buffer.position() - start;
    }

    /** @return bytes for which the buffer has room */
    public int remaining() {
        return buffer.remaining();
    }

    /**
     * @param value of which the low 8 bits count
     */
    public void putByte(int value) {
        buffer.put((byte) value);
    }

    /**
     * @param value of which the low 16 bits count
     */
    public void putUint16(int value) {
        buffer.putShort((short) value);
    }

    /**
     * Overwrites a number that was not known when it was written.
     *
     * @param packetOffset where, in bytes from the start of the packet
     * @param value of which the low 16 bits count
     */
    public void patchUint16(int packetOffset, int value) {
        buffer.putShort(start + packetOffset, (short) value);
    }

    /** Writes the null string, which is not the empty one. */
    public void putNullString() {
        buffer.putShort((short) PacketReader.NULL_STRING_LENGTH);
    }

    /**
     * Writes a string as it is. For what an application supplies use {@link #putFieldString(byte[], int, int)}.
     *
     * @param bytes holds {@code len} bytes from {@code off}
     * @param off where the string starts
     * @param len 0..{@link #MAX_STRING}
     */
    public void putString(byte[] bytes, int off, int len) {
        putStringLength(len);
        buffer.put(bytes, off, len).put((byte) 0);
    }

    /**
     * Writes a string as it is but for characters above 255, which become question marks. For what an application supplies use
     * {@link #putFieldString(CharSequence)}.
     *
     * @param text has at most {@link #MAX_STRING} characters; null becomes the null string
     */
    public void putString(CharSequence text) {
        if (text == null) {
            putNullString();
            return;
        }
        int length = text.length();
        putStringLength(length);
        for (int i = 0; i < length; i++) {
            buffer.put((byte) latin1(text.charAt(i)));
        }
        buffer.put((byte) 0);
    }

    /**
     * Writes a string that will become a part of an HTTP head: control characters but TAB become spaces, so that no CR, LF or NUL of an
     * application can end a field and begin another.
     *
     * @param bytes holds {@code len} bytes from {@code off}
     * @param off where the string starts
     * @param len 0..{@link #MAX_STRING}
     */
    public void putFieldString(byte[] bytes, int off, int len) {
        putStringLength(len);
        int clean = cleanPrefix(bytes, off, len);
        buffer.put(bytes, off, clean);
        for (int i = clean; i < len; i++) {
            buffer.put((byte) fieldCharacter(bytes[off + i] & 0xFF));
        }
        buffer.put((byte) 0);
    }

    /**
     * Writes a string that will become a part of an HTTP head: control characters but TAB become spaces, so that no CR, LF or NUL of an
     * application can end a field and begin another. Characters above 255 become question marks.
     *
     * @param text not null; has at most {@link #MAX_STRING} characters
     */
    public void putFieldString(CharSequence text) {
        int length = text.length();
        putStringLength(length);
        for (int i = 0; i < length; i++) {
            buffer.put((byte) fieldCharacter(latin1(text.charAt(i))));
        }
        buffer.put((byte) 0);
    }

    private void putStringLength(int length) {
        if (length > MAX_STRING) {
            throw new IllegalArgumentException("An AJP string has at most " + MAX_STRING + " bytes, not " + length);
        }
        buffer.putShort((short) length);
    }

    private static int cleanPrefix(byte[] bytes, int off, int len) {
        int i = 0;
        while (i < len && fieldCharacter(bytes[off + i] & 0xFF) == (bytes[off + i] & 0xFF)) {
            i++;
        }
        return i;
    }

    /** Narrowing to a byte instead would turn U+010A into a line feed. */
    private static int latin1(char c) {
        return c > 0xFF ? '?' : c;
    }

    private static int fieldCharacter(int c) {
        boolean control = c < ' ' && c != '\t' || c == 0x7F;
        return control ? ' ' : c;
    }
}
