package org.catwalk.ajp.tool.decode;

import java.util.Locale;
import java.util.Set;
import org.catwalk.ajp.wire.Span;

/** A peer's bytes as they may go to a terminal: everything but printable ASCII as \xHH. */
final class Quoted {

    private static final int BYTES_PER_LINE = 16;
    private static final Set<String> CREDENTIALS = Set.of("authorization", "proxy-authorization");

    private Quoted() {
    }

    static String text(Span string) {
        if (string.isNull()) {
            return "null";
        }
        StringBuilder text = new StringBuilder(string.length());
        for (int i = 0; i < string.length(); i++) {
            int value = string.at(i) & 0xFF;
            if (value >= ' ' && value < 0x7F && value != '\\') {
                text.append((char) value);
            } else {
                text.append(String.format("\\x%02x", value));
            }
        }
        return text.toString();
    }

    /** The value of a header field; of credentials only the scheme. */
    static String headerValue(Span name, Span value) {
        if (!CREDENTIALS.contains(name.toString().toLowerCase(Locale.ROOT))) {
            return text(value);
        }
        String shown = text(value);
        int space = shown.indexOf(' ');
        return (space < 0 ? "" : shown.substring(0, space + 1)) + "*** (masked)";
    }

    /** Lines of an offset, up to 16 bytes in hex, and the same as text. */
    static void dump(byte[] bytes, int from, int length, StringBuilder into) {
        for (int line = 0; line < length; line += BYTES_PER_LINE) {
            StringBuilder hex = new StringBuilder();
            StringBuilder ascii = new StringBuilder();
            for (int i = line; i < Math.min(length, line + BYTES_PER_LINE); i++) {
                int value = bytes[from + i] & 0xFF;
                hex.append(String.format("%02x ", value));
                ascii.append(value >= ' ' && value < 0x7F ? (char) value : '.');
            }
            into.append(String.format("\n     %04x  %-48s %s", line, hex, ascii));
        }
    }
}
