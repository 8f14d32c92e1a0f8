package org.catwalk.ajp.wire;

/**
 * Response header names by their code, 0xA001 to 0xA00B.
 *
 * @see "AJPv13, Response Packet Structure, Send Headers"
 */
public final class ResponseHeaders {

    public static final int CONTENT_TYPE = 0xA001;
    public static final int CONTENT_LANGUAGE = 0xA002;
    public static final int CONTENT_LENGTH = 0xA003;
    public static final int DATE = 0xA004;
    public static final int LAST_MODIFIED = 0xA005;
    public static final int LOCATION = 0xA006;
    public static final int SET_COOKIE = 0xA007;
    public static final int SET_COOKIE2 = 0xA008;
    public static final int SERVLET_ENGINE = 0xA009;
    public static final int STATUS = 0xA00A;
    public static final int WWW_AUTHENTICATE = 0xA00B;

    static final CodeTable TABLE = new CodeTable(CONTENT_TYPE,
            "Content-Type", "Content-Language", "Content-Length", "Date", "Last-Modified", "Location", "Set-Cookie", "Set-Cookie2",
            "Servlet-Engine", "Status", "WWW-Authenticate");

    private ResponseHeaders() {
    }

    /**
     * @param code any value
     * @return the name, the same instance every time, or null if the code stands for none
     */
    public static String nameOf(int code) {
        return TABLE.nameOf(code);
    }

    /**
     * @param code any value
     * @return the name's bytes, shared and not to be modified, or null if the code stands for none
     */
    public static byte[] bytesOf(int code) {
        return TABLE.bytesOf(code);
    }

    /**
     * @param name in any case
     * @return 0xA001..0xA00B, or 0 if the name has no code; does not allocate
     */
    public static int codeOf(CharSequence name) {
        return TABLE.codeOfIgnoringCase(name);
    }

    /**
     * @param name holds {@code len} bytes from {@code off}, in any case
     * @param off where the name starts
     * @param len its length in bytes
     * @return 0xA001..0xA00B, or 0 if the name has no code; does not allocate
     */
    public static int codeOf(byte[] name, int off, int len) {
        return TABLE.codeOfIgnoringCase(name, off, len);
    }
}
