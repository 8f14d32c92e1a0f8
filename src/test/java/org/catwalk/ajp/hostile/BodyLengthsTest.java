package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import javax.servlet.AsyncContext;
import javax.servlet.ReadListener;
import javax.servlet.ServletInputStream;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content-Length, enforced both ways: neither more nor less than announced ever passes for the whole body. */
class BodyLengthsTest extends Attack {

    private final AtomicReference<Object> outcome = new AtomicReference<>();

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder
                .servlet("/blocking", (request, response) -> {
                    try {
                        outcome.set(request.getInputStream().readAllBytes().length);
                    } catch (IOException e) {
                        outcome.set(e);
                        throw e;
                    }
                })
                .servlet("/stubborn", (request, response) -> {
                    InputStream in = request.getInputStream();
                    int failures = 0;
                    for (int i = 0; i < 5; i++) {
                        try {
                            in.readAllBytes();
                            outcome.set("an end");
                        } catch (IOException e) {
                            failures++;
                        }
                    }
                    outcome.compareAndSet(null, failures);
                    response.getOutputStream().print("goes on");
                })
                .servlet("/nonblocking", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    ServletInputStream in = request.getInputStream();
                    in.setReadListener(new Collector(context, in, outcome));
                });
    }

    private record Collector(AsyncContext context, ServletInputStream in, AtomicReference<Object> outcome, ByteArrayOutputStream body)
            implements ReadListener {

        Collector(AsyncContext context, ServletInputStream in, AtomicReference<Object> outcome) {
            this(context, in, outcome, new ByteArrayOutputStream());
        }

        @Override
        public void onDataAvailable() throws IOException {
            while (in.isReady() && !in.isFinished()) {
                int b = in.read();
                if (b >= 0) {
                    body.write(b);
                }
            }
        }

        @Override
        public void onAllDataRead() {
            outcome.set(body.size());
            context.complete();
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

    private void assertNotComplete() {
        await().untilAsserted(() -> assertThat(outcome.get()).isInstanceOf(IOException.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/blocking", "/nonblocking"})
    void aFirstChunkBeyondTheLengthIsRefused(String uri) {
        long refusedBefore = server.refused(Refusal.BODY_TOO_LONG);
        try (AjpClient client = server.connect()) {
            client.send(Request.post(uri, 10).packet(), Request.bodyChunk(Payload.ofSize(11)), forbidden());
            refusal(client);
        }
        assertNotComplete();
        assertThat(server.refused(Refusal.BODY_TOO_LONG)).isEqualTo(refusedBefore + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/blocking", "/nonblocking"})
    void aLaterChunkBeyondTheLengthIsRefused(String uri) {
        try (AjpClient client = server.connect()) {
            client.send(Request.post(uri, 10).packet(), Request.bodyChunk(Payload.ofSize(9)));
            assertThat(client.next(Reply.Ask.class).bytes()).isOne();
            client.send(Request.bodyChunk(Payload.ofSize(2)), forbidden());
            refusal(client);
        }
        assertNotComplete();
    }

    @ParameterizedTest
    @CsvSource({"/blocking, 9", "/nonblocking, 9", "/blocking, 1", "/nonblocking, 1"})
    void aBodyThatEndsEarlyIsNotComplete(String uri, int sent) {
        try (AjpClient client = server.connect()) {
            client.send(Request.post(uri, 10).packet(), Request.bodyChunk(Payload.ofSize(sent)));
            client.next(Reply.Ask.class);
            client.send(Request.bodyEnd());
            assertNotComplete();
            Answer answer = client.answer();
            if (!answer.endOfStream() && uri.equals("/blocking")) {
                assertThat(answer.status()).isGreaterThanOrEqualTo(400);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/blocking", "/nonblocking"})
    void aBodyOfWhichNothingComesIsNotComplete(String uri) {
        try (AjpClient client = server.connect()) {
            client.send(Request.post(uri, 10).packet(), Request.bodyEnd());
            assertNotComplete();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/blocking", "/nonblocking"})
    void aBodyOfUnknownLengthIsCompleteOnlyAtItsEnd(String uri) {
        try (AjpClient client = server.connect()) {
            client.send(Request.postChunked(uri));
            client.next(Reply.Ask.class);
            client.send(Request.bodyChunk(Payload.ofSize(10)));
            client.next(Reply.Ask.class);
            client.halfClose();
            assertNotComplete();
        }
    }

    @Test
    void readingOnAfterAFailureFailsAgain() {
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/stubborn", 10).packet(), Request.bodyEnd());
            client.answer();
        }
        assertThat(outcome.get()).isEqualTo(5);
    }

    @Test
    void aConnectionWhoseBodyWasRefusedIsClosedEvenIfTheApplicationGoesOn() {
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/stubborn", 10).packet(), Request.bodyChunk(Payload.ofSize(20)), forbidden());
            Answer answer = client.answer();
            if (answer.isEnded()) {
                assertThat(answer.reuse()).isFalse();
                assertThat(client.awaitEnd()).isTrue();
            }
        }
        assertThat(outcome.get()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/blocking", "/nonblocking"})
    void aChunkBehindACompleteBodyIsNoBodyAndNoRequest(String uri) {
        long refusedBefore = server.counters().refused();
        try (AjpClient client = server.connect()) {
            client.send(Request.post(uri, 10).packet(), Request.bodyChunk(Payload.ofSize(10)), Request.bodyChunk(Payload.ofSize(10)),
                    forbidden());
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(refusal(client).status()).isEqualTo(400);
        }
        assertThat(outcome.get()).isEqualTo(10);
        assertThat(server.counters().refused()).isEqualTo(refusedBefore + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/blocking", "/nonblocking"})
    void aChunkBehindTheEndOfABodyOfUnknownLengthIsNoBodyAndNoRequest(String uri) {
        long refusedBefore = server.counters().refused();
        try (AjpClient client = server.connect()) {
            client.send(Request.postChunked(uri));
            client.next(Reply.Ask.class);
            client.send(Request.bodyChunk(Payload.ofSize(10)));
            client.next(Reply.Ask.class);
            client.send(Request.bodyEnd(), Request.bodyChunk(Payload.ofSize(10)), forbidden());
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(refusal(client).status()).isEqualTo(400);
        }
        assertThat(outcome.get()).isEqualTo(10);
        assertThat(server.counters().refused()).isEqualTo(refusedBefore + 1);
    }

    /** Before the chunk, in its packet's header, in its length, in its data. */
    @ParameterizedTest
    @CsvSource({"/blocking, 0", "/blocking, 3", "/blocking, 5", "/blocking, 50", "/nonblocking, 0", "/nonblocking, 3", "/nonblocking, 5",
            "/nonblocking, 50"})
    void aBodyThatIsCutOffAnywhereIsNotComplete(String uri, int bytes) {
        byte[] cut = Arrays.copyOf(Request.bodyChunk(Payload.ofSize(100)), bytes);
        for (boolean known : new boolean[] {true, false}) {
            outcome.set(null);
            try (AjpClient client = server.connect()) {
                if (known) {
                    client.send(Request.post(uri, 100).packet(), cut);
                } else {
                    client.send(Request.postChunked(uri));
                    client.next(Reply.Ask.class);
                    client.send(cut);
                }
                client.halfClose();
                assertNotComplete();
            }
        }
    }

    @Test
    void aHugeLengthIsNoReasonToAllocateAnything() {
        for (String length : new String[] {"9223372036854775807", "4294967296", "2147483648"}) {
            try (AjpClient client = server.connect()) {
                client.send(Request.of("POST", "/blocking").header("Content-Length", length).packet(), Request.bodyChunk(Payload.ofSize(100)));
                assertThat(client.next(Reply.Ask.class).bytes()).isEqualTo(8186);
                client.reset();
            }
            assertNotComplete();
            outcome.set(null);
        }
    }
}
