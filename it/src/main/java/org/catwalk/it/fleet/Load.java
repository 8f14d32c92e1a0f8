package org.catwalk.it.fleet;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.catwalk.it.fleet.Figures.Outcome;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.webapp.Payload;

/**
 * Clients that ask without end, each over a connection of its own: GET and POST in turn, small and large, quick and slower, every request
 * with an id. They never send a request a second time, as clients of the JDK would.
 */
public final class Load {

    private static final long THOUGHT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int SMALL = 500;
    /** Several packets. */
    private static final int LARGE = 30_000;
    private static final String[] MIXED = {"GET ?", "POST ?", "GET ?hold=50", "POST ?large", "GET ?", "POST ?hold=100"};

    private final URI uri;
    private final Ledger ledger;
    private final boolean sessions;
    private final LongSupplier thoughtNanos;
    private final String[] targets;
    private final List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private Load(URI uri, Ledger ledger, boolean sessions, LongSupplier thoughtNanos, String... targets) {
        this.uri = uri;
        this.ledger = ledger;
        this.sessions = sessions;
        this.thoughtNanos = thoughtNanos;
        this.targets = targets;
    }

    /** Without sessions: any node may answer. */
    public static Load on(URI uri, Ledger ledger, int clients) {
        return new Load(uri, ledger, false, () -> THOUGHT_NANOS, MIXED).start(clients);
    }

    /** All of them asking for the same, such as {@code GET ?hold=2000}. */
    public static Load asking(String target, URI uri, Ledger ledger, int clients) {
        return new Load(uri, ledger, false, () -> THOUGHT_NANOS, target).start(clients);
    }

    /** As {@link #on}, each client pausing between two requests for some time from {@code fromMillis} to {@code toMillis}. */
    public static Load pausing(long fromMillis, long toMillis, URI uri, Ledger ledger, int clients) {
        return new Load(uri, ledger, false, () -> ThreadLocalRandom.current().nextLong(TimeUnit.MILLISECONDS.toNanos(fromMillis),
                TimeUnit.MILLISECONDS.toNanos(toMillis)), "GET ?", "POST ?").start(clients);
    }

    /** Each client in a session of its own. */
    public static Load inSessions(URI uri, Ledger ledger, int clients) {
        return new Load(uri, ledger, true, () -> THOUGHT_NANOS, MIXED).start(clients);
    }

    private Load start(int clients) {
        for (int i = 0; i < clients; i++) {
            int number = i;
            Thread thread = new Thread(() -> ask(number), "client-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        return this;
    }

    /** Requests that have ended so far. */
    public int done() {
        return outcomes.size();
    }

    /** Requests that have failed so far. */
    public int failed() {
        return (int) List.copyOf(outcomes).stream().filter(outcome -> outcome.failure() != null).count();
    }

    /**
     * Lets it run until a node answers that has not answered from the beginning of this call on.
     *
     * @throws IllegalStateException if it does not in half a minute
     */
    public Load untilAnsweredBy(Node node) {
        int from = outcomes.size();
        for (int i = 0; i < 600; i++) {
            List<Outcome> all = List.copyOf(outcomes);
            if (all.subList(from, all.size()).stream().anyMatch(outcome -> node.name().equals(outcome.node()))) {
                return this;
            }
            during(50);
        }
        throw new IllegalStateException("No answer of node " + node.name() + " within 30 seconds");
    }

    /** Lets it run for a while. */
    public Load during(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        return this;
    }

    /** Ends it and says what became of all requests. */
    public Figures stop() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new Figures(List.copyOf(outcomes), ledger.runs());
    }

    private void ask(int number) {
        Asker asker = new Asker();
        for (int i = number; !stopped; i++) {
            outcomes.add(asker.ask(targets[i % targets.length]));
            think(thoughtNanos.getAsLong());
        }
        asker.leave();
    }

    private static void think(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** One client: its connection and its session. */
    private final class Asker {

        private RawConnection connection;
        private String session;

        Outcome ask(String target) {
            String id = UUID.randomUUID().toString();
            String expectedNode = session == null ? null : session.substring(session.lastIndexOf('.') + 1);
            long begin = System.nanoTime();
            String node = null;
            String failure = null;
            try {
                int length = target.startsWith("GET") ? 0 : target.endsWith("large") ? LARGE : SMALL;
                Reply reply = exchange(id, target, length);
                if (reply.status() == 200 && !reply.isCut()) {
                    Fields fields = reply.fields();
                    node = fields.get("node");
                    failure = id.equals(fields.get("id")) && Payload.checksum(length).equals(fields.get("checksum")) ? null : "mixed up: " + fields;
                    session = sessions ? fields.get("session") : null;
                } else {
                    failure = reply.status() + (reply.isCut() ? ", cut" : "");
                }
                if (failure != null || "close".equalsIgnoreCase(reply.header("connection"))) {
                    leave();
                }
            } catch (IOException | RuntimeException e) {
                failure = e.toString();
                leave();
            }
            return new Outcome(id, target, node, expectedNode, failure, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
        }

        private Reply exchange(String id, String target, int length) throws IOException {
            if (connection == null) {
                connection = RawConnection.to(uri);
            }
            String[] words = target.split(" ", 2);
            List<String> headers = new ArrayList<>(List.of("X-Request-Id: " + id));
            if (length > 0) {
                headers.add("Content-Length: " + length);
            }
            if (session != null) {
                headers.add("Cookie: JSESSIONID=" + session);
            }
            connection.request(words[0], uri.getRawPath() + words[1] + (sessions ? "&session=1" : ""), uri, headers.toArray(new String[0]));
            if (length > 0) {
                connection.send(Payload.bytes(length));
            }
            return connection.readReply();
        }

        void leave() {
            try {
                if (connection != null) {
                    connection.close();
                }
            } catch (IOException e) {
                // It is given up in any case.
            }
            connection = null;
        }
    }

}
