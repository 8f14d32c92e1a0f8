package org.catwalk.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A relay between httpd and one AJP connector that keeps a transcript of the packets as the connector sees them, and lets bytes take
 * their time. It holds back no more than a network would ({@value #PIECES} pieces of {@value #PIECE_BYTES} bytes each way), passes on a
 * half-close as such and anything worse as an end of both sides.
 */
public final class PacketTap implements AutoCloseable {

    private static final int PIECE_BYTES = 8192;
    private static final int PIECES = 16;

    /** What a packet is, told by its direction, its first byte and its length. */
    public enum Kind {
        FORWARD_REQUEST, BODY, CPING,
        SEND_HEADERS, SEND_BODY_CHUNK, GET_BODY_CHUNK, END_RESPONSE, CPONG, UNKNOWN
    }

    /**
     * One packet.
     *
     * @param connection counted from 0
     * @param payloadBytes what the packet's header announces
     */
    public record Packet(int connection, Kind kind, int payloadBytes) {
    }

    private final Relay relay;
    /** Guarded by itself. */
    private final List<Packet> transcript = new ArrayList<>();
    private volatile long delayNanos;

    private PacketTap(Relay relay) {
        this.relay = relay;
    }

    /** Listens on any loopback port and relays to {@code connectorPort} of 127.0.0.1. */
    public static PacketTap to(int connectorPort) {
        Relay relay = new Relay(connectorPort);
        PacketTap tap = new PacketTap(relay);
        relay.start(tap::begin);
        return tap;
    }

    public int port() {
        return relay.port();
    }

    /** From now on each byte takes so long in each direction. */
    public void delay(Duration oneWay) {
        delayNanos = oneWay.toNanos();
    }

    /** Begins a new transcript. */
    public void forget() {
        synchronized (transcript) {
            transcript.clear();
        }
    }

    /** What has passed since {@link #forget()}, in the order in which the connector sent or was sent it. */
    public List<Packet> packets() {
        synchronized (transcript) {
            return List.copyOf(transcript);
        }
    }

    public long count(Kind kind) {
        return packets().stream().filter(packet -> packet.kind == kind).count();
    }

    /** Waits until the transcript is as wanted. @return whether it came to that */
    public boolean sees(Duration limit, Predicate<PacketTap> wanted) {
        return Deadline.met(limit, () -> wanted.test(this));
    }

    /** How many connections the front end has used. */
    public long connections() {
        return packets().stream().map(Packet::connection).distinct().count();
    }

    /**
     * The largest number of body packets that were owed at once on one connection.
     *
     * @param sized whether the requests have a Content-Length, so that a first packet comes unasked
     */
    public int mostOutstanding(boolean sized) {
        return mostOutstanding(sized, Integer.MAX_VALUE);
    }

    /** As {@link #mostOutstanding(boolean)}, of each request only until so many of its body packets have come. */
    public int mostOutstanding(boolean sized, int firstBodies) {
        List<Packet> packets = packets();
        int connections = 1 + packets.stream().mapToInt(Packet::connection).max().orElse(0);
        int[] owed = new int[connections];
        int[] bodies = new int[connections];
        int most = 0;
        for (Packet packet : packets) {
            int connection = packet.connection;
            switch (packet.kind) {
                case FORWARD_REQUEST -> {
                    owed[connection] = sized ? 1 : 0;
                    bodies[connection] = 0;
                }
                case GET_BODY_CHUNK -> owed[connection]++;
                case BODY -> {
                    owed[connection]--;
                    bodies[connection]++;
                }
                default -> {
                    // moves no body
                }
            }
            if (bodies[connection] < firstBodies) {
                most = Math.max(most, owed[connection]);
            }
        }
        return most;
    }

    @Override
    public void close() {
        relay.close();
    }

    // ---- the relay

    private void begin(int connection, Socket frontEnd, Socket connector) {
        new Direction(frontEnd, connector, new Parser(connection, true), false).start();
        new Direction(connector, frontEnd, new Parser(connection, false), true).start();
    }

    private void note(Packet packet) {
        synchronized (transcript) {
            transcript.add(packet);
        }
    }

    private record Piece(byte[] bytes, int length, long dueNanos) {

        boolean isEnd() {
            return length < 0;
        }
    }

    /** One direction of one connection: a thread that reads, a thread that writes when the time has come. */
    private final class Direction {

        private final Socket from;
        private final Socket to;
        private final Parser parser;
        private final boolean parseWhenRead;
        private final BlockingQueue<Piece> underWay = new ArrayBlockingQueue<>(PIECES);

        Direction(Socket from, Socket to, Parser parser, boolean parseWhenRead) {
            this.from = from;
            this.to = to;
            this.parser = parser;
            this.parseWhenRead = parseWhenRead;
        }

        void start() {
            Relay.start("tap-read", this::read);
            Relay.start("tap-write", this::write);
        }

        private void read() {
            try {
                InputStream in = from.getInputStream();
                int length;
                do {
                    byte[] bytes = new byte[PIECE_BYTES];
                    length = in.read(bytes);
                    if (parseWhenRead && length > 0) {
                        parser.feed(bytes, length);
                    }
                    underWay.put(new Piece(bytes, length, System.nanoTime() + delayNanos));
                } while (length >= 0);
            } catch (IOException e) {
                endBoth();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void write() {
            try {
                for (Piece piece = underWay.take(); !piece.isEnd(); piece = underWay.take()) {
                    await(piece.dueNanos);
                    if (!parseWhenRead) {
                        parser.feed(piece.bytes, piece.length);
                    }
                    to.getOutputStream().write(piece.bytes, 0, piece.length);
                }
                to.shutdownOutput();
                if (from.isOutputShutdown()) {
                    endBoth();
                }
            } catch (IOException e) {
                endBoth();
                // The reading side may be waiting for room.
                underWay.clear();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void await(long dueNanos) {
            for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }

        private void endBoth() {
            relay.end(from, to);
        }
    }

    /** Finds the packets in one direction of one connection. */
    private final class Parser {

        private static final int HEADER_BYTES = 4;

        private final int connection;
        private final boolean fromFrontEnd;
        /** The packet's header and the first two bytes of its payload, which tell its kind. */
        private final byte[] head = new byte[HEADER_BYTES + 2];
        private int have;
        private int toSkip;

        Parser(int connection, boolean fromFrontEnd) {
            this.connection = connection;
            this.fromFrontEnd = fromFrontEnd;
        }

        void feed(byte[] bytes, int length) {
            int at = 0;
            while (at < length) {
                if (toSkip > 0) {
                    int skipped = Math.min(toSkip, length - at);
                    toSkip -= skipped;
                    at += skipped;
                    continue;
                }
                head[have++] = bytes[at++];
                if (have >= HEADER_BYTES && have == HEADER_BYTES + Math.min(2, payloadBytes())) {
                    note(new Packet(connection, fromFrontEnd ? request() : response(), payloadBytes()));
                    toSkip = payloadBytes() - (have - HEADER_BYTES);
                    have = 0;
                }
            }
        }

        private int payloadBytes() {
            return uint16(2);
        }

        private int uint16(int at) {
            return (head[at] & 0xFF) << 8 | head[at + 1] & 0xFF;
        }

        private Kind request() {
            int payload = payloadBytes();
            if (payload == 1 && head[HEADER_BYTES] == 10) {
                return Kind.CPING;
            }
            // A body packet begins with the length of its data, which a request matches only by an odd chance.
            boolean body = payload == 0 || payload >= 2 && uint16(HEADER_BYTES) == payload - 2;
            return body ? Kind.BODY : head[HEADER_BYTES] == 2 ? Kind.FORWARD_REQUEST : Kind.UNKNOWN;
        }

        private Kind response() {
            return switch (head[HEADER_BYTES]) {
                case 3 -> Kind.SEND_BODY_CHUNK;
                case 4 -> Kind.SEND_HEADERS;
                case 5 -> Kind.END_RESPONSE;
                case 6 -> Kind.GET_BODY_CHUNK;
                case 9 -> Kind.CPONG;
                default -> Kind.UNKNOWN;
            };
        }
    }
}
