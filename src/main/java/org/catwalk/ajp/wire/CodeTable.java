package org.catwalk.ajp.wire;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/**
 * Names that AJP abbreviates by consecutive codes. A look-up by name compares only with the few names of the same length, and neither
 * direction allocates.
 */
final class CodeTable {

    /** What {@code codeOf} answers for a name that has no code. No AJP table uses it. */
    static final int NONE = 0;

    private final int firstCode;
    private final String[] names;
    private final byte[][] bytes;
    private final int[][] indexesByLength;

    CodeTable(int firstCode, String... names) {
        this.firstCode = firstCode;
        this.names = names;
        this.bytes = new byte[names.length][];
        int longest = 0;
        for (int i = 0; i < names.length; i++) {
            bytes[i] = names[i].getBytes(StandardCharsets.ISO_8859_1);
            longest = Math.max(longest, bytes[i].length);
        }
        this.indexesByLength = new int[longest + 1][];
        for (int length = 0; length <= longest; length++) {
            indexesByLength[length] = indexesOfLength(length);
        }
    }

    private int[] indexesOfLength(int length) {
        return IntStream.range(0, names.length).filter(i -> bytes[i].length == length).toArray();
    }

    String nameOf(int code) {
        return isKnown(code) ? names[code - firstCode] : null;
    }

    byte[] bytesOf(int code) {
        return isKnown(code) ? bytes[code - firstCode] : null;
    }

    boolean isKnown(int code) {
        return code >= firstCode && code < firstCode + names.length;
    }

    int firstCode() {
        return firstCode;
    }

    int lastCode() {
        return firstCode + names.length - 1;
    }

    /** Exact, as methods are compared. */
    int codeOf(String name) {
        for (int index : candidates(name.length())) {
            if (names[index].equals(name)) {
                return firstCode + index;
            }
        }
        return NONE;
    }

    /** Ignoring the case of ASCII letters, as header names are compared. */
    int codeOfIgnoringCase(CharSequence name) {
        for (int index : candidates(name.length())) {
            if (Ascii.equalsIgnoreCase(bytes[index], name)) {
                return firstCode + index;
            }
        }
        return NONE;
    }

    /** Ignoring the case of ASCII letters, as header names are compared. */
    int codeOfIgnoringCase(byte[] name, int off, int len) {
        for (int index : candidates(len)) {
            if (Ascii.equalsIgnoreCase(bytes[index], name, off)) {
                return firstCode + index;
            }
        }
        return NONE;
    }

    private int[] candidates(int length) {
        return length < indexesByLength.length ? indexesByLength[length] : indexesByLength[0];
    }
}
