package org.catwalk.ajp.endpoint;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How an endpoint comes to rest without losing a request. From its beginning on every answer ends its connection, so each
 * connection carries one more request at the most. Those that carry none are closed last.
 *
 * <pre>
 *   SERVING -- begin --> DRAINING -- no connection is left --> DRAINED
 *      ^                    |                                     |
 *      '------- end --------'-------------------------------------'
 * </pre>
 *
 * <p>A connection that looks idle may have a request on its way: a web server that has just had its CPONG, or that has taken the
 * connection from its pool because others have ended. So idle connections stay until nothing has arrived on any of them for
 * {@link #QUIET_NANOS}, or four fifths of the time are over. The last fifth is left to the requests that came until then.
 */
final class Drain {

    enum State { SERVING, DRAINING, DRAINED }

    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final LongSupplier clock;
    private final BooleanSupplier connected;
    private final Runnable closeIdle;

    private volatile boolean begun;
    private volatile long beginNanos;
    private volatile long limitNanos;
    private volatile long arrivalNanos;

    /**
     * @param clock {@link System#nanoTime()}, or a test's
     * @param connected whether a connection is open
     * @param closeIdle closes the connections on which nothing has arrived
     */
    Drain(LongSupplier clock, BooleanSupplier connected, Runnable closeIdle) {
        this.clock = clock;
        this.connected = connected;
        this.closeIdle = closeIdle;
    }

    /** @param nanos the whole time that it may take; begun already, it goes on as it was begun */
    synchronized void begin(long nanos) {
        if (!begun) {
            limitNanos = nanos;
            beginNanos = clock.getAsLong();
            arrivalNanos = beginNanos;
            begun = true;
        }
    }

    /** Serves again. */
    synchronized void end() {
        begun = false;
    }

    State state() {
        if (!begun) {
            return State.SERVING;
        }
        return connected.getAsBoolean() ? State.DRAINING : State.DRAINED;
    }

    boolean hasBegun() {
        return begun;
    }

    /** A request or a CPING has come. */
    void noteArrival() {
        if (begun) {
            arrivalNanos = clock.getAsLong();
        }
    }

    /** Does what is due now; called several times a second. */
    void step() {
        if (!begun) {
            return;
        }
        long now = clock.getAsLong();
        if (now - arrivalNanos >= QUIET_NANOS || now - beginNanos >= limitNanos / 5 * 4) {
            closeIdle.run();
        }
    }

    boolean isOver() {
        return state() != State.DRAINING || clock.getAsLong() - beginNanos >= limitNanos;
    }
}
