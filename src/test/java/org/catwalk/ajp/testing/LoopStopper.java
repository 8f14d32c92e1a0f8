package org.catwalk.ajp.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Makes event loops stand still: each that refuses one of the packets here, when it logs that, as it would if the log's disk hung. A line for
 * a reason comes once in ten seconds, so that each packet stops one loop once.
 */
public final class LoopStopper implements AutoCloseable {

    private static final byte[] UNKNOWN_PACKET = Request.packet(new byte[] {0x42});
    private static final byte[] NO_PACKET = {0x42};
    private static final long WAIT_SECONDS = 30;

    /** Held on to, because java.util.logging itself holds its loggers weakly. */
    private final Logger logger = Logger.getLogger("org.catwalk.ajp");
    private final Semaphore standing = new Semaphore(0);
    private final Semaphore mayGoOn = new Semaphore(0);
    private final Handler handler = new Handler() {

        @Override
        public void publish(LogRecord entry) {
            String line = String.valueOf(entry.getMessage());
            if (line.contains("0x42") || line.contains("do not begin with 0x12 0x34")) {
                standing.release();
                mayGoOn.acquireUninterruptibly();
            }
        }

        @Override
        public void flush() {
            // Nothing is kept.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    public LoopStopper() {
        logger.addHandler(handler);
    }

    /** @param client whose connection belongs to the event loop that is to stand, and will be closed */
    public static void sendUnknownPacket(AjpClient client) {
        client.send(UNKNOWN_PACKET);
    }

    /** As {@link #sendUnknownPacket}, for the second time. */
    public static void sendNoPacket(AjpClient client) {
        client.send(NO_PACKET);
    }

    /** Waits until one more event loop stands. */
    public void awaitStanding() throws InterruptedException {
        assertThat(standing.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)).as("an event loop stands").isTrue();
    }

    public void letGoOn() {
        mayGoOn.release();
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
        // As many as can stand, and more.
        mayGoOn.release(Short.MAX_VALUE);
    }
}
