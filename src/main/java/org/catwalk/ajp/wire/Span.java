package org.catwalk.ajp.wire;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A view of a string inside a packet, wrapped again and again so that parsing allocates nothing. Not safe for use by several threads.
 *
 * <p>A null span ({@link #isNull()}) stands for AJP's null string and has length 0.
 */
public final class Span {

    private static final byte[] NOTHING = new byte[0];

    private byte[] array = NOTHING;
    private int offset;
    private int length;
    private boolean isNull = true;

    /**
     * Points this span at other bytes. They are not copied.
     *
     * @param array holds {@code length} bytes from {@code offset}
     * @param offset the first byte
     * @param length 0 or more
     * @return this
     */
    public Span wrap(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
        this.isNull = false;
        return this;
    }

    /**
     * Makes this the null string and lets go of the bytes.
     *
     * @return this
     */
    public Span setNull() {
        wrap(NOTHING, 0, 0);
        isNull = true;
        return this;
    }

    /** @return what was wrapped, of which only {@code length()} bytes from {@code offset()} are this string's; not to be modified */
    public byte[] array() {
        return array;
    }

    /** @return index of the first byte in {@code array()} */
    public int offset() {
        return offset;
    }

    /** @return in bytes */
    public int length() {
        return length;
    }

    /** @return whether this is the null string, which is not the empty string */
    public boolean isNull() {
        return isNull;
    }

    /**
     * @param index 0..length()-1
     * @return the byte there
     */
    public byte at(int index) {
        return array[offset + Objects.checkIndex(index, length)];
    }

    /**
     * @param text ASCII
     * @return whether this is not null and has exactly these characters
     */
    public boolean equalsAscii(String text) {
        if (isNull || text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if ((array[offset + i] & 0xFF) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param text ASCII
     * @return whether this is not null and has these characters, where a letter's case does not count
     */
    public boolean equalsAsciiIgnoreCase(String text) {
        if (isNull || text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (Ascii.toLower(array[offset + i] & 0xFF) != Ascii.toLower(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** @return the bytes as ISO-8859-1 text, or null for the null string; allocates */
    public String text() {
        return isNull ? null : toString();
    }

    /** @return the bytes as ISO-8859-1 text, empty for the null string; allocates */
    @Override
    public String toString() {
        return new String(array, offset, length, StandardCharsets.ISO_8859_1);
    }
}
