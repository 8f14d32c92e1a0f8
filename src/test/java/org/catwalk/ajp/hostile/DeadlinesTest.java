package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.servlet.AsyncContext;
import javax.servlet.ReadListener;
import javax.servlet.ServletInputStream;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines are total: a byte now and then does not put them off, and nobody who is late holds a thread. */
class DeadlinesTest extends Attack {

    private static final int THREADS = 4;
    private static final int PACKET_TIMEOUT_MILLIS = 400;
    private static final int WRITE_TIMEOUT_MILLIS = 500;
    private static final Duration PACE = Duration.ofMillis(40);
    /** How late the end may be on a busy machine; a deadline that each byte puts off would be seconds later. */
    private static final Duration SLACK = Duration.ofMillis(2000);
    private static final int LARGE = 20 * 1024 * 1024;

    private final AtomicReference<Object> outcome = new AtomicReference<>();

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder
                .attribute("maxThreads", Integer.toString(THREADS))
                .attribute("minSpareThreads", Integer.toString(THREADS))
                .attribute("packetTimeout", Integer.toString(PACKET_TIMEOUT_MILLIS))
                .attribute("writeTimeout", Integer.toString(WRITE_TIMEOUT_MILLIS))
                .servlet("/ignores", (request, response) -> response.getOutputStream().print("ignored"))
                .servlet("/reads", (request, response) -> {
                    try {
                        outcome.set(request.getInputStream().readAllBytes().length);
                    } catch (IOException e) {
                        outcome.set(e);
                        throw e;
                    }
                })
                .servlet("/reads-nonblocking", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(60_000);
                    request.getInputStream().setReadListener(new Reader(context, request.getInputStream(), outcome));
                })
                .servlet("/writes", (request, response) -> {
                    try {
                        response.getOutputStream().write(Payload.ofSize(LARGE));
                        outcome.set("written");
                    } catch (IOException e) {
                        outcome.set(e);
                        throw e;
                    }
                })
                .servlet("/writes-nonblocking", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(60_000);
                    response.getOutputStream().setWriteListener(new Writer(context, response.getOutputStream(), outcome));
                });
    }

    private record Reader(AsyncContext context, ServletInputStream in, AtomicReference<Object> outcome) implements ReadListener {

        @Override
        public void onDataAvailable() throws IOException {
            byte[] buffer = new byte[100];
            while (in.isReady() && in.read(buffer) >= 0) {
                // Only whether it ends matters.
            }
        }

        @Override
        public void onAllDataRead() {
            outcome.set("all");
            context.complete();
        }

        @Override
        public void onError(Throwable t) {
            outcome.set(t);
            context.complete();
        }
    }

    private record Writer(AsyncContext context, ServletOutputStream out, AtomicReference<Object> outcome) implements WriteListener {

        @Override
        public void onWritePossible() throws IOException {
            byte[] piece = Payload.ofSize(100_000);
            while (out.isReady()) {
                out.write(piece);
            }
        }

        @Override
        public void onError(Throwable t) {
            outcome.set(t);
            context.complete();
        }
    }

    @BeforeEach
    void forget() {
        outcome.set(null);
    }

    private void assertFailed() {
        await().untilAsserted(() -> assertThat(outcome.get()).isInstanceOf(IOException.class));
    }

    /** Sends a byte now and then until the other end says or does something. @return how long that took */
    private static Duration dribble(AjpClient client, byte[] bytes) {
        long begin = System.nanoTime();
        for (byte b : bytes) {
            client.send(new byte[] {b});
            if (!client.staysSilent(PACE)) {
                return Duration.ofNanos(System.nanoTime() - begin);
            }
        }
        throw new AssertionError("All " + bytes.length + " bytes were taken in " + Duration.ofNanos(System.nanoTime() - begin));
    }

    private static void assertInTime(Duration took, int deadlineMillis) {
        assertThat(took).isBetween(Duration.ofMillis(deadlineMillis - 50), Duration.ofMillis(deadlineMillis).plus(SLACK));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 10})
    void aRequestThatDribblesIsCutOff(int beforeDribbling) {
        byte[] request = Request.get("/forbidden").header("X-Long", "x".repeat(1000)).packet();
        try (AjpClient client = server.connect()) {
            client.send(Arrays.copyOf(request, beforeDribbling));
            Duration took = dribble(client, Arrays.copyOfRange(request, beforeDribbling, request.length));

            assertInTime(took, PACKET_TIMEOUT_MILLIS);
            assertThat(refusal(client).status()).isEqualTo(408);
        }
    }

    @Test
    void aRequestThatDribblesAfterAnotherIsCutOff() {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertInTime(dribble(client, Request.get("/forbidden").header("X-Long", "x".repeat(1000)).packet()), PACKET_TIMEOUT_MILLIS);
            assertThat(refusal(client).status()).isEqualTo(408);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/reads", "/reads-nonblocking"})
    void aBodyChunkThatDribblesIsCutOff(String uri) {
        long begin = System.nanoTime();
        try (AjpClient client = server.connect()) {
            client.send(Request.post(uri, 1000));
            dribble(client, Request.bodyChunk(Payload.ofSize(1000)));

            assertInTime(Duration.ofNanos(System.nanoTime() - begin), PACKET_TIMEOUT_MILLIS);
            assertFailed();
            refusalOrCut(client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/reads", "/reads-nonblocking"})
    void aLaterBodyChunkThatDribblesIsCutOff(String uri) {
        try (AjpClient client = server.connect()) {
            client.send(Request.postChunked(uri));
            client.next(Reply.Ask.class);
            client.send(Request.bodyChunk(Payload.ofSize(10)));
            client.next(Reply.Ask.class);
            assertInTime(dribble(client, Request.bodyChunk(Payload.ofSize(1000))), PACKET_TIMEOUT_MILLIS);
            assertFailed();
            refusalOrCut(client);
        }
    }

    @Test
    void anUnreadBodyChunkThatDribblesIsCutOff() {
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/ignores", 1000));
            assertThat(client.answer().text()).isEqualTo("ignored");
            assertInTime(dribble(client, Request.bodyChunk(Payload.ofSize(1000))), PACKET_TIMEOUT_MILLIS);
            refusalOrCut(client);
        }
    }

    @Test
    void anUnreadBodyThatNeverComesIsNotWaitedForEver() {
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/ignores", 1000));
            assertThat(client.answer().text()).isEqualTo("ignored");
            refusalOrCut(client);
        }
    }

    @Test
    void anIdleConnectionIsNotCutOff() {
        try (AjpClient client = server.connect(); AjpClient fresh = server.connect()) {
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(client.staysSilent(Duration.ofMillis(3 * PACKET_TIMEOUT_MILLIS))).isTrue();
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(fresh.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void idleConnectionsEndAfterKeepAliveTimeoutAndSilentOnesAfterConnectionTimeout() {
        try (TestServer impatient = TestServer.with().attribute("connectionTimeout", "600").attribute("keepAliveTimeout", "300")
                        .servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start();
                AjpClient used = impatient.connect();
                AjpClient silent = impatient.connect()) {
            assertThat(used.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(used.awaitEnd()).isTrue();
            assertThat(silent.awaitEnd()).isTrue();
        }
    }

    @Test
    void aBodyThatDoesNotComeAtAllEndsAfterConnectionTimeout() {
        try (TestServer impatient = TestServer.with().attribute("connectionTimeout", "300")
                        .servlet("/reads", (request, response) -> request.getInputStream().readAllBytes()).start();
                AjpClient client = impatient.connect()) {
            client.send(Request.post("/reads", 10));
            refusalOrCut(client);
            assertThat(impatient.refused(Refusal.BODY_TIMEOUT)).isOne();
        }
    }

    @Test
    void aConnectionThatIsOpenTakesAChangeOfConnectionTimeout() {
        try (TestServer patient = TestServer.with().attribute("connectionTimeout", "60000")
                        .servlet("/reads", (request, response) -> request.getInputStream().readAllBytes()).start();
                AjpClient client = patient.connect()) {
            client.ping();
            patient.protocol().setConnectionTimeout(300);
            client.send(Request.post("/reads", 10));
            refusalOrCut(client);
            assertThat(patient.refused(Refusal.BODY_TIMEOUT)).isOne();
        }
    }

    /** A request that failed for its body is answered as long as nothing was sent; in any case the connection ends. */
    private static void refusalOrCut(AjpClient client) {
        Answer answer = client.answer();
        if (answer.isEnded()) {
            assertThat(answer.reuse()).isFalse();
            assertThat(client.awaitEnd()).isTrue();
        }
    }

    // ------------------------------------------------------------------ peers that do not read

    @ParameterizedTest
    @ValueSource(strings = {"/writes", "/writes-nonblocking"})
    void aPeerThatDoesNotReadIsCutOff(String uri) {
        long refusedBefore = server.refused(Refusal.WRITE_TIMEOUT);
        List<AjpClient> deaf = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * THREADS; i++) {
                deaf.add(AjpClient.connect(server.port(), 4096).send(Request.get(uri)));
            }
            assertFailed();
            server.awaitQuiet();
            server.awaitConnections(0);
            assertThat(server.refused(Refusal.WRITE_TIMEOUT)).isEqualTo(refusedBefore + 2 * THREADS);
            assertThat(server.get("/hello").text()).isEqualTo("hello");
        } finally {
            deaf.forEach(AjpClient::close);
        }
    }

    @Test
    void aPeerThatReadsSlowlyIsServed() {
        try (AjpClient client = AjpClient.connect(server.port(), 64 * 1024)) {
            client.send(Request.get("/writes"));
            byte[] bytes = new byte[256 * 1024];
            long total = 0;
            for (int i = 0; i < 40; i++) {
                total += client.readRaw(bytes, bytes.length);
                assertThat(client.staysSilent(Duration.ofMillis(20))).isFalse();
            }
            while (total < LARGE) {
                int n = client.readRaw(bytes, bytes.length);
                assertThat(n).isPositive();
                total += n;
                if (n < bytes.length) {
                    break;
                }
            }
        }
        await().untilAsserted(() -> assertThat(outcome.get()).isEqualTo("written"));
    }

    // ------------------------------------------------------------------ half-open connections

    @Test
    void halfOpenConnectionsHoldNoThread() {
        List<AjpClient> halfOpen = new ArrayList<>();
        try {
            byte[] request = Request.get("/forbidden").packet();
            for (int i = 0; i < 25 * THREADS; i++) {
                halfOpen.add(server.connect().send(Arrays.copyOf(request, i % request.length)));
                // A thread that is just taking the event loop over counts for a moment.
                await().untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isZero());
            }
            long begin = System.nanoTime();
            try (AjpClient client = server.connect()) {
                for (int i = 0; i < 200; i++) {
                    assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
                }
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("200 requests").isLessThan(SLACK);
            // Those that have begun a packet are cut off in time; the others are idle.
            await().untilAsserted(() -> assertThat(server.threadPool("connectionCount")).isLessThanOrEqualTo(2));
        } finally {
            halfOpen.forEach(AjpClient::close);
        }
    }
}
