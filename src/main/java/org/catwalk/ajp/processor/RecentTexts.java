package org.catwalk.ajp.processor;

import org.catwalk.ajp.wire.Span;

/**
 * Turns the bytes of attributes into text. Web servers send the same few texts with every request, in the same order; those made last
 * are kept in a ring and given out again to whoever comes with the same bytes, and to nobody else. Used by one thread at a time.
 */
final class RecentTexts {

    /** Twice as many as a request over TLS has. */
    private static final int KEPT = 16;
    /** Longer ones are rare, and rarely the same twice. */
    static final int LONGEST = 128;

    private final String[] texts = new String[KEPT];
    /** Where the text will be that followed the present one last time. */
    private int next;

    /** @return the bytes as ISO-8859-1 text; null for the null string */
    String of(Span bytes) {
        if (bytes.isNull() || bytes.length() > LONGEST) {
            return bytes.text();
        }
        int slot = next;
        for (int i = 0; i < KEPT; i++) {
            String recent = texts[slot];
            if (recent != null && isText(bytes, recent)) {
                next = following(slot);
                return recent;
            }
            slot = following(slot);
        }
        String text = bytes.text();
        texts[next] = text;
        next = following(next);
        return text;
    }

    private static int following(int slot) {
        return (slot + 1) % KEPT;
    }

    private static boolean isText(Span bytes, String text) {
        int length = bytes.length();
        if (text.length() != length) {
            return false;
        }
        byte[] array = bytes.array();
        int offset = bytes.offset();
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != (array[offset + i] & 0xFF)) {
                return false;
            }
        }
        return true;
    }
}
