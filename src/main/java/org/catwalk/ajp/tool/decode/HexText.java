package org.catwalk.ajp.tool.decode;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bytes written as hexadecimal text: plain pairs, with comments from # on, or the dumps of xxd, hexdump -C and Wireshark.
 */
final class HexText {

    /** xxd and tcpdump -x: an offset with a colon; what stands behind two spaces is the same as text. */
    private static final Pattern WITH_COLON = Pattern.compile("(?:0x)?[0-9a-fA-F]{4,8}:\\s+(.+?)(?:\\s{2}.*)?");
    /** hexdump -C and Wireshark: an offset, two or three spaces, up to 16 pairs, perhaps the same as text. */
    private static final Pattern WITH_OFFSET = Pattern.compile("[0-9a-fA-F]{4,8} {2,3}((?:[0-9a-fA-F]{2}(?: {1,2}|$)){1,16})(?:.*)");
    /** How hexdump ends. */
    private static final Pattern LAST_OFFSET = Pattern.compile("[0-9a-fA-F]{7,8}");

    private HexText() {
    }

    /** @return whether these bytes are text: AJP's own have lengths below 8192 in them, and so a byte below 0x20 */
    static boolean isText(byte[] bytes) {
        for (byte b : bytes) {
            if (b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f') {
                return false;
            }
        }
        return true;
    }

    /**
     * @throws IllegalArgumentException if a line is none of this; the message is for the user and names the line
     */
    static byte[] decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean isDump = false;
        int number = 0;
        for (String raw : text.lines().toList()) {
            number++;
            String line = raw.strip();
            Matcher offset = WITH_OFFSET.matcher(line);
            Matcher colon = WITH_COLON.matcher(line);
            if (colon.matches() || offset.matches()) {
                isDump = true;
                line = colon.matches() ? colon.group(1) : offset.group(1);
            } else if (isDump && LAST_OFFSET.matcher(line).matches()) {
                continue;
            }
            bytes.writeBytes(pairs(line, number));
        }
        return bytes.toByteArray();
    }

    private static byte[] pairs(String line, int number) {
        String digits = line.replaceFirst("#.*", "").replaceAll("0[xX]|[\\s,:]", "");
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("line " + number + " is not made of hexadecimal pairs");
        }
    }
}
