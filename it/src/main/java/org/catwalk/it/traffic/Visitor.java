package org.catwalk.it.traffic;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.traffic.Outcome.Verdict;
import org.catwalk.it.webapp.Payload;
import org.catwalk.it.webapp.TrafficServlet;

/**
 * One client of {@link TrafficServlet}: a connection that it keeps while it can, a session, and no request sent twice. For one thread.
 */
public final class Visitor implements AutoCloseable {

    private static final int PAGE_BYTES = 12 * 1024;
    private static final int LARGE_BYTES = 1024 * 1024;
    private static final int UPLOAD_BYTES = 500_000;
    private static final int VERY_LARGE_BYTES = 4 * 1024 * 1024;
    private static final int SLOW_UPLOAD_BYTES = 100_000;
    private static final int PIECE = 16 * 1024;
    private static final int VISITS_PER_SESSION = 20;

    private static final String ERROR_PAGE_OF_HTTPD = "<!DOCTYPE HTML PUBLIC";

    private static final ScheduledExecutorService WATCH = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "deadlines-of-visitors");
        thread.setDaemon(true);
        return thread;
    });

    private final URI site;
    private final Random random;
    private final Duration deadline;
    private final boolean inLedger;
    private RawConnection connection;
    private volatile boolean late;
    private String session;
    private int visits;

    /**
     * @param site scheme, host and port
     * @param deadline for each request from its first byte to the last one of its answer
     * @param inLedger whether nodes are to enter the requests in the fleet's ledger, where they stay
     */
    public Visitor(URI site, Random random, Duration deadline, boolean inLedger) {
        this.site = site;
        this.random = random;
        this.deadline = deadline;
        this.inLedger = inLedger;
    }

    /** Sends one request. Never throws: what goes wrong is an outcome. */
    public Outcome visit(Kind kind) {
        Visit visit = new Visit(kind);
        long begin = System.nanoTime();
        Verdict verdict;
        String detail = "";
        late = false;
        ScheduledFuture<?> watch = WATCH.schedule(this::giveUp, deadline.toMillis(), TimeUnit.MILLISECONDS);
        try {
            visit.run();
            verdict = kind.name().startsWith("ABORTED") ? Verdict.LEFT : Verdict.CORRECT;
        } catch (Unexpected e) {
            verdict = e.verdict;
            detail = e.getMessage();
        } catch (SocketTimeoutException e) {
            verdict = Verdict.HUNG;
            detail = e.getMessage();
        } catch (EOFException | SocketException e) {
            verdict = late ? Verdict.HUNG : Verdict.CUT;
            detail = e.toString();
        } catch (IOException | RuntimeException e) {
            verdict = Verdict.WRONG;
            detail = e.toString();
        }
        watch.cancel(false);
        if (verdict != Verdict.CORRECT) {
            close();
        }
        return new Outcome(kind, visit.id, verdict, detail, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin), visit.bytes);
    }

    private void giveUp() {
        late = true;
        closeQuietly(connection);
    }

    /** Leaves; the next visit comes over a new connection, in the same session. */
    @Override
    public void close() {
        closeQuietly(connection);
        connection = null;
    }

    private static void closeQuietly(RawConnection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            // It is given up in any case.
        }
    }

    private static void pause(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** What was found instead of what was expected. */
    private static final class Unexpected extends IOException {

        private final Verdict verdict;

        Unexpected(Verdict verdict, String detail) {
            super(detail);
            this.verdict = verdict;
        }
    }

    private final class Visit {

        private final Kind kind;
        private final String id = Long.toHexString(random.nextLong());
        private long bytes;

        Visit(Kind kind) {
            this.kind = kind;
        }

        void run() throws IOException {
            switch (kind) {
                case PAGE -> get("", random.nextInt(PAGE_BYTES));
                case DOWNLOAD -> get("", LARGE_BYTES);
                case UPLOAD -> upload("", sized(), random.nextInt(PAGE_BYTES));
                case CHUNKED_UPLOAD -> chunkedUpload(sized());
                case EVENTS -> events();
                case ASYNC -> asynchronous();
                case NON_BLOCKING -> upload("&how=non-blocking", sized(), sized());
                case HEAD -> head();
                case NOT_FOUND -> notFound();
                case SESSION -> inSession();
                case SLOW_READER -> slowReader();
                case SLOW_UPLOAD -> slowUpload();
                case ABORTED_DOWNLOAD -> abortedDownload();
                case ABORTED_UPLOAD -> abortedUpload();
                case ABORTED_EVENTS -> abortedEvents();
            }
        }

        /** Small ones are as likely as large ones. */
        private int sized() {
            return 1 + random.nextInt(Math.min(UPLOAD_BYTES, 64 << random.nextInt(14)));
        }

        // ---- kinds of requests

        private void get(String more, int size) throws IOException {
            send("GET", target(size, more));
            check(read(0), Payload.bytes(Payload.startOf(id), size), 0);
        }

        private void upload(String more, int sent, int wanted) throws IOException {
            send("POST", target(wanted, sent, more), "Content-Length: " + sent);
            sendBody(() -> connection.send(body(0, sent)));
            check(read(0), Payload.bytes(Payload.startOf(id), wanted), sent);
        }

        private void chunkedUpload(int sent) throws IOException {
            int wanted = random.nextInt(PAGE_BYTES);
            int chunk = 1 + random.nextInt(PIECE);
            send("POST", target(wanted, sent, ""), "Transfer-Encoding: chunked");
            sendBody(() -> {
                for (int position = 0; position < sent; position += chunk) {
                    connection.chunk(body(position, Math.min(chunk, sent - position)));
                }
                connection.send("0\r\n\r\n");
            });
            check(read(0), Payload.bytes(Payload.startOf(id), wanted), sent);
        }

        private void events() throws IOException {
            int count = 2 + random.nextInt(10);
            send("GET", target(count, "&how=events&hold=" + random.nextInt(200)));
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < count; i++) {
                expected.append(Payload.event(id, i));
            }
            check(read(0), expected.toString().getBytes(StandardCharsets.US_ASCII), 0);
        }

        private void asynchronous() throws IOException {
            String more = (random.nextBoolean() ? "&how=async&hold=" : "&how=dispatch&hold=") + random.nextInt(50);
            get(more, random.nextInt(4 * PAGE_BYTES));
        }

        private void head() throws IOException {
            int size = random.nextInt(PAGE_BYTES);
            send("HEAD", "/app/traffic?id=" + id + "&size=" + size + "&length=true");
            Reply reply = connection.readReply(true);
            check(reply, new byte[0], 0);
            String length = reply.header("content-length");
            if (length != null && Integer.parseInt(length) != size) {
                throw new Unexpected(Verdict.WRONG, "Content-Length " + length + " instead of " + size);
            }
        }

        private void notFound() throws IOException {
            // A path of its own each time would fill Tomcat's cache of resources. A path parameter is in the page but not in the path.
            send("GET", "/app/nothing-here;for=" + id);
            Reply reply = read(0);
            if (reply.status() != 404) {
                throw new Unexpected(Verdict.REFUSED, "status " + reply.status() + " instead of 404");
            }
            if (reply.isCut()) {
                throw new Unexpected(Verdict.CUT, "in the page about 404");
            }
            if (!reply.text().contains(id)) {
                throw new Unexpected(Verdict.WRONG, "a 404 about something else: " + reply);
            }
            closeIfAsked(reply);
        }

        private void inSession() throws IOException {
            boolean last = visits >= VISITS_PER_SESSION;
            int size = random.nextInt(PAGE_BYTES);
            String before = session;
            if (before == null) {
                send("GET", target(size, "&session=1"));
            } else {
                send("GET", target(size, last ? "&session=end" : "&session=1"), "Cookie: JSESSIONID=" + before);
            }
            Reply reply;
            try {
                reply = read(0);
                check(reply, Payload.bytes(Payload.startOf(id), size), 0);
            } catch (IOException e) {
                // Nobody knows whether the node has counted this visit.
                session = null;
                visits = 0;
                throw e;
            }
            String now = reply.header(TrafficServlet.SESSION);
            String count = reply.header(TrafficServlet.COUNT);
            int expected = visits + 1;
            int found = Integer.parseInt(count);
            visits = last ? 0 : found;
            session = last ? null : now;
            // A front end may run a GET again; where there is a ledger, it tells.
            if (before != null && !before.equals(now) || found < expected || found > expected && !inLedger) {
                session = null;
                visits = 0;
                throw new Unexpected(Verdict.WRONG, "visit " + expected + " of session " + before + " was visit " + count + " of " + now);
            }
        }

        private void slowReader() throws IOException {
            reconnectWithSmallReceiveBuffer();
            send("GET", target(VERY_LARGE_BYTES, ""));
            check(read(30), Payload.bytes(Payload.startOf(id), VERY_LARGE_BYTES), 0);
            Visitor.this.close();
        }

        private void slowUpload() throws IOException {
            int wanted = random.nextInt(PAGE_BYTES);
            int piece = SLOW_UPLOAD_BYTES / 40;
            send("POST", target(wanted, SLOW_UPLOAD_BYTES, ""), "Content-Length: " + SLOW_UPLOAD_BYTES);
            sendBody(() -> {
                for (int position = 0; position < SLOW_UPLOAD_BYTES; position += piece) {
                    connection.send(body(position, piece));
                    pause(100 + random.nextInt(100));
                }
            });
            check(read(0), Payload.bytes(Payload.startOf(id), wanted), SLOW_UPLOAD_BYTES);
        }

        private void abortedDownload() throws IOException {
            reconnectWithSmallReceiveBuffer();
            send("GET", target(VERY_LARGE_BYTES, ""));
            checkHead(connection.readHead());
            for (int i = random.nextInt(10); i >= 0; i--) {
                connection.readSome(PIECE);
            }
            leave();
        }

        private void abortedUpload() throws IOException {
            send("POST", target(1, UPLOAD_BYTES, ""), "Content-Length: " + UPLOAD_BYTES);
            connection.send(body(0, random.nextInt(UPLOAD_BYTES / 2)));
            pause(random.nextInt(100));
            leave();
        }

        private void abortedEvents() throws IOException {
            send("GET", target(50, "&how=events&hold=50"));
            checkHead(connection.readHead());
            connection.readSome(PIECE);
            pause(random.nextInt(200));
            leave();
        }

        // ---- steps

        private String target(int size, String more) {
            return target(size, 0, more);
        }

        private String target(int size, int sent, String more) {
            return "/app/traffic?id=" + id + "&size=" + size + "&length=" + random.nextBoolean() + (inLedger ? "&sent=" + sent : "") + more;
        }

        private void reconnectWithSmallReceiveBuffer() throws IOException {
            Visitor.this.close();
            connection = RawConnection.withSmallReceiveBuffer(site);
        }

        private void send(String method, String target, String... headers) throws IOException {
            if (connection == null) {
                connection = RawConnection.to(site);
            }
            connection.request(method, target, site, headers);
        }

        private byte[] body(int position, int size) {
            bytes += size;
            return Payload.bytes(Payload.startOf(id) + position, size);
        }

        private interface Sending {
            void run() throws IOException;
        }

        /** A server that has answered already may stop reading: what counts is the answer. */
        private void sendBody(Sending sending) throws IOException {
            try {
                sending.run();
            } catch (SocketException e) {
                if (late) {
                    throw e;
                }
            }
        }

        /** @param pauseMillis ahead of each piece */
        private Reply read(int pauseMillis) throws IOException {
            Reply head = connection.readHead();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            boolean complete = true;
            try {
                readBody(head, body, pauseMillis);
            } catch (EOFException | SocketException e) {
                if (late) {
                    throw e;
                }
                complete = false;
            }
            bytes += body.size();
            return new Reply(head.status(), head.reason(), head.headers(), body.toByteArray(), !complete);
        }

        private void readBody(Reply head, ByteArrayOutputStream body, int pauseMillis) throws IOException {
            String length = head.header("content-length");
            if (length != null) {
                int expected = Integer.parseInt(length);
                while (body.size() < expected) {
                    pause(pauseMillis);
                    body.writeBytes(connection.readSome(Math.min(PIECE, expected - body.size())));
                }
            } else if ("chunked".equalsIgnoreCase(head.header("transfer-encoding"))) {
                for (byte[] chunk = connection.readChunk(); chunk.length > 0; chunk = connection.readChunk()) {
                    body.writeBytes(chunk);
                    pause(pauseMillis);
                }
            } else {
                throw new Unexpected(Verdict.WRONG, "neither Content-Length nor chunks: " + head);
            }
        }

        private void checkHead(Reply reply) throws Unexpected {
            if (reply.status() != 200) {
                throw new Unexpected(Verdict.REFUSED, "status " + reply.status() + (reply.isCut() ? ", cut" : ""));
            }
            if (!id.equals(reply.header(TrafficServlet.ID))) {
                throw new Unexpected(Verdict.WRONG, "the answer to " + reply.header(TrafficServlet.ID));
            }
        }

        private void check(Reply reply, byte[] expected, int sent) throws IOException {
            checkHead(reply);
            String received = Payload.checksum(Payload.startOf(id), sent);
            if (!received.equals(reply.header(TrafficServlet.RECEIVED))) {
                throw new Unexpected(Verdict.WRONG, "sent " + received + ", received " + reply.header(TrafficServlet.RECEIVED));
            }
            int same = Arrays.mismatch(expected, reply.body());
            int length = reply.body().length;
            if (same >= 0 && same < length) {
                // Its first bytes may be those that were expected, by chance.
                if (printable(reply.body(), Math.max(0, same - 3)).contains(ERROR_PAGE_OF_HTTPD)) {
                    throw new Unexpected(Verdict.SHORTENED, same + " of " + expected.length + " bytes, then httpd's error page");
                }
                throw new Unexpected(Verdict.WRONG, "byte " + same + " of " + length + " is wrong, " + expected.length + " expected: "
                        + printable(reply.body(), same));
            }
            if (reply.isCut()) {
                throw new Unexpected(Verdict.CUT, "after " + length + " of " + expected.length + " bytes");
            }
            if (same >= 0) {
                throw new Unexpected(Verdict.SHORTENED, length + " of " + expected.length + " bytes");
            }
            closeIfAsked(reply);
        }

        private static String printable(byte[] bytes, int from) {
            return new String(bytes, from, Math.min(80, bytes.length - from), StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", ".");
        }

        private void closeIfAsked(Reply reply) {
            if ("close".equalsIgnoreCase(reply.header("connection"))) {
                Visitor.this.close();
            }
        }

        private void leave() throws IOException {
            connection.reset();
            connection = null;
        }
    }
}
