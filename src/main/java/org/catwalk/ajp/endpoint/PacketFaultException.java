package org.catwalk.ajp.endpoint;

import java.io.IOException;

/** What the web server sent in the middle of an exchange is no AJP packet; the connection cannot be used any more. */
public final class PacketFaultException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient PacketGate.Fault fault;

    PacketFaultException(PacketGate.Fault fault) {
        super(fault == PacketGate.Fault.TOO_LONG
                ? "The web server announced a packet that is longer than AJP allows"
                : "The web server sent something that is no AJP packet");
        this.fault = fault;
    }

    /** @return what was wrong. */
    public PacketGate.Fault fault() {
        return fault;
    }
}
