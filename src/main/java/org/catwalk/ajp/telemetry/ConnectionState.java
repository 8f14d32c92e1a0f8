package org.catwalk.ajp.telemetry;

import java.util.Locale;

/** What a connection does at a moment. */
public enum ConnectionState {

    IDLE("waiting for the next request"),
    READING("of which a packet or a piece of a request body is awaited"),
    QUEUED("with a request that waits for a thread"),
    REQUEST("with a request that a thread runs"),
    ASYNC("with an asynchronous request for which no thread does anything now"),
    WRITING("whose web server has to read before more of a response can be written"),
    CLOSING("that are closed here, until the web server has read the last words");

    private final String description;

    ConnectionState(String description) {
        this.description = description;
    }

    /** Its JMX name; never changes once released. */
    public String stateName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Which connections it says that of. */
    public String description() {
        return description;
    }
}
