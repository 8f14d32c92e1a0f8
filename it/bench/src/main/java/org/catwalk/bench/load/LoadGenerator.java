package org.catwalk.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * A front end's side of AJP: groups of persistent connections, driven by the calling thread. The connections stay open between rounds.
 * Any answer that is not exactly the expected one ends the round with an exception.
 */
public final class LoadGenerator implements AutoCloseable {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long DRAIN_NANOS = Duration.ofSeconds(20).toNanos();
    /** Longest sleep while an open-loop group waits for its next request: what its latencies may be too high by. */
    private static final long OPEN_LOOP_NAP_NANOS = 50_000;
    /** A front end opens a connection when it has something to send; many that say nothing would be taken for an attack. */
    private static final int OPENED_AT_ONCE = 32;
    private static final long SILENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final InetSocketAddress server;
    private final Selector selector;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    private final List<Group> groups = new ArrayList<>();
    private final List<AjpConnection> connections = new ArrayList<>();
    private final Consumer<SelectionKey> ready = this::ready;

    public LoadGenerator(int port) throws IOException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        selector = Selector.open();
    }

    /**
     * Adds a closed loop.
     *
     * @param connections to open
     * @param active how many of them have a request under way at any time
     */
    public LoadGenerator closedLoop(Exchange exchange, int connections, int active) throws IOException {
        return add(new Group(exchange, active, 0), connections);
    }

    /** Adds an open loop: {@code requestsPerSecond}, evenly spaced, on the first free of {@code connections}. */
    public LoadGenerator openLoop(Exchange exchange, int connections, double requestsPerSecond) throws IOException {
        return add(new Group(exchange, connections, requestsPerSecond), connections);
    }

    private LoadGenerator add(Group group, int count) throws IOException {
        groups.add(group);
        for (int i = 1; i <= count; i++) {
            AjpConnection connection = new AjpConnection(server, selector, group);
            connections.add(connection);
            group.introduce(connection);
            if (i % OPENED_AT_ONCE == 0 || i == count) {
                drain();
            }
        }
        return this;
    }

    /** What one group saw of one round. */
    public record Seen(Histogram latencyNanos) {

        public long requests() {
            return latencyNanos.getTotalCount();
        }
    }

    /**
     * One round.
     *
     * @param seconds measured
     * @param ownCpuSeconds of the load generator itself
     * @param groups in the order in which they were added
     */
    public record Round(double seconds, double ownCpuSeconds, List<Seen> groups) {
    }

    /**
     * Loads the server for a while.
     *
     * @param ramp before anything counts
     * @param measured how long it counts
     * @param atStart called when it begins to count
     * @param atEnd called when it no longer does, under load still
     */
    public Round run(Duration ramp, Duration measured, Runnable atStart, Runnable atEnd) throws IOException {
        try {
            long now = System.nanoTime();
            for (Group group : groups) {
                group.begin(now);
            }
            turnUntil(now + ramp.toNanos());
            groups.forEach(Group::forget);
            atStart.run();
            long ownCpu = THREADS.getCurrentThreadCpuTime();
            long start = System.nanoTime();
            turnUntil(start + measured.toNanos());
            long end = System.nanoTime();
            ownCpu = THREADS.getCurrentThreadCpuTime() - ownCpu;
            List<Seen> seen = groups.stream().map(group -> new Seen(group.latencies())).toList();
            atEnd.run();
            drain();
            return new Round((end - start) / 1e9, ownCpu / 1e9, seen);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void drain() throws IOException {
        groups.forEach(Group::stop);
        long limit = System.nanoTime() + DRAIN_NANOS;
        while (!groups.stream().allMatch(Group::isQuiet)) {
            if (System.nanoTime() > limit) {
                throw new IOException("Some requests were not answered within 20 s");
            }
            try {
                selector.select(ready, 100);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }

    private void turnUntil(long end) throws IOException {
        long lastReady = System.nanoTime();
        for (long now = lastReady; now < end; now = System.nanoTime()) {
            long due = end;
            for (Group group : groups) {
                due = Math.min(due, group.startDue(now));
            }
            int selected = due < end ? selectUntil(due) : selector.select(ready, Math.max(1, (end - now) / 1_000_000));
            if (selected > 0) {
                lastReady = now;
            } else if (now - lastReady > SILENCE_NANOS) {
                throw new IOException("The server has not answered for 30 s");
            }
        }
    }

    /** A selector's time-out is in milliseconds, too coarse for a schedule. */
    private int selectUntil(long due) throws IOException {
        int selected = selector.selectNow(ready);
        long left = due - System.nanoTime();
        if (selected == 0 && left > 0) {
            LockSupport.parkNanos(Math.min(left, OPEN_LOOP_NAP_NANOS));
        }
        return selected;
    }

    private void ready(SelectionKey key) {
        try {
            ((AjpConnection) key.attachment()).ready(buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (AjpConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
