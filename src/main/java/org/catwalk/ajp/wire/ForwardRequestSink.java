package org.catwalk.ajp.wire;

/**
 * Takes a forward request's fields in the order in which they are on the wire.
 *
 * <p>A {@link Span} is valid only during the call and is then wrapped anew; the bytes it points at live as long as the packet. Only
 * structure has been checked: what the strings contain, and whether there are too many or two of a kind, is for the sink to judge.
 * Fields may arrive before the packet proves to be malformed, so nothing may be acted on before {@link #end()}.
 */
public interface ForwardRequestSink {

    /**
     * @param methodCode 1..27, or {@link AjpMethods#STORED} if the name comes as {@link RequestAttributes#STORED_METHOD}
     */
    void begin(int methodCode);

    /**
     * @param protocol never null, for example HTTP/1.1
     */
    void protocol(Span protocol);

    /**
     * @param uri never null; raw, without the query string
     */
    void requestUri(Span uri);

    /**
     * @param addr the client's IP address, perhaps null
     */
    void remoteAddr(Span addr);

    /**
     * @param host the client's host name, null unless the web server looks it up
     */
    void remoteHost(Span host);

    /**
     * @param name the web server's own name for the request, perhaps null
     */
    void serverName(Span name);

    /**
     * @param port 0..65535
     */
    void serverPort(int port);

    /**
     * @param secure whether the client speaks TLS with the web server
     */
    void secure(boolean secure);

    /**
     * @param count 0..65535, as announced: not yet proven by as many headers, so not to be trusted with an allocation
     */
    void headerCount(int count);

    /**
     * @param code 0xA001..0xA00E ({@link RequestHeaders}), or 0 if the name came as a string
     * @param name never null; if there is a code, the table's bytes in lower case, not to be modified
     * @param value never null
     */
    void header(int code, Span name, Span value);

    /**
     * An attribute whose value is one string.
     *
     * @param code one of {@link RequestAttributes}, the secret too, which must go nowhere
     * @param value perhaps null
     */
    void attribute(int code, Span value);

    /**
     * @param bits 0..65535
     */
    void sslKeySize(int bits);

    /**
     * An attribute with a name of its own ({@link RequestAttributes#REQ_ATTRIBUTE}).
     *
     * @param name never null
     * @param value perhaps null
     */
    void requestAttribute(Span name, Span value);

    /** The packet is complete and ended where it had to. */
    void end();
}
