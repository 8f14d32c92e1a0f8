package org.catwalk.ajp.wire;

/**
 * What may follow the headers of a forward request: a code byte and its value, as often as needed, up to {@link #ARE_DONE}.
 *
 * <p>The value is one string, but for {@link #REQ_ATTRIBUTE} (two strings, name and value), {@link #SSL_KEY_SIZE} (uint16) and
 * {@link #ARE_DONE} (none).
 *
 * @see "AJPv13, Request Packet, Attributes"
 */
public final class RequestAttributes {

    /** Context path. Specified, never sent. */
    public static final int CONTEXT = 0x01;
    /** Servlet path. Specified, never sent. */
    public static final int SERVLET_PATH = 0x02;
    /** The user whom the web server authenticated. */
    public static final int REMOTE_USER = 0x03;
    /** How it did so: Basic, Digest, ... */
    public static final int AUTH_TYPE = 0x04;
    /** What stands behind the question mark of the request's URI, without it. */
    public static final int QUERY_STRING = 0x05;
    /** The container's name in the web server's load balancer. */
    public static final int JVM_ROUTE = 0x06;
    /** The client's certificate, and perhaps its issuers', in PEM. */
    public static final int SSL_CERT = 0x07;
    /** The cipher suite of the client's connection. */
    public static final int SSL_CIPHER = 0x08;
    /** The TLS session's id. */
    public static final int SSL_SESSION = 0x09;
    /** An attribute with a name of its own: two strings. */
    public static final int REQ_ATTRIBUTE = 0x0A;
    /** The cipher's key size in bits: a uint16, not a string. */
    public static final int SSL_KEY_SIZE = 0x0B;
    /** What the web server shares with the container to prove itself. Never to be logged or handed on. */
    public static final int SECRET = 0x0C;
    /** The name of a method that has no code; see {@link AjpMethods#STORED}. */
    public static final int STORED_METHOD = 0x0D;
    /** The end of the attributes and of the packet. */
    public static final int ARE_DONE = 0xFF;

    private RequestAttributes() {
    }

    /**
     * @param code any value
     * @return the name in the words of the specification, or "unknown" with the code in hex
     */
    public static String nameOf(int code) {
        return switch (code) {
            case CONTEXT -> "context";
            case SERVLET_PATH -> "servlet_path";
            case REMOTE_USER -> "remote_user";
            case AUTH_TYPE -> "auth_type";
            case QUERY_STRING -> "query_string";
            case JVM_ROUTE -> "jvm_route";
            case SSL_CERT -> "ssl_cert";
            case SSL_CIPHER -> "ssl_cipher";
            case SSL_SESSION -> "ssl_session";
            case REQ_ATTRIBUTE -> "req_attribute";
            case SSL_KEY_SIZE -> "ssl_key_size";
            case SECRET -> "secret";
            case STORED_METHOD -> "stored_method";
            case ARE_DONE -> "are_done";
            default -> Hex.unknown(code);
        };
    }
}
