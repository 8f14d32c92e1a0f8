package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.servlet.AsyncContext;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.telemetry.Counters.Event;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator sees in JMX of what the connector does and has done. */
class StatisticsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String HOME = "127.0.0.1";

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicReference<AsyncContext> async = new AtomicReference<>();
    private final TestServer server = TestServer.with()
            .attribute("maxThreads", "2")
            .attribute("socket.rxBufSize", "8192")
            .attribute("socket.txBufSize", "8192")
            .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
            .servlet("/flushes", (request, response) -> response.flushBuffer())
            .servlet("/reads", (request, response) ->
                    response.getOutputStream().print(request.getInputStream().readAllBytes().length))
            .servlet("/writes", (request, response) -> response.getOutputStream().write(Payload.ofSize(16 * 1024 * 1024)))
            .servlet("/async", (request, response) -> async.set(request.startAsync()))
            .servlet("/varies", (request, response) -> {
                if (request.getQueryString() != null) {
                    pause(20);
                }
            })
            .servlet("/holds", (request, response) -> {
                try {
                    released.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            })
            .start();

    private static void pause(int millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.close();
    }

    private CompositeData row(String table, String key) {
        return ((TabularData) server.attribute("AjpStatistics", table)).get(new Object[] {key});
    }

    private long peer(String column) {
        return (Long) row("peers", HOME).get(column);
    }

    private Map<String, Long> connections() {
        CompositeData data = (CompositeData) server.attribute("AjpStatistics", "connections");
        Map<String, Long> present = new java.util.TreeMap<>();
        data.getCompositeType().keySet().stream().filter(key -> (Long) data.get(key) > 0).forEach(key -> present.put(key, (Long) data.get(key)));
        return present;
    }

    private void awaitConnections(Map<String, Long> expected) {
        await().atMost(SOON).untilAsserted(() -> assertThat(connections()).isEqualTo(expected));
    }

    @Test
    void countsWhatEachWebServerDoes() {
        long before = System.currentTimeMillis();
        try (AjpClient client = server.connect()) {
            client.ping();
            client.exchange(Request.get("/hello"));
            client.exchange(Request.get("/missing"));
            server.get("/hello");
            server.awaitConnections(1);

            await().atMost(SOON).untilAsserted(() -> assertThat(peer("errors")).isOne());
            assertThat(peer("open")).isOne();
            assertThat(peer("connections")).isEqualTo(2);
            assertThat(peer("requests")).isEqualTo(3);
            assertThat(peer("pings")).isOne();
            assertThat(peer("bytesIn")).isEqualTo(Request.cping().length + 2L * Request.get("/hello").packet().length
                    + Request.get("/missing").packet().length);
            assertThat(peer("bytesOut")).isGreaterThan(500);
            assertThat(peer("lastSeenMillis")).isBetween(before - 1_500, System.currentTimeMillis());
        }
    }

    @Test
    void countsRefusalsAsErrorsOfTheWebServer() {
        server.exchange(Request.get("/hello").requestAttribute("not.allowed", "x"));
        try (AjpClient client = server.connect()) {
            client.send("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).awaitEnd();
        }

        await().atMost(SOON).untilAsserted(() -> assertThat(peer("errors")).isEqualTo(2));
        assertThat(server.refused(Refusal.BAD_MAGIC)).isOne();
    }

    @Test
    void countsThePacketsOfARefusal() {
        server.exchange(Request.get("/hello").requestAttribute("not.allowed", "x"));

        assertThat(server.counters().value(Event.SEND_HEADERS)).isOne();
        assertThat(server.counters().value(Event.SEND_BODY_CHUNKS)).isOne();
        assertThat(server.counters().value(Event.END_RESPONSES_CLOSE)).isOne();
    }

    @Test
    void countsFlushPacketsByThemselves() {
        server.get("/flushes");

        assertThat(server.counters().value(Event.FLUSHES)).isOne();
        assertThat(server.counters().value(Event.SEND_BODY_CHUNKS)).isZero();
    }

    @Test
    void tellsWhatTheConnectionsDo() {
        try (AjpClient idle = server.connect(); AjpClient reading = server.connect(); AjpClient held = server.connect();
                AjpClient later = server.connect(); AjpClient waiting = server.connect()) {
            idle.ping();
            awaitConnections(Map.of("idle", 5L));
            byte[] request = Request.get("/hello").packet();
            reading.send(java.util.Arrays.copyOf(request, 20));
            awaitConnections(Map.of("idle", 4L, "reading", 1L));
            later.send(Request.get("/async"));
            awaitConnections(Map.of("idle", 3L, "reading", 1L, "async", 1L));
            held.send(Request.get("/holds"));
            awaitConnections(Map.of("idle", 2L, "reading", 1L, "async", 1L, "request", 1L));
            waiting.send(Request.get("/holds"));
            awaitConnections(Map.of("idle", 1L, "reading", 1L, "async", 1L, "request", 2L));
            idle.send(Request.get("/hello"));
            awaitConnections(Map.of("queued", 1L, "reading", 1L, "async", 1L, "request", 2L));
            released.countDown();
            async.get().complete();
            awaitConnections(Map.of("idle", 4L, "reading", 1L));
        }
    }

    @Test
    void tellsWhoIsWaitedForWithinARequest() {
        try (AjpClient silent = server.connect(); AjpClient deaf = AjpClient.connect(server.port(), 4096)) {
            silent.send(Request.post("/reads", 100_000).packet());
            deaf.send(Request.get("/writes"));
            awaitConnections(Map.of("reading", 1L, "writing", 1L));
        }
    }

    @Test
    void measuresTheTimeToTheFirstByteOfServedRequestsOnly() {
        server.get("/hello");
        server.exchange(Request.get("/varies").query("slow"));
        server.exchange(Request.get("/hello").requestAttribute("not.allowed", "x"));

        // A client may have its answer before that has been counted.
        await().atMost(SOON).untilAsserted(() -> assertThat(firstBytes().get("requests")).isEqualTo(2L));
        CompositeData times = firstBytes();
        assertThat((Long) times.get("maxMicros")).isBetween(20_000L, TimeUnit.SECONDS.toMicros(20));
        assertThat((Long) row("timeToFirstByteBuckets", "0.008192").get("requests")).isLessThan(2);
    }

    private CompositeData firstBytes() {
        return (CompositeData) server.attribute("AjpStatistics", "timeToFirstByte");
    }

    @Test
    void tellsHowFarAheadBodiesAreAskedFor() {
        byte[] body = Payload.ofSize(500_000);
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.post("/reads", body.length), body).text()).isEqualTo("500000");
        }

        CompositeData use = (CompositeData) server.attribute("AjpStatistics", "bodyWindowUse");
        assertThat((Long) use.get("asks")).isGreaterThan(5);
        assertThat((Long) use.get("max")).isEqualTo(8);
        assertThat((Double) use.get("mean")).isBetween(1.0, 8.0);
    }

    @Test
    void tellsWhichBuffersAreInUse() {
        server.get("/hello");
        server.awaitQuiet();
        assertThat((Long) row("buffers", "small").get("kept")).isPositive();
        try (AjpClient client = server.connect()) {
            client.send(Request.get("/holds"));
            await().atMost(SOON).untilAsserted(() -> assertThat(row("buffers", "small").get("inUse")).isEqualTo(1L));
        }
        assertThat(row("buffers", "large").get("bytes")).isEqualTo(65_536L);
        assertThat((Long) row("buffers", "large").get("inUseAtMost")).isGreaterThanOrEqualTo(64);
    }

    @Test
    void countsWhenTheEventLoopIsTakenFromASlowRequest() {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (AjpClient client = server.connect()) {
                // Until requests of this kind are taken for short ones.
                for (int i = 0; i < 300; i++) {
                    client.exchange(Request.get("/varies"));
                }
                client.exchange(Request.get("/varies").query("slow"));
            }
            return server.counters().value(Event.LOOP_TAKEOVERS) > 0;
        });
    }

    @Test
    void tellsThatItDrains() throws Exception {
        assertThat(server.attribute("AjpStatistics", "drainState")).isEqualTo("serving");
        server.protocol().pause();
        await().atMost(SOON).untilAsserted(() -> assertThat(server.attribute("AjpStatistics", "drainState")).isEqualTo("drained"));
        server.protocol().resume();
    }
}
