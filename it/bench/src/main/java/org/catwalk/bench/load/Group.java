package org.catwalk.bench.load;

import java.io.IOException;
import java.util.ArrayDeque;
import org.HdrHistogram.Histogram;

/**
 * Connections that do the same.
 *
 * <p>Closed loop: {@code active} requests are always under way; who is done leaves its turn to the connection that has been idle longest.
 * Open loop: requests are due at a fixed rate whether earlier ones are answered or not, and latency counts from when they were due.
 */
final class Group {

    private static final long MAX_LATENCY_NANOS = 60_000_000_000L;

    private final Exchange exchange;
    private final int active;
    /** 0 for a closed loop. */
    private final long periodNanos;
    private final ArrayDeque<AjpConnection> idle = new ArrayDeque<>();
    private final Histogram latencies = new Histogram(MAX_LATENCY_NANOS, 3);
    private long nextDue;
    private int underWay;
    private boolean stopping = true;

    Group(Exchange exchange, int active, double requestsPerSecond) {
        this.exchange = exchange;
        this.active = active;
        this.periodNanos = requestsPerSecond == 0 ? 0 : (long) (1e9 / requestsPerSecond);
    }

    Exchange exchange() {
        return exchange;
    }

    /** Lets a new connection make its first request, which does not count. */
    void introduce(AjpConnection connection) throws IOException {
        underWay++;
        connection.start(System.nanoTime());
    }

    boolean isInFlight(AjpConnection connection) {
        return !idle.contains(connection);
    }

    void begin(long now) throws IOException {
        stopping = false;
        nextDue = now;
        if (periodNanos == 0) {
            for (int i = 0; i < active; i++) {
                startNext(now);
            }
        }
    }

    /** Starts what is due; returns when the next request is, or {@link Long#MAX_VALUE} if only responses are awaited. */
    long startDue(long now) throws IOException {
        if (periodNanos == 0 || stopping) {
            return Long.MAX_VALUE;
        }
        while (nextDue <= now && !idle.isEmpty()) {
            startNext(nextDue);
            nextDue += periodNanos;
        }
        return idle.isEmpty() ? Long.MAX_VALUE : nextDue;
    }

    private void startNext(long startNanos) throws IOException {
        underWay++;
        idle.pollFirst().start(startNanos);
    }

    void completed(AjpConnection connection, long startNanos) throws IOException {
        long now = System.nanoTime();
        latencies.recordValue(Math.min(now - startNanos, MAX_LATENCY_NANOS));
        underWay--;
        idle.addLast(connection);
        if (periodNanos == 0 && !stopping) {
            startNext(now);
        }
    }

    void forget() {
        latencies.reset();
    }

    void stop() {
        stopping = true;
    }

    boolean isQuiet() {
        return underWay == 0;
    }

    Histogram latencies() {
        return latencies.copy();
    }
}
