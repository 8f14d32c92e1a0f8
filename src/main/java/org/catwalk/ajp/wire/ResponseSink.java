package org.catwalk.ajp.wire;

/**
 * Takes a container's messages, field by field. A {@link Span} is valid only during the call; the bytes it points at live as long as
 * the packet.
 */
public interface ResponseSink {

    /**
     * The beginning of SEND_HEADERS.
     *
     * @param status 0..65535
     * @param reason perhaps null
     * @param headerCount 0..65535, as announced
     */
    void sendHeaders(int status, Span reason, int headerCount);

    /**
     * @param code 0xA001..0xA00B ({@link ResponseHeaders}), or 0 if the name came as a string
     * @param name never null; if there is a code, the table's bytes, not to be modified
     * @param value never null
     */
    void header(int code, Span name, Span value);

    /** The end of SEND_HEADERS. */
    void headersEnd();

    /**
     * SEND_BODY_CHUNK.
     *
     * @param data empty if the container asks for a flush
     */
    void bodyChunk(Span data);

    /**
     * GET_BODY_CHUNK.
     *
     * @param askedBytes 0..65535
     */
    void getBodyChunk(int askedBytes);

    /**
     * END_RESPONSE.
     *
     * @param reuse whether the connection may be used again
     */
    void endResponse(boolean reuse);

    /** CPONG. */
    void cpong();
}
