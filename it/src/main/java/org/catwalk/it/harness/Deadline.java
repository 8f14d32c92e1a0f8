package org.catwalk.it.harness;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something outside this JVM, looking every 20 ms, never for longer than said. */
public final class Deadline {

    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(20).toNanos();

    private Deadline() {
    }

    /** Whether {@code condition} came true within {@code limit}. */
    public static boolean met(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return true;
    }
}
