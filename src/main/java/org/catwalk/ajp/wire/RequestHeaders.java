package org.catwalk.ajp.wire;

/**
 * Request header names by their code, 0xA001 to 0xA00E.
 *
 * @see "AJPv13, Request Headers"
 */
public final class RequestHeaders {

    public static final int ACCEPT = 0xA001;
    public static final int ACCEPT_CHARSET = 0xA002;
    public static final int ACCEPT_ENCODING = 0xA003;
    public static final int ACCEPT_LANGUAGE = 0xA004;
    public static final int AUTHORIZATION = 0xA005;
    public static final int CONNECTION = 0xA006;
    public static final int CONTENT_TYPE = 0xA007;
    public static final int CONTENT_LENGTH = 0xA008;
    public static final int COOKIE = 0xA009;
    public static final int COOKIE2 = 0xA00A;
    public static final int HOST = 0xA00B;
    public static final int PRAGMA = 0xA00C;
    public static final int REFERER = 0xA00D;
    public static final int USER_AGENT = 0xA00E;

    static final CodeTable TABLE = new CodeTable(ACCEPT,
            "accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "connection", "content-type",
            "content-length", "cookie", "cookie2", "host", "pragma", "referer", "user-agent");

    private RequestHeaders() {
    }

    /**
     * @param code any value
     * @return the name in lower case, the same instance every time, or null if the code stands for none
     */
    public static String nameOf(int code) {
        return TABLE.nameOf(code);
    }

    /**
     * @param code any value
     * @return the name's bytes in lower case, shared and not to be modified, or null if the code stands for none
     */
    public static byte[] bytesOf(int code) {
        return TABLE.bytesOf(code);
    }

    /**
     * @param name in any case
     * @return 0xA001..0xA00E, or 0 if the name has no code; does not allocate
     */
    public static int codeOf(CharSequence name) {
        return TABLE.codeOfIgnoringCase(name);
    }

    /**
     * @param name holds {@code len} bytes from {@code off}, in any case
     * @param off where the name starts
     * @param len its length in bytes
     * @return 0xA001..0xA00E, or 0 if the name has no code; does not allocate
     */
    public static int codeOf(byte[] name, int off, int len) {
        return TABLE.codeOfIgnoringCase(name, off, len);
    }
}
