package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.BodyChunk;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever becomes of a body, the next request on the connection is the next request. */
class RequestBodiesTest {

    private static final AtomicReference<Object> READ = new AtomicReference<>();

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.with()
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/ignores", (request, response) -> response.getOutputStream().print("ignored"))
                .servlet("/reads", (request, response) -> {
                    int n = Integer.parseInt(request.getParameter("bytes"));
                    byte[] read = request.getInputStream().readNBytes(n);
                    response.getOutputStream().print("read " + read.length);
                })
                .servlet("/reads-beyond", (request, response) -> {
                    InputStream in = request.getInputStream();
                    int read = in.readAllBytes().length;
                    // An end of a body stays the end, however often it is asked for.
                    response.getOutputStream().print("read " + read + " then " + in.read() + " " + in.read() + " " + in.available());
                })
                .servlet("/tells", (request, response) -> {
                    try {
                        READ.set(request.getInputStream().readAllBytes().length);
                    } catch (IOException e) {
                        READ.set(e);
                        throw e;
                    }
                })
                .servlet("/error", (request, response) -> response.sendError(500))
                .servlet("/fails", (request, response) -> {
                    throw new IllegalStateException("without reading");
                })
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Request post(String uri, long length, String query) {
        return Request.post(uri, length).query(query);
    }

    private static void assertInStep(AjpClient client) {
        client.ping();
        assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
    }

    @ParameterizedTest
    @CsvSource({"/ignores, 1, 200", "/ignores, 8186, 200", "/ignores, 100000, 200", "/error, 100000, 500", "/nowhere, 100000, 404"})
    void aBodyThatNobodyReadsIsPassedOver(String uri, int size, int status) {
        byte[] body = Payload.ofSize(size);
        try (AjpClient client = server.connect()) {
            for (int i = 0; i < 3; i++) {
                Answer answer = client.exchange(Request.post(uri, size), body);
                assertThat(answer.status()).isEqualTo(status);
                assertThat(answer.reuse()).isTrue();
                assertInStep(client);
            }
        }
    }

    @Test
    void aBodyThatLooksLikeARequestIsPassedOver() {
        byte[] looksLikeARequest = Request.get("/hello").payload();
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/ignores", looksLikeARequest.length).packet());
            Answer answer = client.answer();
            assertThat(answer.text()).isEqualTo("ignored");
            long requests = server.counters().value(Counters.Event.FORWARD_REQUESTS);

            client.send(Request.bodyChunk(looksLikeARequest), Request.cping());
            client.next(Reply.Cpong.class);
            assertThat(server.counters().value(Counters.Event.FORWARD_REQUESTS)).isEqualTo(requests);
            assertInStep(client);
        }
    }

    @Test
    void anUnreadBodyThatComesLateAndInPiecesIsPassedOver() {
        byte[] chunk = Request.bodyChunk(Payload.ofSize(50));
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/ignores", 50));
            assertThat(client.answer().reuse()).isTrue();
            assertThat(client.staysSilent(Duration.ofMillis(300))).isTrue();
            client.sendByteByByte(chunk);
            assertInStep(client);
        }
    }

    @Test
    void anUnreadBodyOfUnknownLengthIsNeverAskedFor() {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchangeChunked(Request.postChunked("/ignores"), new byte[0]).all(Reply.Ask.class)).isEmpty();
            assertInStep(client);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 8185, 8186, 8187, 20_000, 29_999, 30_000})
    void aBodyThatIsHalfReadIsPassedOver(int read) {
        byte[] body = Payload.ofSize(30_000);
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(post("/reads", body.length, "bytes=" + read), body).text()).isEqualTo("read " + read);
            assertInStep(client);
            assertThat(client.exchangeChunked(Request.postChunked("/reads").query("bytes=" + read), body).text())
                    .isEqualTo("read " + read);
            assertInStep(client);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8186, 8187})
    void nobodyReadsBeyondTheEnd(int size) {
        byte[] body = Payload.ofSize(size);
        try (AjpClient client = server.connect()) {
            String expected = "read " + size + " then -1 -1 0";
            assertThat(client.exchange(Request.post("/reads-beyond", size), body).text()).isEqualTo(expected);
            assertInStep(client);
            assertThat(client.exchangeChunked(Request.postChunked("/reads-beyond"), body).text()).isEqualTo(expected);
            assertInStep(client);
        }
    }

    @Test
    void aRequestWithoutLengthAndEncodingHasNoBody() {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.of("POST", "/reads-beyond")).text()).isEqualTo("read 0 then -1 -1 0");
            assertInStep(client);
        }
    }

    @Test
    void aBodyWhoseClientLeftIsNoCompleteBody() {
        READ.set(null);
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/tells", 100).packet(), Request.bodyChunk(Payload.ofSize(99)));
            client.next(Reply.Ask.class);
            client.send(Request.bodyEnd());
            Answer answer = client.answer();

            assertThat(READ.get()).isInstanceOf(IOException.class);
            assertThat(answer.status()).isGreaterThanOrEqualTo(400);
            assertThat(server.refused(Refusal.BODY_TRUNCATED)).isPositive();
        }
    }

    @Test
    void aBodyWhoseWebServerLeftIsNoCompleteBody() {
        READ.set(null);
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/tells", 100).packet(), Request.bodyChunk(Payload.ofSize(99)));
            client.next(Reply.Ask.class);
            client.halfClose();

            await().untilAsserted(() -> assertThat(READ.get()).isInstanceOf(IOException.class));
        }
    }

    @Test
    void chunksMayBeShorterThanWasAskedFor() {
        byte[] body = Payload.ofSize(100);
        try (AjpClient client = server.connect()) {
            client.send(post("/reads", body.length, "bytes=100").packet(), Request.bodyChunk(body, 0, 1));
            for (int i = 1; i < body.length; i++) {
                assertThat(client.next(Reply.Ask.class).bytes()).isEqualTo(body.length - i);
                client.send(Request.bodyChunk(body, i, 1));
            }
            assertThat(client.answer().text()).isEqualTo("read 100");
            assertInStep(client);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8187, 16_384, 65_530})
    void chunksMayBeLargerThanPacketSize(int chunk) {
        assertThat(chunk + BodyChunk.OVERHEAD).isBetween(8193, 65_536);
        byte[] body = Payload.ofSize(2 * chunk + 10);
        try (AjpClient client = server.connect()) {
            // mod_proxy_ajp ignores how much it is asked for.
            client.send(post("/reads", body.length, "bytes=" + body.length).packet(), Request.bodyChunk(body, 0, chunk));
            client.next(Reply.Ask.class);
            client.send(Request.bodyChunk(body, chunk, chunk));
            client.next(Reply.Ask.class);
            client.send(Request.bodyChunk(body, 2 * chunk, 10));

            assertThat(client.answer().text()).isEqualTo("read " + body.length);
            assertInStep(client);
        }
        server.awaitQuiet();
    }

    @Test
    void aForwardRequestMayBeLargerThanPacketSize() {
        try (AjpClient client = server.connect()) {
            Request large = Request.get("/hello").header("X-Large", "x".repeat(65_000));
            assertThat(large.packet().length).isBetween(65_000, 65_536);
            assertThat(client.exchange(large).text()).isEqualTo("hello");
            client.sendByteByByte(Request.get("/hello").header("X-Large", "x".repeat(20_000)).packet());
            assertThat(client.answer().text()).isEqualTo("hello");
            assertInStep(client);
        }
        server.awaitQuiet();
    }

    @Test
    void aFailureWithoutReadingIsAnsweredAndNothingOfTheBodyIsARequest() {
        byte[] looksLikeARequest = Request.get("/hello").payload();
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/fails", looksLikeARequest.length).packet(), Request.bodyChunk(looksLikeARequest));
            Answer answer = client.answer();

            assertThat(answer.status()).isEqualTo(500);
            if (answer.reuse()) {
                assertInStep(client);
            } else {
                assertThat(client.awaitEnd()).isTrue();
            }
        }
    }

    @Test
    void anExpectationOf100ContinueIsTheWebServersAffair() {
        byte[] body = Payload.ofSize(100);
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(post("/reads", body.length, "bytes=100").header("Expect", "100-continue"), body);

            // One head: a second one, with a 1xx status, breaks both front ends.
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("read 100");
            assertInStep(client);
        }
    }

    @Test
    void aLargeUploadArrivesUnharmed() {
        byte[] body = Payload.ofSize(10 * 1024 * 1024);
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(post("/reads", body.length, "bytes=" + body.length), body).text()).isEqualTo("read " + body.length);
        }
    }

    @Test
    void nothingIsSaidAfterTheEndOfAResponseWhoseBodyNeverComes() {
        try (TestServer server = TestServer.with().attribute("packetTimeout", "300")
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start();
                AjpClient client = server.connect()) {
            client.send(Request.post("/hello", 10));
            assertThat(client.answer().text()).isEqualTo("hello");
            client.patience(Duration.ofSeconds(5)).awaitEnd();
        }
    }
}
