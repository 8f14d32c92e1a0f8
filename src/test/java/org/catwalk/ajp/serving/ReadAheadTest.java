package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several pieces of a body asked for ahead of need: what is on its way is never lost, never taken for something else, never too much. */
class ReadAheadTest {

    private static final int WINDOW = 8;
    private static final int CHUNK = 8186;
    private static final int LARGE = 2 * 1024 * 1024;
    private static final AtomicReference<Object> OUTCOME = new AtomicReference<>();

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.with()
                // Small buffers in the kernel, so that a peer that does not read is soon felt.
                .attribute("socket.rxBufSize", "8192")
                .attribute("socket.txBufSize", "8192")
                .attribute("writeTimeout", "10000")
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/reads", (request, response) -> {
                    try {
                        int n = request.getInputStream().readNBytes(Integer.parseInt(request.getQueryString())).length;
                        OUTCOME.set(n);
                        response.getOutputStream().print("read " + n);
                    } catch (IOException e) {
                        OUTCOME.set(e);
                        throw e;
                    }
                })
                .servlet("/collects", (request, response) -> response.getOutputStream().write(request.getInputStream().readAllBytes()))
                .servlet("/streams", (request, response) -> {
                    InputStream in = request.getInputStream();
                    OutputStream out = response.getOutputStream();
                    byte[] piece = new byte[5_000];
                    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                        out.write(piece, 0, n);
                    }
                })
                .servlet("/answers-late", (request, response) -> {
                    InputStream in = request.getInputStream();
                    byte[] begin = in.readNBytes(20 * CHUNK);
                    response.getOutputStream().write(Payload.ofSize(LARGE));
                    response.getOutputStream().print(begin.length + in.readAllBytes().length);
                })
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Sends a body to an application that reads {@code read} bytes of it, and stops as soon as there are several requests for more. */
    private static List<Reply.Ask> beginUpload(AjpClient client, byte[] body, int read) {
        client.send(Request.post("/reads", body.length).query(Integer.toString(read)).packet(), Request.bodyChunk(body, 0, CHUNK));
        int sent = CHUNK;
        while (true) {
            List<Reply.Ask> asks = new ArrayList<>();
            do {
                asks.add(client.next(Reply.Ask.class));
            } while (!client.staysSilent(Duration.ofMillis(100)));
            if (asks.size() > 1) {
                return asks;
            }
            client.send(Request.bodyChunk(body, sent, CHUNK));
            sent += CHUNK;
        }
    }

    @Test
    void asksForSeveralPiecesAndForNoMoreThanTheWindow() {
        byte[] body = Payload.ofSize(LARGE);
        try (AjpClient client = server.connect()) {
            assertThat(beginUpload(client, body, LARGE)).hasSizeBetween(2, WINDOW).allSatisfy(ask -> assertThat(ask.bytes()).isEqualTo(CHUNK));
            client.reset();
        }
        server.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(ints = {2 * CHUNK, 4 * CHUNK, 5 * CHUNK - 1, 20 * CHUNK, 20 * CHUNK + 1, LARGE})
    void neverAsksForMoreThanIsThere(int size) {
        byte[] body = Payload.ofSize(size);
        // The client of these tests fails as mod_proxy_ajp does when it is asked for data behind the end of the body.
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.post("/collects", size), body);
            assertThat(answer.body()).isEqualTo(body);
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void whatNobodyReadsAnyMoreIsPassedOver() {
        byte[] body = Payload.ofSize(LARGE);
        byte[] looksLikeARequest = Request.get("/hello").payload();
        try (AjpClient client = server.connect()) {
            // The application reads a little more than what made the connector ask ahead.
            List<Reply.Ask> asks = beginUpload(client, body, 5 * CHUNK);
            List<byte[]> chunks = new ArrayList<>();
            asks.forEach(ask -> chunks.add(Request.bodyChunk(looksLikeARequest)));
            client.send(chunks.toArray(new byte[0][]));
            int outstanding = 0;
            Reply reply = client.next();
            while (!(reply instanceof Reply.End)) {
                if (reply instanceof Reply.Ask) {
                    // Each request for data is answered, also those that come when nobody is interested any more.
                    client.send(Request.bodyChunk(looksLikeARequest));
                    outstanding++;
                }
                reply = client.next();
            }
            assertThat(outstanding).isPositive();
            assertThat(((Reply.End) reply).reuse()).isTrue();
            client.ping();
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
        server.awaitQuiet();
    }

    @Test
    void aClientThatLeavesIsNoCompleteBodyHoweverMuchWasAskedFor() {
        OUTCOME.set(null);
        byte[] body = Payload.ofSize(LARGE);
        try (AjpClient client = server.connect()) {
            List<Reply.Ask> asks = beginUpload(client, body, LARGE);
            // mod_jk answers each request with an empty packet when its client is gone.
            asks.forEach(ask -> client.send(Request.bodyEnd()));
            await().untilAsserted(() -> assertThat(OUTCOME.get()).isInstanceOf(IOException.class));
            Answer answer = client.answer();
            assertThat(answer.status()).isGreaterThanOrEqualTo(400);
            if (answer.reuse()) {
                assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
        }
        server.awaitQuiet();
    }

    @Test
    void somethingElseInThePlaceOfAnyPieceEndsTheConnection() {
        byte[] body = Payload.ofSize(LARGE);
        for (int place = 0; place < 3; place++) {
            OUTCOME.set(null);
            try (AjpClient client = server.connect()) {
                beginUpload(client, body, LARGE);
                for (int i = 0; i < place; i++) {
                    client.send(Request.bodyChunk(body, 0, CHUNK));
                }
                client.send(Request.get("/hello").packet(), Request.cping());
                await().untilAsserted(() -> assertThat(OUTCOME.get()).isInstanceOf(IOException.class));
                Reply reply = client.read().orElse(null);
                while (reply instanceof Reply.Ask) {
                    reply = client.read().orElse(null);
                }
                assertThat(reply).isInstanceOf(Reply.Head.class);
                assertThat(((Reply.Head) reply).status()).isEqualTo(400);
                Answer rest = client.answer();
                assertThat(rest.reuse()).isFalse();
                assertThat(client.awaitEnd()).isTrue();
            }
        }
        server.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/streams", "/collects"})
    void nobodyWaitsForTheOtherWhileBothWrite(String uri) {
        byte[] body = Payload.ofSize(LARGE);
        try (AjpClient client = AjpClient.connect(server.port(), 4096)) {
            assertThat(client.exchange(Request.post(uri, body.length), body).body()).isEqualTo(body);
            assertThat(client.exchangeChunked(Request.postChunked(uri), body).body()).isEqualTo(body);
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void aLargeAnswerInTheMiddleOfAnUploadArrives() {
        byte[] body = Payload.ofSize(LARGE);
        try (AjpClient client = AjpClient.connect(server.port(), 4096)) {
            Answer answer = client.exchange(Request.post("/answers-late", body.length), body);

            assertThat(answer.body()).startsWith(Payload.ofSize(LARGE));
            assertThat(answer.text()).endsWith(Integer.toString(LARGE));
        }
    }

    @Test
    void anInteractiveApplicationIsNotMadeToWait() {
        try (AjpClient client = server.connect()) {
            // A chunked body, as from a client that sends the next piece when it has seen the answer to the one before.
            client.send(Request.postChunked("/streams"));
            for (int i = 0; i < 20; i++) {
                assertThat(nextUnlessData(client)).isInstanceOf(Reply.Ask.class);
                client.send(Request.bodyChunk(Payload.ofSize(1000)));
            }
            assertThat(nextUnlessData(client)).isInstanceOf(Reply.Ask.class);
            client.send(Request.bodyEnd());
            assertThat(client.answer().reuse()).isTrue();
        }
    }

    private static Reply nextUnlessData(AjpClient client) {
        Reply reply = client.next();
        while (reply instanceof Reply.Data || reply instanceof Reply.Head) {
            reply = client.next();
        }
        return reply;
    }
}
