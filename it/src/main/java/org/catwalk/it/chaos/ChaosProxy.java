package org.catwalk.it.chaos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.catwalk.it.harness.Relay;

/**
 * Passes TCP connections on to a port of loopback, in the {@link Mood}s of a bad network. Each direction of each connection has moods of its own,
 * a new one after some pieces, in an order that follows from seed and number of the connection alone. When which byte comes is up to the
 * machine: the same seed gives the same moods, not the same run to the microsecond.
 */
public final class ChaosProxy implements AutoCloseable {

    private static final int PIECE = 16 * 1024;
    private static final int MOST_PIECES_IN_A_MOOD = 12;
    /** How many bytes of a piece go alone, at either end. */
    private static final int SINGLE_BYTES = 64;
    private static final int ODD_PIECE = 1500;
    private static final int COALESCE_MILLIS = 20;
    private static final int COALESCE_BYTES = 128 * 1024;

    private final Relay relay;
    private final long seed;
    private final int stallMillis;
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<Mood, LongAdder> moods = new ConcurrentHashMap<>();
    private volatile boolean raging;

    private ChaosProxy(Relay relay, long seed, int stallMillis) {
        this.relay = relay;
        this.seed = seed;
        this.stallMillis = stallMillis;
    }

    /**
     * Begins calm.
     *
     * @param target port of 127.0.0.1
     * @param stallMillis longer than every time limit of both sides
     */
    public static ChaosProxy to(int target, long seed, int stallMillis) {
        Relay relay = new Relay(target);
        ChaosProxy proxy = new ChaosProxy(relay, seed, stallMillis);
        relay.start(proxy::begin);
        return proxy;
    }

    public int port() {
        return relay.port();
    }

    /** @param on whether connections have moods from now on; what has begun ends */
    public void rage(boolean on) {
        raging = on;
    }

    /** How many connections it was asked for. */
    public int connections() {
        return connections.get();
    }

    /** How many pieces were passed on in that mood. */
    public long pieces(Mood mood) {
        LongAdder count = moods.get(mood);
        return count == null ? 0 : count.sum();
    }

    @Override
    public void close() {
        relay.close();
    }

    private void begin(int connection, Socket frontEnd, Socket connector) {
        connections.incrementAndGet();
        Random random = new Random(seed + 1_000_003L * connection);
        AtomicInteger ends = new AtomicInteger();
        Relay.start("chaos-request", new Direction(frontEnd, connector, new Random(random.nextLong()), ends)::run);
        Relay.start("chaos-response", new Direction(connector, frontEnd, new Random(random.nextLong()), ends)::run);
    }

    /** One direction of one connection. */
    private final class Direction {

        private final Socket from;
        private final Socket to;
        private final Random random;
        /** How many directions of the connection have ended. */
        private final AtomicInteger ends;
        private final byte[] buffer = new byte[PIECE];
        private Mood mood = Mood.CALM;
        private int piecesLeft;

        Direction(Socket from, Socket to, Random random, AtomicInteger ends) {
            this.from = from;
            this.to = to;
            this.random = random;
            this.ends = ends;
        }

        void run() {
            try {
                InputStream in = from.getInputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    nextPiece();
                    pass(length);
                }
                end();
            } catch (IOException e) {
                // The way of one side becomes that of the other.
                reset();
            }
        }

        private void nextPiece() {
            if (!raging) {
                mood = Mood.CALM;
                piecesLeft = 0;
            } else if (--piecesLeft < 0) {
                mood = Mood.choose(random);
                piecesLeft = random.nextInt(MOST_PIECES_IN_A_MOOD);
            }
            moods.computeIfAbsent(mood, key -> new LongAdder()).increment();
        }

        private void pass(int length) throws IOException {
            OutputStream out = to.getOutputStream();
            switch (mood) {
                case CALM -> out.write(buffer, 0, length);
                case SLOW -> {
                    pause(random.nextInt(10));
                    out.write(buffer, 0, length);
                }
                case SPLIT -> split(out, length);
                case COALESCE -> coalesce(out, length);
                case PAUSE -> {
                    piecesLeft = 0;
                    pause(50 + random.nextInt(450));
                    out.write(buffer, 0, length);
                }
                case STALL -> {
                    piecesLeft = 0;
                    int before = random.nextInt(length + 1);
                    out.write(buffer, 0, before);
                    pause(stallMillis);
                    out.write(buffer, before, length - before);
                }
                case RESET -> {
                    out.write(buffer, 0, random.nextInt(length + 1));
                    throw new IOException("reset");
                }
                case HALF_CLOSE -> {
                    out.write(buffer, 0, random.nextInt(length + 1));
                    to.shutdownOutput();
                    from.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
            }
        }

        private void split(OutputStream out, int length) throws IOException {
            for (int position = 0; position < length;) {
                boolean edge = position < SINGLE_BYTES || position >= length - SINGLE_BYTES;
                int piece = edge ? 1 : Math.min(1 + random.nextInt(ODD_PIECE), length - SINGLE_BYTES - position);
                out.write(buffer, position, piece);
                position += piece;
            }
        }

        private void coalesce(OutputStream out, int length) throws IOException {
            ByteArrayOutputStream held = new ByteArrayOutputStream();
            held.write(buffer, 0, length);
            from.setSoTimeout(COALESCE_MILLIS);
            try {
                while (held.size() < COALESCE_BYTES) {
                    int more = from.getInputStream().read(buffer);
                    if (more < 0) {
                        break;
                    }
                    held.write(buffer, 0, more);
                }
            } catch (SocketTimeoutException e) {
                // Nothing more comes for now.
            } finally {
                from.setSoTimeout(0);
            }
            held.writeTo(out);
        }

        private void end() throws IOException {
            if (!to.isOutputShutdown()) {
                to.shutdownOutput();
            }
            if (ends.incrementAndGet() == 2) {
                relay.end(from, to);
            }
        }

        private void reset() {
            try {
                from.setSoLinger(true, 0);
                to.setSoLinger(true, 0);
            } catch (IOException e) {
                // One of them has been closed already.
            }
            relay.end(from, to);
        }

        private void pause(long millis) {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            for (long left = end - System.nanoTime(); left > 0 && !from.isClosed(); left = end - System.nanoTime()) {
                LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(200)));
            }
        }
    }
}
