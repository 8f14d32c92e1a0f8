package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One byte a second, in every place where a packet is due: the time is that of the whole packet, and no byte puts its end off. */
@Tag("slow")
class DribblingTest extends Attack {

    private static final Duration PACE = Duration.ofSeconds(1);
    private static final Duration PACKET_TIMEOUT = Duration.ofMillis(2_500);
    /** On a busy machine; if each byte put the end off, it would never come. */
    private static final Duration SLACK = Duration.ofSeconds(3);
    private static final int PACKETS = 7;

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("packetTimeout", Long.toString(PACKET_TIMEOUT.toMillis()))
                .servlet("/ignores", (request, response) -> response.getOutputStream().print("ignored"))
                .servlet("/reads", (request, response) -> request.getInputStream().readAllBytes())
                .servlet("/listens", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(60_000);
                    request.getInputStream().setReadListener(new Discarding(context, request.getInputStream()));
                });
    }

    private record Discarding(AsyncContext context, ServletInputStream in) implements ReadListener {

        @Override
        public void onDataAvailable() throws java.io.IOException {
            byte[] buffer = new byte[100];
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
            context.complete();
        }
    }

    @Test
    void isCutOffWhenTheTimeForTheWholePacketIsOver() throws Exception {
        byte[] head = Request.get("/forbidden").packet();
        byte[] chunk = Request.bodyChunk(Payload.ofSize(1000));
        Map<String, Function<AjpClient, byte[]>> places = new LinkedHashMap<>();
        places.put("a request from its first byte", client -> head);
        places.put("a request from its middle", client -> {
            client.send(Arrays.copyOf(head, head.length / 2));
            return Arrays.copyOfRange(head, head.length / 2, head.length);
        });
        places.put("a request behind another", client -> {
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            return head;
        });
        places.put("the chunk of a body that is read", client -> {
            client.send(Request.post("/reads", 1000));
            return chunk;
        });
        places.put("a chunk of unknown length", client -> {
            client.send(Request.postChunked("/reads"));
            client.next(Reply.Ask.class);
            return chunk;
        });
        places.put("the chunk of a body that is listened for", client -> {
            client.send(Request.post("/listens", 1000));
            return chunk;
        });
        places.put("the chunk of a body that nobody reads", client -> {
            client.send(Request.post("/ignores", 1000));
            assertThat(client.answer().text()).isEqualTo("ignored");
            return chunk;
        });
        assertThat(places).hasSize(PACKETS);

        ExecutorService dribblers = Executors.newFixedThreadPool(PACKETS);
        try {
            Map<String, CompletableFuture<Duration>> cut = new LinkedHashMap<>();
            places.forEach((name, place) -> cut.put(name, CompletableFuture.supplyAsync(() -> dribble(place), dribblers)));
            for (Map.Entry<String, CompletableFuture<Duration>> each : cut.entrySet()) {
                assertThat(each.getValue().get(30, TimeUnit.SECONDS)).as(each.getKey())
                        .isBetween(PACKET_TIMEOUT.minusMillis(100), PACKET_TIMEOUT.plus(SLACK));
            }
        } finally {
            dribblers.shutdownNow();
        }
        assertThat(server.refused(Refusal.PACKET_TIMEOUT)).as("requests").isEqualTo(3);
        assertThat(server.refused(Refusal.BODY_TIMEOUT)).as("bodies").isEqualTo(4);
        server.awaitConnections(0);
    }

    /** @return how long it took until the connector had enough */
    private Duration dribble(Function<AjpClient, byte[]> place) {
        try (AjpClient client = server.connect()) {
            byte[] bytes = place.apply(client);
            long begin = System.nanoTime();
            for (byte b : bytes) {
                client.sendRegardless(new byte[] {b});
                if (!client.staysSilent(PACE)) {
                    Duration took = Duration.ofNanos(System.nanoTime() - begin);
                    assertEnds(client);
                    return took;
                }
            }
            throw new AssertionError("All " + bytes.length + " bytes were taken");
        }
    }

    /** One answer at the most, which says that this was the last one. */
    private static void assertEnds(AjpClient client) {
        Answer answer = client.answer();
        if (answer.isEnded()) {
            assertThat(answer.reuse()).isFalse();
            assertThat(client.awaitEnd()).isTrue();
        }
    }
}
