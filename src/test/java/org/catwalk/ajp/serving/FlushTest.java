package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlushTest {

    /** What the application may make its client wait for without having flushed: two ticks of the endpoint, and a slow machine. */
    private static final Duration STALE = Duration.ofMillis(700);

    private final Semaphore mayGoOn = new Semaphore(0);

    @AfterEach
    void letEverybodyGo() {
        mayGoOn.release(1000);
    }

    private void pause() {
        try {
            assertThat(mayGoOn.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A connection to a server that has loaded its classes. */
    private static AjpClient warm(TestServer server) {
        server.get("/nowhere");
        return server.connect();
    }

    private TestServer.Builder events() {
        return TestServer.with().servlet("/events", (request, response) -> {
            response.setContentType("text/event-stream");
            for (int i = 1; i <= 3; i++) {
                response.getOutputStream().print("data: " + i + "\n\n");
                response.flushBuffer();
                pause();
            }
        });
    }

    @Test
    void anEventArrivesAtOnce() {
        try (TestServer server = events().start(); AjpClient client = server.connect()) {
            client.send(Request.get("/events"));

            assertThat(client.next(Reply.Head.class).value("Content-Type")).contains("text/event-stream");
            for (int i = 1; i <= 3; i++) {
                assertThat(client.next(Reply.Data.class).bytes()).asString().isEqualTo("data: " + i + "\n\n");
                assertThat(client.next(Reply.Data.class).bytes()).as("flush packet").isEmpty();
                await().untilAsserted(() -> assertThat(server.buffersInUse()[2]).as("output buffers held between events").isZero());
                mayGoOn.release();
            }
            assertThat(client.next(Reply.End.class).reuse()).isTrue();
        }
    }

    @Test
    void withoutAjpFlushTheDataArrivesAtOnceTooAndNoFlushPacketDoes() {
        try (TestServer server = events().attribute("ajpFlush", "false").start(); AjpClient client = server.connect()) {
            client.send(Request.get("/events"));

            client.next(Reply.Head.class);
            for (int i = 1; i <= 3; i++) {
                assertThat(client.next(Reply.Data.class).bytes()).asString().isEqualTo("data: " + i + "\n\n");
                mayGoOn.release();
            }
            assertThat(client.next(Reply.End.class).reuse()).isTrue();
        }
    }

    @Test
    void aFlushBeforeAnyDataSendsTheHead() {
        try (TestServer server = TestServer.with().servlet("/head", (request, response) -> {
                    response.setStatus(202);
                    response.flushBuffer();
                    pause();
                }).start();
                AjpClient client = server.connect()) {
            client.send(Request.get("/head"));

            assertThat(client.next(Reply.Head.class).status()).isEqualTo(202);
            assertThat(client.next(Reply.Data.class).bytes()).isEmpty();
            mayGoOn.release();
            client.next(Reply.End.class);
        }
    }

    @Test
    void whatIsWrittenSlowlyAndNotFlushedArrivesSoonAllTheSame() {
        try (TestServer server = TestServer.with().servlet("/slow", (request, response) -> {
                    response.setBufferSize(0);
                    for (int i = 0; i < 3; i++) {
                        response.getOutputStream().write(Payload.ofSize(9000));
                        pause();
                    }
                }).start();
                AjpClient client = warm(server)) {
            client.send(Request.get("/slow")).patience(STALE);

            client.next(Reply.Head.class);
            for (int i = 0; i < 3; i++) {
                assertThat(client.next(Reply.Data.class).bytes()).isNotEmpty();
                mayGoOn.release();
            }
        }
    }

    @Test
    void whatIsWrittenArrivesBeforeTheApplicationWaitsForItsClient() {
        try (TestServer server = TestServer.with().servlet("/dialogue", (request, response) -> {
                    response.setBufferSize(0);
                    response.getOutputStream().write(Payload.ofSize(9000));
                    request.getInputStream().readAllBytes();
                }).start();
                AjpClient client = warm(server)) {
            client.send(Request.post("/dialogue", 10)).patience(STALE);

            client.next(Reply.Head.class);
            client.next(Reply.Data.class);
            client.send(Request.bodyChunk(Payload.ofSize(10)));
            assertThat(client.answer().reuse()).isTrue();
        }
    }
}
