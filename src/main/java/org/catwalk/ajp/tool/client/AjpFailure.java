package org.catwalk.ajp.tool.client;

import java.io.IOException;

/** Why there is no answer, or not a whole one. The message is one line for the user; it holds no secret. */
public final class AjpFailure extends IOException {

    private static final long serialVersionUID = 1L;

    /** What happened. The first six happen before there is a connection. */
    public enum Kind {
        /** The name has no address. */
        UNKNOWN_HOST,
        /** ECONNREFUSED: the host answers, and nobody listens there. */
        REFUSED,
        /** Nothing came back: not from the host, nor from anything between. */
        CONNECT_TIMED_OUT,
        /** EHOSTUNREACH, ENETUNREACH: no way there, or a firewall that says so. */
        UNREACHABLE,
        /** EACCES, EPERM: the kernel of this host does not let this process connect. */
        NOT_PERMITTED,
        /** Any other error of connect(2). */
        CONNECT_FAILED,
        /** Connected, and then nothing for longer than was allowed. */
        SILENT,
        /** Closed or reset before the first byte of an answer. */
        CLOSED,
        /** Closed or reset within an answer. */
        CUT,
        /** What came is not AJP, or not as AJP allows it. */
        MALFORMED,
        /** The request does not fit into one packet of the size that was given: nothing was sent. */
        REQUEST_TOO_LARGE;

        /** @return whether there was no connection yet */
        public boolean isBeforeConnection() {
            return compareTo(CONNECT_FAILED) <= 0;
        }
    }

    private final Kind kind;

    /**
     * @param kind what happened
     * @param message one line: what happened, where, perhaps why
     * @param cause perhaps null
     */
    public AjpFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** @return what happened */
    public Kind kind() {
        return kind;
    }
}
