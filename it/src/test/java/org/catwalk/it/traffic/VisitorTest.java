package org.catwalk.it.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.catwalk.it.traffic.Outcome.Verdict;
import org.catwalk.it.webapp.Payload;
import org.catwalk.it.webapp.TrafficServlet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That a client notices what is wrong with an answer: a server which answers as each test wants. */
class VisitorTest {

    private interface Behaviour {
        void answer(HttpExchange exchange, Map<String, String> query) throws IOException, InterruptedException;
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile Behaviour behaviour;
    private final CountDownLatch end = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try {
                behaviour.answer(exchange, query(exchange.getRequestURI()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private static Map<String, String> query(URI uri) {
        return Pattern.compile("([^&=]+)=([^&]*)").matcher(uri.getRawQuery()).results()
                .collect(Collectors.toMap((MatchResult pair) -> pair.group(1), pair -> pair.group(2)));
    }

    private Verdict visit(Kind kind, Behaviour wanted) {
        behaviour = wanted;
        URI site = URI.create("http://localhost:" + server.getAddress().getPort());
        try (Visitor visitor = new Visitor(site, new Random(1), Duration.ofSeconds(2), false)) {
            return visitor.visit(kind).verdict();
        }
    }

    private static void send(HttpExchange exchange, int status, String id, byte[] body) throws IOException {
        byte[] received = exchange.getRequestBody().readAllBytes();
        Payload.Checksum checksum = new Payload.Checksum();
        checksum.add(received, 0, received.length);
        exchange.getResponseHeaders().add(TrafficServlet.ID, id);
        exchange.getResponseHeaders().add(TrafficServlet.RECEIVED, checksum.value());
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static byte[] right(Map<String, String> query) {
        return Payload.bytes(Payload.startOf(query.get("id")), Integer.parseInt(query.get("size")));
    }

    @Test
    void acceptsTheRightAnswer() {
        assertThat(visit(Kind.DOWNLOAD, (exchange, query) -> send(exchange, 200, query.get("id"), right(query)))).isEqualTo(Verdict.CORRECT);
        assertThat(visit(Kind.UPLOAD, (exchange, query) -> send(exchange, 200, query.get("id"), right(query)))).isEqualTo(Verdict.CORRECT);
    }

    @Test
    void noticesSomebodyElsesAnswer() {
        assertThat(visit(Kind.DOWNLOAD, (exchange, query) -> send(exchange, 200, "other", right(query)))).isEqualTo(Verdict.WRONG);
    }

    @Test
    void noticesSomebodyElsesBody() {
        assertThat(visit(Kind.DOWNLOAD, (exchange, query) -> send(exchange, 200, query.get("id"),
                Payload.bytes(Payload.startOf("other"), Integer.parseInt(query.get("size")))))).isEqualTo(Verdict.WRONG);
    }

    @Test
    void noticesAByteThatWasChanged() {
        assertThat(visit(Kind.DOWNLOAD, (exchange, query) -> {
            byte[] body = right(query);
            body[body.length / 2]++;
            send(exchange, 200, query.get("id"), body);
        })).isEqualTo(Verdict.WRONG);
    }

    @Test
    void noticesAnUploadThatArrivedDamaged() {
        assertThat(visit(Kind.UPLOAD, (exchange, query) -> {
            exchange.getRequestBody().read();
            send(exchange, 200, query.get("id"), right(query));
        })).isEqualTo(Verdict.WRONG);
    }

    @Test
    void noticesAShorterBody() {
        assertThat(visit(Kind.DOWNLOAD, (exchange, query) -> send(exchange, 200, query.get("id"),
                Payload.bytes(Payload.startOf(query.get("id")), 1000)))).isEqualTo(Verdict.SHORTENED);
    }

    @Test
    void noticesACutConnection() {
        assertThat(visit(Kind.DOWNLOAD, (exchange, query) -> {
            exchange.getResponseHeaders().add(TrafficServlet.ID, query.get("id"));
            exchange.getResponseHeaders().add(TrafficServlet.RECEIVED, Payload.checksum(0));
            exchange.sendResponseHeaders(200, right(query).length);
            exchange.getResponseBody().write(right(query), 0, 1000);
            throw new IOException("as asked");
        })).isEqualTo(Verdict.CUT);
    }

    @Test
    void noticesAnError() {
        assertThat(visit(Kind.UPLOAD, (exchange, query) -> send(exchange, 503, query.get("id"), new byte[0]))).isEqualTo(Verdict.REFUSED);
    }

    @Test
    void doesNotWaitForEver() {
        assertThat(visit(Kind.DOWNLOAD, (exchange, query) -> end.await())).isEqualTo(Verdict.HUNG);
    }
}
