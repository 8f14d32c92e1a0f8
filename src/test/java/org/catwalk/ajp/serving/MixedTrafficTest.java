package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.servlet.AsyncContext;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Short, long, slow, large and asynchronous requests all at once: every answer is the right one, and nobody is forgotten. */
@Tag("slow")
class MixedTrafficTest {

    private static final int CONNECTIONS = 24;
    private static final Duration DURATION = Duration.ofSeconds(3);

    private static TestServer.Builder builder() {
        return TestServer.with()
                .attribute("maxThreads", "8")
                .attribute("minSpareThreads", "2")
                .servlet("/echo", (request, response) -> {
                    response.setHeader("X-Seen", request.getQueryString());
                    response.getOutputStream().write(request.getInputStream().readAllBytes());
                })
                .servlet("/size", (request, response) -> response.getOutputStream()
                        .write(Payload.ofSize(Integer.parseInt(request.getQueryString()))))
                .servlet("/slow", (request, response) -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Integer.parseInt(request.getQueryString())));
                    response.getOutputStream().print(request.getQueryString());
                })
                .servlet("/async", (request, response) -> {
                    String query = request.getQueryString();
                    AsyncContext context = request.startAsync();
                    context.start(() -> {
                        try {
                            context.getResponse().getOutputStream().print(query);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        context.complete();
                    });
                });
    }

    @Test
    void isAnsweredRightAndCompletely() throws Exception {
        try (TestServer server = builder().start()) {
            mixedTraffic(server);
        }
    }

    @Test
    void isAnsweredRightByOneThread() throws Exception {
        try (TestServer server = builder().attribute("maxThreads", "1").attribute("minSpareThreads", "1").start()) {
            mixedTraffic(server);
        }
    }

    @Test
    void isAnsweredRightByThreadsOfAnotherOwner() throws Exception {
        try (TestServer server = builder().startWithExecutor("shared", 6)) {
            mixedTraffic(server);
        }
    }

    @Test
    void isAnsweredRightWithoutCachesAndWithLargePackets() throws Exception {
        try (TestServer server = builder().attribute("processorCache", "0").attribute("socket.processorCache", "0")
                .attribute("packetSize", "65536").start()) {
            mixedTraffic(server);
        }
    }

    private static void mixedTraffic(TestServer server) throws Exception {
        int packetSize = server.protocol().getPacketSize();
        ExecutorService webServers = Executors.newFixedThreadPool(CONNECTIONS);
        List<Future<Integer>> requests = new ArrayList<>();
        long end = System.nanoTime() + DURATION.toNanos();
        for (int i = 0; i < CONNECTIONS; i++) {
            Random random = new Random(i);
            requests.add(webServers.submit(() -> converse(server, packetSize, random, end)));
        }
        webServers.shutdown();
        int total = 0;
        for (Future<Integer> each : requests) {
            total += each.get(60, TimeUnit.SECONDS);
        }
        assertThat(total).isGreaterThan(200);
        server.awaitConnections(0);
        server.awaitQuiet();
        assertThat(server.counters().refused()).isZero();
        assertThat(server.log().complaints()).filteredOn(line -> line.contains("org.catwalk")).isEmpty();
    }

    private static int converse(TestServer server, int packetSize, Random random, long end) {
        int requests = 0;
        while (System.nanoTime() - end < 0) {
            try (AjpClient client = server.connect().packetSize(packetSize)) {
                for (int i = random.nextInt(200); i >= 0 && System.nanoTime() - end < 0; i--) {
                    one(client, random);
                    requests++;
                }
            }
        }
        return requests;
    }

    private static void one(AjpClient client, Random random) {
        String number = Integer.toString(random.nextInt(1_000_000));
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                assertThat(client.exchange(Request.get("/echo").query(number)).header("X-Seen")).contains(number);
            }
            case 3 -> {
                int size = random.nextInt(200_000);
                assertThat(client.exchange(Request.get("/size").query(Integer.toString(size))).body()).isEqualTo(Payload.ofSize(size));
            }
            case 4 -> {
                String millis = Integer.toString(random.nextInt(20));
                assertThat(client.exchange(Request.get("/slow").query(millis)).text()).isEqualTo(millis);
            }
            case 5 -> {
                assertThat(client.exchange(Request.get("/async").query(number)).text()).isEqualTo(number);
            }
            case 6 -> {
                byte[] body = Payload.ofSize(random.nextInt(random.nextBoolean() ? 1_000 : 100_000));
                assertThat(client.exchange(Request.post("/echo", body.length).query(number), body).body()).isEqualTo(body);
            }
            case 7 -> {
                byte[] body = Payload.ofSize(random.nextInt(20_000));
                assertThat(client.exchangeChunked(Request.postChunked("/echo").query(number), body).body()).isEqualTo(body);
            }
            case 8 -> client.ping();
            default -> {
                client.send(Request.get("/echo").query(number).packet(), Request.cping(), Request.get("/slow").query("1").packet());
                assertThat(client.answer().header("X-Seen")).contains(number);
                client.next(Reply.Cpong.class);
                assertThat(client.answer().text()).isEqualTo("1");
            }
        }
    }
}
