package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.servlet.ServletException;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Something else in the place of a body chunk, on every way that a request can end. */
class ForgedPacketsTest extends Attack {

    private final AtomicInteger complete = new AtomicInteger();

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder
                .servlet("/reads", (request, response) -> {
                    request.getInputStream().readAllBytes();
                    complete.incrementAndGet();
                })
                .servlet("/reads-and-catches", (request, response) -> {
                    try {
                        request.getInputStream().readAllBytes();
                        complete.incrementAndGet();
                    } catch (IOException e) {
                        response.getOutputStream().print("caught");
                    }
                })
                .servlet("/ignores", (request, response) -> response.getOutputStream().print("ignored"))
                .servlet("/error", (request, response) -> response.sendError(503))
                .servlet("/oversized", (request, response) -> response.setHeader("X-Large", "x".repeat(9000)))
                .servlet("/fails", (request, response) -> {
                    throw new ServletException("before commit");
                })
                .servlet("/fails-after-commit", (request, response) -> {
                    response.getOutputStream().print("partial");
                    response.flushBuffer();
                    throw new ServletException("after commit");
                })
                .servlet("/reads-after-commit", (request, response) -> {
                    response.getOutputStream().print("partial");
                    response.flushBuffer();
                    request.getInputStream().readAllBytes();
                    complete.incrementAndGet();
                });
    }

    private static Map<String, byte[]> forgeries() {
        Map<String, byte[]> forgeries = new LinkedHashMap<>();
        forgeries.put("a request", forbidden());
        forgeries.put("a request with a body", Request.join(Request.post("/forbidden", 3).packet(), Request.bodyChunk(new byte[3])));
        forgeries.put("a ping", Request.cping());
        forgeries.put("a container's packet", new byte[] {'A', 'B', 0, 1, 9});
        forgeries.put("an end that says one byte", Request.packet(new byte[] {0}));
        forgeries.put("HTTP", "GET /forbidden HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        forgeries.put("a packet that is too long", Request.packet(0xFFFF, new byte[100]));
        return forgeries;
    }

    static List<Arguments> forgeriesOnEveryWay() {
        return forgeries("/reads", "/reads-and-catches", "/reads-after-commit", "/ignores", "/error", "/oversized", "/fails",
                "/fails-after-commit");
    }

    static List<Arguments> forgeriesWhereBodiesAreRead() {
        return forgeries("/reads", "/reads-and-catches", "/reads-after-commit");
    }

    private static List<Arguments> forgeries(String... uris) {
        List<Arguments> all = new ArrayList<>();
        for (String uri : uris) {
            forgeries().forEach((name, forgery) -> all.add(Arguments.of(uri, name, forgery)));
        }
        return all;
    }

    /** In the place of the first chunk, which comes unasked. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("forgeriesOnEveryWay")
    void neverBecomesARequestNorABody(String uri, String name, byte[] forgery) {
        for (Request request : List.of(Request.post(uri, 1000), Request.post(uri, 1000).throughModJk())) {
            try (AjpClient client = server.connect()) {
                client.send(request.packet(), forgery, forbidden(), Request.cping());
                endsWithoutAnother(client);
            }
        }
        assertThat(complete).hasValue(0);
    }

    /** In the place of a later chunk, which was asked for. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("forgeriesWhereBodiesAreRead")
    void neverBecomesARequestNorABodyLater(String uri, String name, byte[] forgery) {
        try (AjpClient client = server.connect()) {
            client.send(Request.post(uri, 1000).packet(), Request.bodyChunk(Payload.ofSize(10)));
            client.send(forgery, forbidden(), Request.cping());
            Reply reply = client.next();
            while (!(reply instanceof Reply.Ask)) {
                reply = client.next();
            }
            endsWithoutAnother(client);
        }
        assertThat(complete).hasValue(0);
    }

    /** Packets of one answer, and then the end: what was said behind it, a web server would take for the answer to its next request. */
    private static void endsWithoutAnother(AjpClient client) {
        if (client.answer().isEnded()) {
            assertThat(client.awaitEnd()).as("an orderly end").isTrue();
        }
    }

    @Test
    void aRequestBehindACompleteBodyIsARequest() {
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/reads", 10).packet(), Request.bodyChunk(Payload.ofSize(10)), Request.get("/hello").packet());

            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.answer().text()).isEqualTo("hello");
            assertThat(complete.getAndSet(0)).isOne();
        }
    }
}
