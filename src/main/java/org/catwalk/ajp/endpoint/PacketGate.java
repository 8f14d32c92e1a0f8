package org.catwalk.ajp.endpoint;

/**
 * Decides, on the event loop's thread, what becomes of a packet that arrives between two requests. It never blocks and
 * never runs application code. Implemented where AJP's messages are known.
 */
public interface PacketGate {

    /** What becomes of the packet. */
    enum Verdict {
        /** A worker gets it; the connection is busy until the worker is done. */
        DISPATCH,
        /** The gate dealt with it; the next packet may come. */
        CONSUMED,
        /** The connection is closed, after its peer had time to read what was sent to it. */
        CLOSE
    }

    /** Why bytes could not be made a packet, or a packet did not come. */
    enum Fault {
        BAD_MAGIC, TOO_LONG, TIMEOUT, BODY_EXPECTED, BODY_OVERDUE, NO_THREAD, NO_BUFFER, EVICTED, END_OF_STREAM, LARGE_PACKET_REFUSED,
        RESPONSE_UNREAD
    }

    /** A whole packet stands at the front of the connection. */
    Verdict onPacket(AjpConnection connection);

    /** @return a number that requests share which are likely to take equally long: the same method and path, say. */
    int kindOf(AjpConnection connection);

    /** A body packet that the web server still owed for a request already answered. @return false if it is none */
    boolean isBodyPacket(AjpConnection connection);

    /** The connection will be closed for this reason; one answer may be sent with {@link AjpConnection#sendNow}. */
    void onFault(AjpConnection connection, Fault fault);
}
