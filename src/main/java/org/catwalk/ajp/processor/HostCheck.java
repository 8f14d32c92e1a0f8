package org.catwalk.ajp.processor;

import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.http.parser.Host;

/**
 * Whether the container takes the value of a Host header, which is less than RFC 3986 allows: no underscores, for one. Asked before the base
 * class parses it, since that answers to a bad one with a line and a stack trace of its own, whereas a refusal is one line, and throttled.
 */
final class HostCheck {

    private HostCheck() {
    }

    /** @param host null, or a value that the guard admitted */
    static boolean isAcceptable(MessageBytes host) {
        if (host == null || host.getLength() == 0 || isPlain(host.getByteChunk())) {
            return true;
        }
        try {
            Host.parse(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Nearly all are: letters and digits, hyphens between them, single dots behind them, and a port perhaps. The parser costs an object. */
    private static boolean isPlain(ByteChunk host) {
        byte[] bytes = host.getBytes();
        int end = host.getEnd();
        byte last = '.';
        for (int i = host.getStart(); i < end; i++) {
            byte c = bytes[i];
            if (c == ':') {
                return last != '-' && i > host.getStart() && isDigits(bytes, i + 1, end);
            }
            boolean fits = c == '.' ? last != '.' && last != '-' : c == '-' ? last != '.' : isLetter(c) || isDigit(c);
            if (!fits) {
                return false;
            }
            last = c;
        }
        return last != '-';
    }

    private static boolean isDigits(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isDigit(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(byte c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }
}
