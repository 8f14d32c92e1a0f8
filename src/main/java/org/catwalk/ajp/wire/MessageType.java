package org.catwalk.ajp.wire;

/**
 * The first payload byte of every AJP message but one: the body chunk that a web server sends has no type, so that only the state of
 * the conversation tells it from a message.
 *
 * @see "AJPv13, Request Packet Structure and Response Packet Structure"
 */
public final class MessageType {

    /** Web server to container: a request, without its body. */
    public static final int FORWARD_REQUEST = 0x02;
    /** Container to web server: a piece of the response body; without data it asks the web server to flush. */
    public static final int SEND_BODY_CHUNK = 0x03;
    /** Container to web server: status, reason and header fields. */
    public static final int SEND_HEADERS = 0x04;
    /** Container to web server: the response is complete; one byte says whether the connection may be used again. */
    public static final int END_RESPONSE = 0x05;
    /** Container to web server: asks for more of the request body; a uint16 says for how much at most. */
    public static final int GET_BODY_CHUNK = 0x06;
    /** Web server to container: shut the container down. Historical; never to be obeyed. */
    public static final int SHUTDOWN = 0x07;
    /** Web server to container: historical predecessor of {@link #CPING}, for the login that was never put to use. */
    public static final int PING = 0x08;
    /** Container to web server: the answer to {@link #CPING}. */
    public static final int CPONG = 0x09;
    /** Web server to container: asks whether the container is alive. */
    public static final int CPING = 0x0A;

    private MessageType() {
    }

    /**
     * @param type any value
     * @return the name as the specification writes it, or "unknown" with the code in hex
     */
    public static String nameOf(int type) {
        return switch (type) {
            case FORWARD_REQUEST -> "FORWARD_REQUEST";
            case SEND_BODY_CHUNK -> "SEND_BODY_CHUNK";
            case SEND_HEADERS -> "SEND_HEADERS";
            case END_RESPONSE -> "END_RESPONSE";
            case GET_BODY_CHUNK -> "GET_BODY_CHUNK";
            case SHUTDOWN -> "SHUTDOWN";
            case PING -> "PING";
            case CPONG -> "CPONG";
            case CPING -> "CPING";
            default -> Hex.unknown(type);
        };
    }
}
