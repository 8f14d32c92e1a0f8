package org.catwalk.ajp.wire;

/** Comparison that folds the letters A-Z only, whatever the default locale is. */
final class Ascii {

    private Ascii() {
    }

    static int toLower(int c) {
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }

    /** Lengths are equal: the caller has checked. */
    static boolean equalsIgnoreCase(byte[] expected, CharSequence actual) {
        for (int i = 0; i < expected.length; i++) {
            if (toLower(expected[i] & 0xFF) != toLower(actual.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** There are {@code expected.length} bytes from {@code off}: the caller has checked. */
    static boolean equalsIgnoreCase(byte[] expected, byte[] actual, int off) {
        for (int i = 0; i < expected.length; i++) {
            if (toLower(expected[i] & 0xFF) != toLower(actual[off + i] & 0xFF)) {
                return false;
            }
        }
        return true;
    }
}
