package org.catwalk.ajp.guard;

import org.catwalk.ajp.wire.Span;

/**
 * What the fields of a forward request may hold, all in one place. The sets say which bytes; the methods add what a set cannot say.
 * Whether a rule is applied at all is {@link org.catwalk.ajp.config.GrammarRule}'s matter.
 *
 * <p>The rules are HTTP's, widened by what web servers are known to send: spaces and bytes of 0x80 and more in a URI (mod_jk with
 * {@code JkOptions +ForwardURICompat} sends it decoded), anything printable in a query (httpd passes it on as it came, and mod_rewrite
 * of httpd before 2.4.56 puts decoded spaces there), the protocol INCLUDED (httpd's subrequests).
 *
 * @see "RFC 9110, 5.1, 5.5, 5.6.2, 7.2, 8.6 and 9.1; RFC 9112, 3.2 and 6.3; RFC 3986, 3.2.2"
 */
final class Grammar {

    /** Content-Length of 2^63 and more is refused, as there is no long for it; a number that fits has at most so many digits. */
    private static final int MAX_LENGTH_DIGITS = 19;
    private static final int MAX_PORT = 65535;

    static final ByteSet DIGIT = ByteSet.range('0', '9');
    static final ByteSet ALPHA = ByteSet.range('A', 'Z').and(ByteSet.range('a', 'z'));
    static final ByteSet HEX_DIGIT = DIGIT.and(ByteSet.range('A', 'F')).and(ByteSet.range('a', 'f'));
    private static final ByteSet VISIBLE = ByteSet.range(0x21, 0x7E);
    private static final ByteSet OBS_TEXT = ByteSet.range(0x80, 0xFF);

    /** Method and header name: RFC 9110, 5.6.2. */
    static final ByteSet TOKEN = DIGIT.and(ALPHA).and(ByteSet.of("!#$%&'*+-.^_`|~"));
    /** No control characters, that is all. */
    static final ByteSet URI = VISIBLE.and(ByteSet.of(" ")).and(OBS_TEXT);
    static final ByteSet QUERY = URI;
    /** RFC 9110, 5.5. */
    static final ByteSet HEADER_VALUE = VISIBLE.and(ByteSet.of(" \t")).and(OBS_TEXT);
    /** RFC 3986, 3.2.2: unreserved, percent and sub-delims. */
    static final ByteSet HOST_NAME = DIGIT.and(ALPHA).and(ByteSet.of("-._~%!$&'()*+,;="));
    /** An address with its zone, or a name; in brackets or not. */
    static final ByteSet ADDRESS = HOST_NAME.and(ByteSet.of(":[]"));
    /** RFC 7468 with the white space that survives various ways of transport. */
    static final ByteSet PEM = DIGIT.and(ALPHA).and(ByteSet.of("+/=- \t\r\n"));
    /** Remote user, route, cipher suite, ...: what would do in a header. */
    static final ByteSet TEXT = HEADER_VALUE;
    static final ByteSet ATTRIBUTE_NAME = VISIBLE.and(ByteSet.of(" ")).and(OBS_TEXT);
    /** Variables of httpd hold PEM text with line ends (JkEnvVar SSL_SERVER_CERT). */
    static final ByteSet ATTRIBUTE_VALUE = HEADER_VALUE.and(ByteSet.of("\r\n"));

    private Grammar() {
    }

    static boolean isToken(Span string) {
        return string.length() > 0 && TOKEN.holds(string);
    }

    /**
     * {@code HTTP/1.1} and the like, {@code HTTP/2} and the like, or the protocol of httpd's subrequests.
     */
    static boolean isProtocol(Span string) {
        if (string.equalsAscii("INCLUDED")) {
            return true;
        }
        int length = string.length();
        if (length != 6 && length != 8 || !startsWithIgnoringCase(string, 0, "http/")) {
            return false;
        }
        return DIGIT.contains(string.at(5)) && (length == 6 || string.at(6) == '.' && DIGIT.contains(string.at(7)));
    }

    /** A path, which begins with a slash. What bytes it holds is {@link #URI}'s matter. */
    static boolean isPath(Span uri) {
        return uri.length() > 0 && uri.at(0) == '/';
    }

    /** {@code *}, which belongs to OPTIONS. */
    static boolean isAsterisk(Span uri) {
        return uri.length() == 1 && uri.at(0) == '*';
    }

    /**
     * An absolute URI: http or https, a host that is not empty and has no user before it, and a path unless it ends there. mod_jk with
     * {@code JkOptions +ForwardURICompatUnparsed} sends what the client sent.
     */
    static boolean isAbsoluteUri(Span uri) {
        int host = startsWithIgnoringCase(uri, 0, "http://") ? 7 : startsWithIgnoringCase(uri, 0, "https://") ? 8 : -1;
        if (host < 0) {
            return false;
        }
        int path = host;
        while (path < uri.length() && uri.at(path) != '/') {
            path++;
        }
        return path > host && isHost(uri.array(), uri.offset() + host, uri.offset() + path);
    }

    /** The value of Host: empty, or a host with an optional port. */
    static boolean isHost(Span value) {
        return isHost(value.array(), value.offset(), value.offset() + value.length());
    }

    private static boolean isHost(byte[] array, int from, int to) {
        int port = from < to && array[from] == '[' ? endOfIpv6(array, from, to) : endOfName(array, from, to);
        return port == to || port >= 0 && array[port] == ':' && isPortOrEmpty(array, port + 1, to) && port > from;
    }

    private static int endOfName(byte[] array, int from, int to) {
        int end = HOST_NAME.firstOutside(array, from, to);
        return end < 0 ? to : end;
    }

    /** Behind the closing bracket; -1 if this is no IPv6 address. */
    private static int endOfIpv6(byte[] array, int from, int to) {
        int i = from + 1;
        int colons = 0;
        while (i < to && (HEX_DIGIT.contains(array[i]) || array[i] == ':' || array[i] == '.')) {
            colons += array[i] == ':' ? 1 : 0;
            i++;
        }
        return i < to && array[i] == ']' && colons >= 2 ? i + 1 : -1;
    }

    private static boolean isPortOrEmpty(byte[] array, int from, int to) {
        return from == to || number(array, from, to, 5) >= 0 && number(array, from, to, 5) <= MAX_PORT;
    }

    /** 0 to 65535, in 1 to 5 digits. */
    static boolean isPort(Span value) {
        long number = number(value, 5);
        return number >= 0 && number <= MAX_PORT;
    }

    /** 0 to 65535, in 1 to 5 digits; -1 if it is no such number. */
    static int keySize(Span value) {
        return isPort(value) ? (int) number(value, 5) : -1;
    }

    /**
     * A Content-Length: digits and nothing else.
     *
     * @return 0 to 2^63 - 1; -1 if it is no such number
     */
    static long contentLength(Span value) {
        return number(value, MAX_LENGTH_DIGITS);
    }

    private static long number(Span value, int maxDigits) {
        return number(value.array(), value.offset(), value.offset() + value.length(), maxDigits);
    }

    private static long number(byte[] array, int from, int to, int maxDigits) {
        if (from == to || to - from > maxDigits) {
            return -1;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            if (!DIGIT.contains(array[i])) {
                return -1;
            }
            // 19 digits reach 2^63 but not 2^64, so that an overflow shows as a negative number.
            number = number * 10 + array[i] - '0';
        }
        return Math.max(number, -1);
    }

    /** The one Transfer-Encoding that a web server has undone completely before it forwards the body. */
    static boolean isChunked(Span value) {
        return value.equalsAsciiIgnoreCase("chunked");
    }

    static boolean isAttributeName(Span string) {
        return string.length() > 0 && ATTRIBUTE_NAME.holds(string);
    }

    /** Empty, or text that begins as PEM does. */
    static boolean isPem(Span value) {
        return value.length() == 0 || startsWithIgnoringCase(value, 0, "-----begin ") && PEM.holds(value);
    }

    private static boolean startsWithIgnoringCase(Span string, int from, String lowerCase) {
        if (string.length() - from < lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < lowerCase.length(); i++) {
            int c = string.at(from + i);
            if (lowerCase.charAt(i) != (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)) {
                return false;
            }
        }
        return true;
    }
}
