package org.catwalk.ajp.wire;

/** How codes appear in messages: hexadecimal, at least two digits. */
final class Hex {

    private Hex() {
    }

    static String code(int code) {
        return String.format("0x%02X", code);
    }

    static String unknown(int code) {
        return "unknown (" + code(code) + ")";
    }
}
