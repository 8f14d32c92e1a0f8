package org.catwalk.ajp.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one connection has done. Each number is counted by one thread at a time, the one that has the reading or the writing side of the
 * connection, and so without an atomic operation: those of ten counters that all threads share took 3 % of a small request. Any thread may
 * read at any time. Of what is counted in the very moment of the connection's end a part may be lost; what is counted later is not.
 */
public final class Traffic {

    /** What is counted. */
    enum Item {
        REQUESTS, PINGS, BYTES_IN, CPONGS, BYTES_OUT, SEND_HEADERS, SEND_BODY_CHUNKS, END_RESPONSES_REUSE
    }

    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int ITEMS = Item.values().length;

    private final PeerStatistics.Peer peer;
    /** By ordinal. */
    private final long[] counts = new long[ITEMS];
    private volatile boolean ended;

    Traffic(PeerStatistics.Peer peer) {
        this.peer = peer;
    }

    /** A forward request has come. */
    public void countRequest() {
        add(Item.REQUESTS, 1);
    }

    /** A request was refused, answered with a status from 400 on, or broken off; by any thread. */
    public void countError() {
        peer.countError();
    }

    /** A CPING has come. */
    public void countPing() {
        add(Item.PINGS, 1);
    }

    /** A CPING has been answered. */
    public void countPong() {
        add(Item.CPONGS, 1);
    }

    /** A SEND_HEADERS packet is on its way. */
    public void countHead() {
        add(Item.SEND_HEADERS, 1);
    }

    /** @param packets SEND_BODY_CHUNK packets that are on their way */
    public void countChunks(int packets) {
        add(Item.SEND_BODY_CHUNKS, packets);
    }

    /** An END_RESPONSE packet with reuse=1 is on its way. */
    public void countReusingEnd() {
        add(Item.END_RESPONSES_REUSE, 1);
    }

    /**
     * @param bytes read from the socket
     * @param nowNanos {@link System#nanoTime()}; may lag, so that it changes rarely and is rarely written
     */
    public void countReceived(int bytes, long nowNanos) {
        add(Item.BYTES_IN, bytes);
        peer.seen(nowNanos);
    }

    /** @param bytes that the socket has taken */
    public void countSent(long bytes) {
        add(Item.BYTES_OUT, bytes);
    }

    PeerStatistics.Peer peer() {
        return peer;
    }

    long value(Item item) {
        return (long) COUNTS.getOpaque(counts, item.ordinal());
    }

    /** From now on whatever is counted is counted with the web server at once. */
    void end() {
        ended = true;
    }

    private void add(Item item, long number) {
        if (ended) {
            peer.add(item, number);
        } else {
            COUNTS.setOpaque(counts, item.ordinal(), value(item) + number);
        }
    }
}
