package org.catwalk.ajp.telemetry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

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

    /** One row. Guarded by the lock of the statistics, except for what others than the owner of a connection may count. */
    static final class Peer {

        private final String name;
        private final Set<Traffic> open = new HashSet<>();
        private long connections;
        private final LongAdder errors = new LongAdder();
        /** Of connections that have ended, by {@link Traffic.Item}. */
        private final LongAdder[] ended = Stream.generate(LongAdder::new).limit(Traffic.Item.values().length).toArray(LongAdder[]::new);
        private volatile long seenNanos;

        private Peer(String name, long nowNanos) {
            this.name = name;
            seenNanos = nowNanos;
        }

        void countError() {
            errors.increment();
        }

        void seen(long nowNanos) {
            if (seenNanos != nowNanos) {
                seenNanos = nowNanos;
            }
        }

        void add(Traffic.Item item, long number) {
            ended[item.ordinal()].add(number);
        }

        private void add(Traffic gone) {
            for (Traffic.Item item : Traffic.Item.values()) {
                add(item, gone.value(item));
            }
        }

        private void add(Peer gone) {
            connections += gone.connections;
            errors.add(gone.errors.sum());
            for (Traffic.Item item : Traffic.Item.values()) {
                add(item, gone.total(item));
            }
            if (gone.seenNanos - seenNanos > 0) {
                seenNanos = gone.seenNanos;
            }
        }

        private long total(Traffic.Item item) {
            long total = ended[item.ordinal()].sum();
            for (Traffic traffic : open) {
                total += traffic.value(item);
            }
            return total;
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
    public synchronized Traffic opened(String address) {
        Peer peer = rowOf(address == null ? LOCAL : address);
        Traffic traffic = new Traffic(peer);
        peer.open.add(traffic);
        peer.connections++;
        peer.seenNanos = nanoClock.getAsLong();
        return traffic;
    }

    /** One connection less; once more for the same one does nothing. */
    public synchronized void closed(Traffic traffic) {
        if (traffic.peer().open.remove(traffic)) {
            traffic.end();
            traffic.peer().add(traffic);
        }
    }

    /** @return what all web servers together have done */
    synchronized long total(Traffic.Item item) {
        return others.total(item) + peers.values().stream().mapToLong(peer -> peer.total(item)).sum();
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
        Peer gone = peers.values().stream().filter(peer -> peer.open.isEmpty())
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
        if (others.connections > 0) {
            rows.add(row(others, nanos, millis));
        }
        return rows;
    }

    private static Row row(Peer peer, long nanos, long millis) {
        long seen = millis - Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos - peer.seenNanos));
        return new Row(peer.name, peer.open.size(), peer.connections, peer.total(Traffic.Item.REQUESTS), peer.errors.sum(),
                peer.total(Traffic.Item.PINGS), peer.total(Traffic.Item.BYTES_IN), peer.total(Traffic.Item.BYTES_OUT), seen);
    }
}
