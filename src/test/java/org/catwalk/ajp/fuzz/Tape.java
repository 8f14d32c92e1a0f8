package org.catwalk.ajp.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A fuzzer's bytes, read from front to back so that seeds can be written by hand. Behind the end everything is zero or empty. */
final class Tape {

    private final byte[] bytes;
    private int next;

    Tape(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isAtEnd() {
        return next >= bytes.length;
    }

    /** 0 to 255. */
    int u8() {
        return isAtEnd() ? 0 : bytes[next++] & 0xFF;
    }

    /** 0 to 65535, big endian. */
    int u16() {
        return u8() << 8 | u8();
    }

    /** As many bytes as there are, at most {@code length}. */
    byte[] bytes(int length) {
        int to = Math.min(bytes.length, next + length);
        byte[] taken = Arrays.copyOfRange(bytes, Math.min(next, to), to);
        next = to;
        return taken;
    }

    /** A length byte and that many characters of ISO-8859-1. */
    String text() {
        return new String(bytes(u8()), StandardCharsets.ISO_8859_1);
    }

    byte[] rest() {
        return bytes(bytes.length);
    }
}
