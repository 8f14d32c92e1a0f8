package org.catwalk.ajp.telemetry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
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
        /** Who counts instead of this row, once it is forgotten: an exchange may outlive its connection. */
        private volatile Peer heir;

        private Peer(String name, long nowNanos) {
            this.name = name;
            seenNanos = nowNanos;
        }

        void countError() {
            Peer h = heir;
            (h == null ? this : h).errors.increment();
        }

        void seen(long nowNanos) {
            if (seenNanos != nowNanos) {
                seenNanos = nowNanos;
            }
        }

        void add(Traffic.Item item, long number) {
            Peer h = heir;
            (h == null ? this : h).ended[item.ordinal()].add(number);
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
                add(item, gone.ended[item.ordinal()].sum());
            }
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
    long total(Traffic.Item item) {
        long total;
        List<Traffic> open = new ArrayList<>();
        synchronized (this) {
            total = others.ended[item.ordinal()].sum();
            open.addAll(others.open);
            for (Peer peer : peers.values()) {
                total += peer.ended[item.ordinal()].sum();
                open.addAll(peer.open);
            }
        }
        // What ends meanwhile keeps its numbers, and nobody has to wait for this.
        return total + sum(open, item);
    }

    private static long sum(Collection<Traffic> open, Traffic.Item item) {
        return open.stream().mapToLong(traffic -> traffic.value(item)).sum();
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

    /** @return false if each row has a connection */
    private boolean forgetOne() {
        long now = nanoClock.getAsLong();
        Peer gone = peers.values().stream().filter(peer -> peer.open.isEmpty())
                .max(Comparator.comparingLong(peer -> now - peer.seenNanos)).orElse(null);
        if (gone == null) {
            return false;
        }
        peers.remove(gone.name);
        gone.heir = others;
        others.add(gone);
        return true;
    }

    /** All rows, in the order in which they came; the one of the others last, if there are any. */
    public List<Row> rows() {
        long nanos = nanoClock.getAsLong();
        long millis = milliClock.getAsLong();
        List<Supplier<Row>> rows = new ArrayList<>();
        synchronized (this) {
            peers.values().forEach(peer -> rows.add(row(peer, nanos, millis)));
            if (others.connections > 0) {
                rows.add(row(others, nanos, millis));
            }
        }
        return rows.stream().map(Supplier::get).toList();
    }

    /** @return adds up what the connections have counted, for which nobody has to wait */
    private static Supplier<Row> row(Peer peer, long nanos, long millis) {
        long seen = millis - Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos - peer.seenNanos));
        List<Traffic> open = List.copyOf(peer.open);
        long connections = peer.connections;
        long errors = peer.errors.sum();
        long[] ended = Stream.of(peer.ended).mapToLong(LongAdder::sum).toArray();
        ToLongFunction<Traffic.Item> total = item -> ended[item.ordinal()] + sum(open, item);
        return () -> new Row(peer.name, open.size(), connections, total.applyAsLong(Traffic.Item.REQUESTS), errors,
                total.applyAsLong(Traffic.Item.PINGS), total.applyAsLong(Traffic.Item.BYTES_IN),
                total.applyAsLong(Traffic.Item.BYTES_OUT), seen);
    }
}
