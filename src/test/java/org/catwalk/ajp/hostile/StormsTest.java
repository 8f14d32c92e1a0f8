package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import javax.servlet.AsyncContext;
import javax.servlet.ReadListener;
import javax.servlet.ServletInputStream;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Peers that come and leave by the thousand, in every way and at every moment. */
@Tag("slow")
class StormsTest extends Attack {

    private static final int PEERS = 2_000;

    private final AtomicLong unread = new AtomicLong();

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("packetTimeout", "2000").attribute("writeTimeout", "2000").attribute("maxThreads", "20")
                .servlet("/echo", (request, response) -> response.getOutputStream().write(request.getInputStream().readAllBytes()))
                .servlet("/large", (request, response) -> response.getOutputStream().write(Payload.ofSize(300_000)))
                .servlet("/fails", (request, response) -> {
                    response.flushBuffer();
                    throw new IllegalStateException("after commit");
                })
                .servlet("/nonblocking", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(5_000);
                    ServletInputStream in = request.getInputStream();
                    in.setReadListener(new Discarding(context, in, unread));
                });
    }

    private record Discarding(AsyncContext context, ServletInputStream in, AtomicLong unread) implements ReadListener {

        @Override
        public void onDataAvailable() throws IOException {
            byte[] buffer = new byte[1000];
            while (in.isReady() && in.read(buffer) >= 0) {
                // What it reads is nobody's business.
            }
        }

        @Override
        public void onAllDataRead() {
            context.complete();
        }

        @Override
        public void onError(Throwable t) {
            unread.incrementAndGet();
            context.complete();
        }
    }

    @BeforeEach
    void onlyWhatOperatorsSee() {
        server.log().withoutDebug();
    }

    private void assertCalm() {
        server.awaitConnections(0);
        server.awaitQuiet();
        assertThat(server.get("/hello").text()).isEqualTo("hello");
    }

    @Test
    void ofConnectionsThatSayNothing() {
        for (int i = 0; i < PEERS; i++) {
            AjpClient client = server.connect();
            if (i % 2 == 0) {
                client.reset();
            } else {
                client.close();
            }
        }
        assertCalm();
    }

    @Test
    void ofRequestsWhoseSendersLeaveAtAnyMoment() {
        Random random = new Random(1);
        byte[] body = Payload.ofSize(20_000);
        byte[][] begins = {
                Request.get("/hello").packet(),
                Request.get("/large").packet(),
                Request.get("/fails").packet(),
                Request.join(Request.post("/echo", body.length).packet(), Request.bodyChunk(body, 0, 8186)),
                Request.join(Request.post("/nonblocking", body.length).packet(), Request.bodyChunk(body, 0, 8186)),
                Request.join(Request.postChunked("/nonblocking").packet(), Request.bodyChunk(body, 0, 100)),
                Request.join(Request.cping(), Request.get("/hello").packet(), Request.get("/large").packet(), Request.cping())};
        for (int i = 0; i < PEERS; i++) {
            byte[] begin = begins[i % begins.length];
            AjpClient client = server.connect();
            client.send(random.nextBoolean() ? begin : Arrays.copyOf(begin, random.nextInt(begin.length)));
            if (random.nextInt(4) == 0) {
                client.staysSilent(Duration.ofMillis(1 + random.nextInt(3)));
            }
            switch (random.nextInt(3)) {
                case 0 -> client.reset();
                case 1 -> client.close();
                default -> {
                    client.halfClose();
                    if (random.nextBoolean()) {
                        client.reset();
                    } else {
                        client.close();
                    }
                }
            }
        }
        assertCalm();
    }

    @Test
    void ofHalfClosedConnectionsWhoseRequestsAreStillAnswered() {
        for (int i = 0; i < 200; i++) {
            try (AjpClient client = server.connect()) {
                client.send(Request.get("/large").packet(), Request.get("/hello").packet()).halfClose();
                assertThat(client.answer().body()).hasSize(300_000);
                assertThat(client.answer().text()).isEqualTo("hello");
                assertThat(client.awaitEnd()).isTrue();
            }
        }
        assertCalm();
    }

    @Test
    void ofPeersThatResetInTheMiddleOfAnAnswer() {
        for (int i = 0; i < 300; i++) {
            AjpClient client = AjpClient.connect(server.port(), 4096);
            client.send(Request.get("/large"));
            client.next(Reply.Head.class);
            client.reset();
        }
        assertCalm();
    }
}
