package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.HexFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What mod_jk and mod_proxy_ajp really sent, sent again to the running connector. */
class CaptureReplayTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.with()
                .attribute("secretRequired", "false")
                .attribute("allowedRequestAttributesPattern", ".*")
                .servlet("/*", (request, response) -> {
                    byte[] body = request.getInputStream().readAllBytes();
                    response.getOutputStream().print(request.getMethod() + " " + body.length + " " + request.getHeader("Host"));
                })
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<HexFixture> captures() {
        return HexFixture.all();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void isAnsweredWhole(HexFixture capture) {
        try (AjpClient client = server.connect()) {
            replay(client, capture, false);
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void isAnsweredByteByByte(HexFixture capture) {
        try (AjpClient client = server.connect()) {
            replay(client, capture, true);
        }
    }

    @Test
    void allAreAnsweredOneAfterTheOtherOnOneConnection() {
        try (AjpClient client = server.connect()) {
            captures().filter(capture -> !capture.name().contains("client-gone")).forEach(capture -> replay(client, capture, false));
        }
    }

    private static void replay(AjpClient client, HexFixture capture, boolean byteByByte) {
        boolean inBody = false;
        boolean isAsked = false;
        for (byte[] packet : capture.packets()) {
            byte[] payload = HexFixture.payload(packet);
            if (inBody && isAsked) {
                client.next(Reply.Ask.class);
            }
            send(client, packet, byteByByte);
            if (!inBody && payload.length == 1) {
                client.next(Reply.Cpong.class);
            } else if (!inBody) {
                inBody = true;
                isAsked = text(payload).contains("chunked");
            } else {
                // Only the first chunk of a body with a Content-Length comes unasked.
                isAsked = true;
            }
        }
        if (capture.name().equals("mod_proxy_ajp-client-gone")) {
            // mod_proxy_ajp says nothing when its client leaves; it closes.
            client.next(Reply.Ask.class);
            client.halfClose();
        }
        Answer answer = client.answer();
        if (capture.name().endsWith("client-gone")) {
            assertThat(answer.status()).isGreaterThanOrEqualTo(400);
        } else {
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(answer.reuse()).isTrue();
        }
    }

    private static String text(byte[] payload) {
        return new String(payload, StandardCharsets.ISO_8859_1);
    }

    private static void send(AjpClient client, byte[] packet, boolean byteByByte) {
        if (byteByByte) {
            client.sendByteByByte(packet);
        } else {
            client.send(packet);
        }
    }

    @Test
    void theServerHasNothingToComplainAbout() {
        server.exchange(Request.get("/"));
        assertThat(server.log().complaints()).filteredOn(line -> line.contains("org.catwalk")).isEmpty();
    }
}
