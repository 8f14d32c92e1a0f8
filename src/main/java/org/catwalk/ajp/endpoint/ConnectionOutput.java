package org.catwalk.ajp.endpoint;

import java.io.IOException;

/** What the endpoint needs to know of the response that a connection carries. */
public interface ConnectionOutput {

    /** @return true if bytes wait that the socket has not taken yet. */
    boolean hasPending();

    /**
     * Sends what has waited for longer than an application that writes slowly without flushing may be made to wait.
     * Called from the endpoint's deadline thread; must not block.
     *
     * @param nowNanos {@link System#nanoTime()}
     */
    void sendIfStale(long nowNanos);

    /**
     * The web server does not read: nothing more is written, and the end of the response does not wait for it once more.
     * Called from the endpoint's deadline thread; must not block.
     */
    void breakOff(IOException why);

    /**
     * The endpoint stops before the response has ended: tells the web server, as well as that is still possible, in a way that
     * does not make it run the request again. Nothing more is written after it. Must not block.
     *
     * @return the request, for a line in the log; null if the response has ended
     */
    String cutOff();
}
