package org.catwalk.ajp.telemetry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What each web server has done, told apart by address. At most {@value #MAX_PEERS} have a row; when one more comes, the one without a
 * connection that was seen least recently is added to the row {@value #OTHERS}, and if all have connections, the newcomer is.
 *
 * <p>Counting takes no lock and allocates nothing. Opening and closing a connection, and reading, take one for a moment.
 */
public final class PeerStatistics {

    /** Addresses that are told apart. */
    static final int MAX_PEERS = 256;
    /** The name of the row for all that are not. */
    static final String OTHERS = "others";
    /** The name of whoever connects through a unix domain socket or an inherited channel that has no address. */
    static final String LOCAL = "local";

    private final Map<String, Peer> peers = new LinkedHashMap<>();
    private final Peer others;
    private final LongSupplier nanoClock;
    private final LongSupplier milliClock;

    /** The counters of one row. */
    public static final class Peer {

        private final String name;
        private final LongAdder connections = new LongAdder();
        private final LongAdder requests = new LongAdder();
        private final LongAdder errors = new LongAdder();
        private final LongAdder pings = new LongAdder();
        private final LongAdder bytesIn = new LongAdder();
        private final LongAdder bytesOut = new LongAdder();
        private volatile long seenNanos;
        /** Guarded by the lock of the statistics. */
        private int open;

        private Peer(String name, long nowNanos) {
            this.name = name;
            seenNanos = nowNanos;
        }

        /** A forward request has come. */
        public void countRequest() {
            requests.increment();
        }

        /** A request was refused, answered with a status from 400 on, or broken off. */
        public void countError() {
            errors.increment();
        }

        /** A CPING has come. */
        public void countPing() {
            pings.increment();
        }

        /**
         * @param bytes read from its socket
         * @param nowNanos {@link System#nanoTime()}; may lag, so that it changes rarely and is rarely written
         */
        public void countReceived(int bytes, long nowNanos) {
            bytesIn.add(bytes);
            if (seenNanos != nowNanos) {
                seenNanos = nowNanos;
            }
        }

        /** @param bytes that its socket has taken */
        public void countSent(long bytes) {
            bytesOut.add(bytes);
        }

        private void add(Peer gone) {
            connections.add(gone.connections.sum());
            requests.add(gone.requests.sum());
            errors.add(gone.errors.sum());
            pings.add(gone.pings.sum());
            bytesIn.add(gone.bytesIn.sum());
            bytesOut.add(gone.bytesOut.sum());
            if (gone.seenNanos - seenNanos > 0) {
                seenNanos = gone.seenNanos;
            }
        }
    }

    /**
     * One row as it is read.
     *
     * @param seenMillis epoch milliseconds of the last byte from there, or of the connection if none has come
     */
    public record Row(String peer, int open, long connections, long requests, long errors, long pings, long bytesIn, long bytesOut,
            long seenMillis) {
    }

    public PeerStatistics() {
        this(System::nanoTime, System::currentTimeMillis);
    }

    PeerStatistics(LongSupplier nanoClock, LongSupplier milliClock) {
        this.nanoClock = nanoClock;
        this.milliClock = milliClock;
        others = new Peer(OTHERS, nanoClock.getAsLong());
    }

    /**
     * A connection was let in.
     *
     * @param address null if it has none
     * @return where to count what it does, until it is {@link #closed}
     */
    public synchronized Peer opened(String address) {
        Peer peer = rowOf(address == null ? LOCAL : address);
        peer.open++;
        peer.connections.increment();
        peer.seenNanos = nanoClock.getAsLong();
        return peer;
    }

    /** One connection less. */
    public synchronized void closed(Peer peer) {
        peer.open--;
    }

    private Peer rowOf(String name) {
        Peer known = peers.get(name);
        if (known != null) {
            return known;
        }
        if (peers.size() >= MAX_PEERS && !forgetOne()) {
            return others;
        }
        Peer peer = new Peer(name, nanoClock.getAsLong());
        peers.put(name, peer);
        return peer;
    }

    /** Nobody counts on a row without connections, so none of its counts is lost. @return false if there is no such row */
    private boolean forgetOne() {
        long now = nanoClock.getAsLong();
        Peer gone = peers.values().stream().filter(peer -> peer.open == 0)
                .max(Comparator.comparingLong(peer -> now - peer.seenNanos)).orElse(null);
        if (gone == null) {
            return false;
        }
        peers.remove(gone.name);
        others.add(gone);
        return true;
    }

    /** All rows, in the order in which they came; the one of the others last, if there are any. */
    public synchronized List<Row> rows() {
        long nanos = nanoClock.getAsLong();
        long millis = milliClock.getAsLong();
        List<Row> rows = new ArrayList<>(peers.size() + 1);
        peers.values().forEach(peer -> rows.add(row(peer, nanos, millis)));
        if (others.connections.sum() > 0) {
            rows.add(row(others, nanos, millis));
        }
        return rows;
    }

    private static Row row(Peer peer, long nanos, long millis) {
        long seen = millis - Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos - peer.seenNanos));
        return new Row(peer.name, peer.open, peer.connections.sum(), peer.requests.sum(), peer.errors.sum(), peer.pings.sum(),
                peer.bytesIn.sum(), peer.bytesOut.sum(), seen);
    }
}
