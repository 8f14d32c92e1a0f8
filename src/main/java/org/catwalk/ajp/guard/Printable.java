package org.catwalk.ajp.guard;

import org.catwalk.ajp.wire.Span;

/** A peer's bytes as they may stand in a log line: quoted, printable ASCII, everything else as \xHH, cut. */
final class Printable {

    /** Bytes shown at most. */
    static final int MAX_BYTES = 64;

    private Printable() {
    }

    static String of(Span string) {
        if (string.isNull()) {
            return "null";
        }
        StringBuilder text = new StringBuilder(MAX_BYTES + 8).append('"');
        int shown = Math.min(string.length(), MAX_BYTES);
        for (int i = 0; i < shown; i++) {
            append(text, string.at(i) & 0xFF);
        }
        text.append('"');
        if (shown < string.length()) {
            text.append(" and ").append(string.length() - shown).append(" more bytes");
        }
        return text.toString();
    }

    static String byteValue(int value) {
        return String.format("0x%02X", value & 0xFF);
    }

    private static void append(StringBuilder text, int value) {
        if (value == '"' || value == '\\') {
            text.append('\\').append((char) value);
        } else if (value >= ' ' && value < 0x7F) {
            text.append((char) value);
        } else {
            text.append(String.format("\\x%02X", value));
        }
    }
}
