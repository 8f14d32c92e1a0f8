package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link PipelinedAfterRefusalTest} shows of refusals that one packet brings about, for those that need more: time, limits, bodies,
 * responses. Behind each of them comes a valid request with the right secret, which nobody ever runs.
 */
class PipelinedAfterEveryRefusalTest {

    private static final String SECRET = "open sesame";

    /** What is refused there is not what the web server sent, so that its next request is as good as any; or nothing can follow. */
    private static final Map<Refusal, String> NOTHING_TO_SHOW = Map.of(
            Refusal.PACKET_SIZE_MISMATCH, "the peer has closed the connection already",
            Refusal.OUT_OF_BUFFERS, "LargePacketsTest does it, since it takes a thousand connections",
            Refusal.RESPONSE_HEAD_TOO_LARGE, "the application's fault; the answer is complete, see below",
            Refusal.RESPONSE_STATUS, "the application's fault; the answer is complete, see ResponsesTest",
            Refusal.RESPONSE_TOO_LONG, "the application's fault; the answer is complete, see below");

    private final AtomicInteger run = new AtomicInteger();
    private final Semaphore mayGoOn = new Semaphore(0);

    /** What brings a refusal about, and sends the valid request in the same segment where that is possible, and once more behind it. */
    @FunctionalInterface
    private interface Scenario {

        void play(Refusal reason);
    }

    private static Map<Refusal, Scenario> scenarios(PipelinedAfterEveryRefusalTest test) {
        Map<Refusal, Scenario> scenarios = new LinkedHashMap<>();
        scenarios.put(Refusal.PEER_NOT_ALLOWED, test::fromAStranger);
        scenarios.put(Refusal.TOO_MANY_CONNECTIONS_FROM_PEER, test::onOneConnectionTooMany);
        scenarios.put(Refusal.TOO_MANY_UNADMITTED, test::onAConnectionThatMadeRoom);
        scenarios.put(Refusal.PACKET_TIMEOUT, test::afterALatePacket);
        scenarios.put(Refusal.NO_THREAD, test::whereThereIsNoThread);
        scenarios.put(Refusal.BODY_TOO_LONG, reason -> test.afterABody(reason, Request.bodyChunk(Payload.ofSize(11))));
        scenarios.put(Refusal.BODY_TRUNCATED, reason -> test.afterABody(reason, Request.bodyEnd()));
        scenarios.put(Refusal.BODY_FRAMING, reason -> test.afterABody(reason, Request.packet(new byte[] {0, 5, 1})));
        scenarios.put(Refusal.BODY_TIMEOUT, test::afterALateBody);
        scenarios.put(Refusal.WRITE_TIMEOUT, test::afterAnAnswerThatIsNotRead);
        scenarios.put(Refusal.RESPONSE_TOO_SHORT, test::afterAnAnswerThatIsCutOff);
        return scenarios;
    }

    static Stream<Refusal> refusals() {
        return scenarios(new PipelinedAfterEveryRefusalTest()).keySet().stream();
    }

    @Test
    void areAllTheRefusalsThereAre() {
        Set<Refusal> shown = EnumSet.copyOf(NOTHING_TO_SHOW.keySet());
        PipelinedAfterRefusalTest.refusals().forEach(arguments -> shown.add((Refusal) arguments.get()[0]));
        refusals().forEach(shown::add);

        assertThat(shown).containsExactlyInAnyOrder(Refusal.values());
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void neverRunsWhatComesBehind(Refusal reason) {
        scenarios(this).get(reason).play(reason);
        assertThat(run).as("runs of the request behind the refusal").hasValue(0);
    }

    private TestServer.Builder server() {
        return TestServer.with().attribute("secretRequired", "true").attribute("secret", SECRET)
                .servlet("/behind", (request, response) -> run.incrementAndGet())
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/hold", (request, response) -> mayGoOn.acquireUninterruptibly())
                .servlet("/reads", (request, response) -> request.getInputStream().readAllBytes())
                .servlet("/writes", (request, response) -> response.getOutputStream().write(Payload.ofSize(20 * 1024 * 1024)))
                .servlet("/too-short", (request, response) -> {
                    response.setContentLength(10);
                    response.getOutputStream().print("short");
                })
                .servlet("/too-long", (request, response) -> {
                    response.setContentLength(5);
                    response.flushBuffer();
                    response.getOutputStream().print("too long");
                })
                .servlet("/large-head", (request, response) -> response.setHeader("X-Large", "x".repeat(9000)));
    }

    private static byte[] behind() {
        return Request.get("/behind").secret(SECRET).packet();
    }

    private static Request get(String uri) {
        return Request.get(uri).secret(SECRET);
    }

    private static void assertRefusedOnce(TestServer server, Refusal reason) {
        await().untilAsserted(() -> assertThat(server.refused(reason)).isOne());
        assertThat(server.counters().refused()).isOne();
        server.awaitQuiet();
        // And the connector serves.
        assertThat(server.exchange(get("/hello")).text()).isEqualTo("hello");
    }

    /** Sends it again, once the refusal is over. */
    private static void sendLate(AjpClient client) {
        client.sendRegardless(behind(), Request.cping());
        client.sendRegardless(behind());
        client.awaitEnd();
    }

    // ------------------------------------------------------------------ who may connect

    private void fromAStranger(Refusal reason) {
        try (TestServer server = server().attribute("allowedPeers", "192.0.2.0/24").start(); AjpClient client = server.connect()) {
            client.sendRegardless(behind());
            sendLate(client);
            await().untilAsserted(() -> assertThat(server.refused(reason)).isOne());
        }
    }

    private void onOneConnectionTooMany(Refusal reason) {
        try (TestServer server = server().attribute("maxConnectionsPerPeer", "1").start()) {
            try (AjpClient first = server.connect()) {
                assertThat(first.exchange(get("/hello")).text()).isEqualTo("hello");
                try (AjpClient second = server.connect()) {
                    second.sendRegardless(behind());
                    sendLate(second);
                }
            }
            server.awaitConnections(0);
            assertRefusedOnce(server, reason);
        }
    }

    private void onAConnectionThatMadeRoom(Refusal reason) {
        byte[] packet = behind();
        try (TestServer server = server().attribute("maxUnadmittedConnections", "1").start(); AjpClient stranger = server.connect()) {
            stranger.send(Arrays.copyOf(packet, 10));
            await().untilAsserted(() -> assertThat(server.buffersInUse()[0]).isOne());
            try (AjpClient next = server.connect()) {
                assertThat(next.exchange(get("/hello")).text()).isEqualTo("hello");
                await().untilAsserted(() -> assertThat(server.refused(reason)).isOne());
                stranger.sendRegardless(Arrays.copyOfRange(packet, 10, packet.length));
                sendLate(stranger);
            }
            assertRefusedOnce(server, reason);
        }
    }

    // ------------------------------------------------------------------ what comes too late, or where there is no room

    private void afterALatePacket(Refusal reason) {
        byte[] late = get("/hello").packet();
        for (int missing : new int[] {1, 5, late.length - 1}) {
            try (TestServer server = server().attribute("packetTimeout", "300").start(); AjpClient client = server.connect()) {
                client.send(Arrays.copyOf(late, late.length - missing));
                assertThat(Attack.refusal(client).status()).isEqualTo(reason.status());
                client.sendRegardless(Arrays.copyOfRange(late, late.length - missing, late.length), behind());
                sendLate(client);
                assertRefusedOnce(server, reason);
            }
        }
    }

    private void whereThereIsNoThread(Refusal reason) {
        try (TestServer server = server().attribute("maxThreads", "1").attribute("minSpareThreads", "1").attribute("maxQueueSize", "1").start();
                AjpClient holding = server.connect();
                AjpClient queued = server.connect();
                AjpClient refused = server.connect()) {
            holding.send(get("/hold"));
            await().until(mayGoOn::hasQueuedThreads);
            queued.send(get("/hold"));
            await().untilAsserted(() -> assertThat(((ThreadPoolExecutor) server.protocol().getExecutor()).getQueue()).hasSize(1));
            refused.send(get("/hold").packet(), behind());
            assertThat(Attack.refusal(refused).status()).isEqualTo(reason.status());
            mayGoOn.release(2);
            assertThat(holding.answer().status()).isEqualTo(200);
            assertThat(queued.answer().status()).isEqualTo(200);
            sendLate(refused);
            assertRefusedOnce(server, reason);
        }
    }

    // ------------------------------------------------------------------ bodies

    private void afterABody(Refusal reason, byte[] body) {
        try (TestServer server = server().start(); AjpClient client = server.connect()) {
            client.send(Request.post("/reads", 10).secret(SECRET).packet(), body, behind(), behind());
            assertThat(Attack.refusal(client).status()).isGreaterThanOrEqualTo(400);
            sendLate(client);
            assertRefusedOnce(server, reason);
        }
    }

    private void afterALateBody(Refusal reason) {
        byte[] chunk = Request.bodyChunk(Payload.ofSize(10));
        try (TestServer server = server().attribute("connectionTimeout", "300").start(); AjpClient client = server.connect()) {
            client.send(Request.post("/reads", 10).secret(SECRET));
            assertThat(Attack.refusal(client).status()).isGreaterThanOrEqualTo(400);
            client.sendRegardless(chunk, behind());
            sendLate(client);
            assertRefusedOnce(server, reason);
        }
        // Where the application has answered without it.
        try (TestServer server = server().attribute("packetTimeout", "300").start(); AjpClient client = server.connect()) {
            client.send(Request.post("/hello", 10).secret(SECRET));
            assertThat(client.answer().text()).isEqualTo("hello");
            assertThat(client.awaitEnd()).isTrue();
            client.sendRegardless(chunk, behind());
            sendLate(client);
            assertRefusedOnce(server, reason);
        }
    }

    // ------------------------------------------------------------------ answers

    private void afterAnAnswerThatIsNotRead(Refusal reason) {
        try (TestServer server = server().attribute("writeTimeout", "300").start(); AjpClient client = AjpClient.connect(server.port(), 4096)) {
            client.send(get("/writes").packet(), behind());
            await().untilAsserted(() -> assertThat(server.refused(reason)).isOne());
            client.sendRegardless(behind(), Request.cping());
            assertRefusedOnce(server, reason);
        }
    }

    private void afterAnAnswerThatIsCutOff(Refusal reason) {
        for (Request tooShort : new Request[] {get("/too-short"), get("/too-short").throughModJk()}) {
            try (TestServer server = server().start(); AjpClient client = server.connect()) {
                client.send(tooShort.packet(), behind(), behind());
                Answer answer = client.answer();
                assertThat(answer.text()).isEqualTo("short");
                if (answer.isEnded()) {
                    assertThat(answer.reuse()).isFalse();
                    assertThat(client.awaitEnd()).isTrue();
                }
                assertRefusedOnce(server, reason);
            }
        }
    }

    /** The web server has sent nothing wrong, and has got a complete answer. */
    @Test
    void runsWhatComesBehindAFaultOfTheApplicationOnce() {
        try (TestServer server = server().start(); AjpClient client = server.connect()) {
            client.send(get("/large-head").packet(), behind(), get("/too-long").packet(), behind(), Request.cping());
            assertThat(client.answer().status()).isEqualTo(500);
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.answer().text()).isEqualTo("too l");
            assertThat(client.answer().status()).isEqualTo(200);
            client.next(Reply.Cpong.class);
            assertThat(client.staysSilent(Duration.ofMillis(50))).isTrue();
            assertThat(run).hasValue(2);
        }
    }
}
