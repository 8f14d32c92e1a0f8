package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** What a refused stranger learns, and what a refusal leaves in the statistics. */
class RefusalAnswersTest extends Attack {

    private static final List<String> PRODUCTS = List.of("tomcat", "apache", "catalina", "coyote", "catwalk", "java", "ajp", "jsp", "servlet",
            "org.", "exception", "version");

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("packetTimeout", "200").attribute("secretRequired", "true").attribute("secret", "open sesame")
                .servlet("/oversized", (request, response) -> response.setHeader("X-Large", "x".repeat(9000)));
    }

    @Test
    void nameNoProductAndNoReason() {
        List<Answer> answers = List.of(
                refusalOf(Request.get("/hello")),
                refusalOf(Request.get("/hello").secret("wrong")),
                refusalOf(Request.get("/hello\n").secret("open sesame")),
                refusalOf(Request.packet(new byte[] {0x7})),
                refusalOf(Request.packet(0xFFFF, new byte[3])),
                timedOut(),
                server.exchange(Request.get("/oversized").secret("open sesame")));

        assertThat(answers).extracting(Answer::status).containsExactly(403, 403, 400, 400, 400, 408, 500);
        assertThat(answers).allSatisfy(RefusalAnswersTest::assertSaysNothing);
    }

    private Answer timedOut() {
        try (AjpClient client = server.connect()) {
            client.send(new byte[] {0x12});
            return refusal(client);
        }
    }

    private static void assertSaysNothing(Answer answer) {
        String all = (answer.head().reason() + " " + answer.head().headers() + " " + answer.text()).toLowerCase(Locale.ROOT);
        assertThat(PRODUCTS).as(all).noneMatch(all::contains);
        assertThat(answer.head().headers()).extracting(Reply.Header::name).containsExactly("Content-Type", "Content-Length");
        assertThat(answer.header("Content-Length")).contains(Integer.toString(answer.body().length));
    }

    @Test
    void tellNothingToThoseWithoutAThreadEither() {
        Semaphore mayGoOn = new Semaphore(0);
        try (TestServer full = TestServer.with().attribute("maxThreads", "1").attribute("minSpareThreads", "1").attribute("maxQueueSize", "1")
                        .servlet("/hold", (request, response) -> mayGoOn.acquireUninterruptibly()).start();
                AjpClient first = full.connect();
                AjpClient queued = full.connect();
                AjpClient refused = full.connect()) {
            first.send(Request.get("/hold"));
            await().untilAsserted(() -> assertThat(mayGoOn.getQueueLength()).isOne());
            queued.send(Request.get("/hold"));
            // The two arrive in any order; one of them is refused.
            refused.send(Request.get("/hold"));
            await().untilAsserted(() -> assertThat(full.refused(Refusal.NO_THREAD)).isOne());
            mayGoOn.release(10);
            assertThat(first.answer().status()).isEqualTo(200);
            List<Answer> others = List.of(queued.answer(), refused.answer());
            assertThat(others).extracting(Answer::status).containsExactlyInAnyOrder(200, 503);
            others.stream().filter(answer -> answer.status() == 503).forEach(RefusalAnswersTest::assertSaysNothing);
        }
    }

    @Test
    void addTheirOwnTimeToTheStatisticsAndNotTheMachinesUptime() {
        long requestsBefore = server.global("requestCount");
        long timeBefore = server.global("processingTime");
        long begin = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            refusalOf(Request.get("/hello").secret("wrong"));
            refusalOf(Request.get("/hello\n").secret("open sesame"));
            refusalOf(Request.of("GET", "/hello").header("Host", "a b").secret("open sesame"));
        }
        await().untilAsserted(() -> assertThat(server.global("requestCount")).isEqualTo(requestsBefore + 150));
        long elapsed = (System.nanoTime() - begin) / 1_000_000;
        assertThat(server.global("processingTime") - timeBefore).isBetween(0L, elapsed);
        assertThat(server.global("maxTime")).isBetween(0L, elapsed + timeBefore);
        assertThat(server.global("errorCount")).isGreaterThanOrEqualTo(150);
    }

    @Test
    void areOneLineEachAndFewLinesAltogether() {
        try (TestServer flooded = TestServer.with().start()) {
            for (int i = 0; i < 500; i++) {
                try (AjpClient client = flooded.connect()) {
                    client.send(Request.packet(new byte[] {(byte) 0x99, (byte) i}));
                    refusal(client);
                }
            }
            assertThat(flooded.refused(Refusal.UNKNOWN_MESSAGE_TYPE)).isEqualTo(500);
            // All of them came from one address for one reason.
            assertThat(flooded.log().refusals()).hasSizeBetween(1, 3).allSatisfy(line -> assertThat(line)
                    .contains("UNKNOWN_MESSAGE_TYPE from 127.0.0.1", "0x99").doesNotContain("\n"));
            assertThat(flooded.log().all()).allSatisfy(line -> assertThat(line).doesNotContain("\tat "));
        }
    }
}
