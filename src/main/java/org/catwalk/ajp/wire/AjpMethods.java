package org.catwalk.ajp.wire;

/**
 * Request methods by their code, 1 to 27; {@link #STORED} announces any other method, whose name comes as the attribute
 * {@link RequestAttributes#STORED_METHOD}.
 *
 * @see "AJPv13, Request Packet, method"
 */
public final class AjpMethods {

    /** The method has no code; its name is in the attribute {@link RequestAttributes#STORED_METHOD}. */
    public static final int STORED = 0xFF;

    private static final CodeTable TABLE = new CodeTable(1,
            "OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE",
            // RFC 2518, WebDAV
            "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK",
            // RFC 3744, access control
            "ACL",
            // RFC 3253, versioning
            "REPORT", "VERSION-CONTROL", "CHECKIN", "CHECKOUT", "UNCHECKOUT", "SEARCH", "MKWORKSPACE", "UPDATE", "LABEL", "MERGE",
            "BASELINE-CONTROL", "MKACTIVITY");

    private AjpMethods() {
    }

    /**
     * @param code any value
     * @return the method, the same instance every time, or null if the code stands for none ({@link #STORED} included)
     */
    public static String nameOf(int code) {
        return TABLE.nameOf(code);
    }

    /**
     * @param code any value
     * @return the method's bytes, shared and not to be modified, or null if the code stands for none
     */
    public static byte[] bytesOf(int code) {
        return TABLE.bytesOf(code);
    }

    /**
     * @param method compared exactly: methods are case-sensitive
     * @return 1..27, or {@link #STORED} if the method has no code of its own
     */
    public static int codeOf(String method) {
        int code = TABLE.codeOf(method);
        return code == CodeTable.NONE ? STORED : code;
    }

    static boolean isKnown(int code) {
        return code == STORED || TABLE.isKnown(code);
    }
}
