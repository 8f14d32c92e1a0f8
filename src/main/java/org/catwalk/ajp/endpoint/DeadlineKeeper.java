package org.catwalk.ajp.endpoint;

import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every connection's deadline, and for output that has waited too long, ten times a second while there are
 * connections and once a second while there are none. Its own thread, so that no deadline depends on how busy the event
 * loops are.
 */
final class DeadlineKeeper implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(DeadlineKeeper.class);

    private static final long TICK_NANOS = 100_000_000L;
    private static final long QUIET_NANOS = 1_000_000_000L;

    private final AjpEndpoint endpoint;
    private volatile boolean stopped;
    private volatile boolean quiet;
    private Thread thread;

    DeadlineKeeper(AjpEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    void start(String name) {
        thread = new Thread(this, name);
        thread.setDaemon(true);
        thread.start();
    }

    void stop(long millis) throws InterruptedException {
        stopped = true;
        LockSupport.unpark(thread);
        thread.join(millis);
    }

    /** To be called when there is a connection again, whose deadlines and output cannot wait until the next slow tick. */
    void wake() {
        if (quiet) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void run() {
        long housekeeping = System.nanoTime();
        while (!stopped) {
            // Before the look around: a connection that comes after it finds this set and wakes us.
            quiet = true;
            long now = System.nanoTime();
            endpoint.setCoarseNanos(now);
            boolean any = endpoint.hasConnections();
            try {
                lookAround(now, any);
                if (now - housekeeping >= QUIET_NANOS) {
                    housekeeping = now;
                    endpoint.keepHouse();
                }
            } catch (RuntimeException | Error e) {
                // Without this thread no deadline would hold any more.
                Survival.log(LOG, "An internal error in the connector's housekeeping", e);
            }
            LockSupport.parkNanos(this, any ? TICK_NANOS : QUIET_NANOS);
        }
    }

    private void lookAround(long now, boolean any) {
        endpoint.drain().step();
        if (any) {
            endpoint.forEachConnection(connection -> check(connection, now));
            quiet = false;
        }
    }

    private static void check(AjpConnection connection, long now) {
        try {
            connection.checkDeadline(now);
        } catch (RuntimeException e) {
            LOG.error("Closing the connection from {} after an internal error", connection.peer(), e);
            connection.close();
        } catch (Error e) {
            connection.close();
            throw e;
        }
    }
}
