package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import javax.servlet.ServletException;
import javax.servlet.http.Cookie;
import org.catwalk.ajp.guard.Refusal;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponsesTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.with()
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/status", (request, response) -> {
                    response.setStatus(Integer.parseInt(request.getParameter("is")));
                    response.getOutputStream().print("body");
                })
                .servlet("/size", (request, response) -> {
                    byte[] body = Payload.ofSize(Integer.parseInt(request.getParameter("is")));
                    if (request.getParameter("announced") != null) {
                        response.setContentLength(body.length);
                    }
                    response.getOutputStream().write(body);
                })
                .servlet("/announces", (request, response) -> {
                    if (request.getParameter("status") != null) {
                        response.setStatus(Integer.parseInt(request.getParameter("status")));
                    }
                    response.setContentLength(Integer.parseInt(request.getParameter("length")));
                    response.getOutputStream().print("0123456789");
                })
                .servlet("/goes-on-and-on", (request, response) -> {
                    response.setContentLength(5);
                    for (int i = 0; i < 100_000; i++) {
                        response.getOutputStream().write(Payload.ofSize(10));
                    }
                })
                .servlet("/fails-before", (request, response) -> {
                    throw new ServletException("before commit");
                })
                .servlet("/fails-after", (request, response) -> {
                    response.getOutputStream().print("partial");
                    response.flushBuffer();
                    throw new ServletException("after commit");
                })
                .servlet("/splitting", (request, response) -> {
                    response.setHeader("X-Split", "a\r\nSet-Cookie: evil=1\u0000b\tc");
                    response.addHeader("X-Wide", "\u010a\u010d\u0100");
                    response.addHeader("X-Name\r\nSet-Cookie", "evil=2");
                    response.addCookie(new Cookie("good", "1"));
                    response.setContentType("text/plain\r\nSet-Cookie: evil=3");
                    response.getOutputStream().print("body");
                })
                .servlet("/error", (request, response) -> response.sendError(418, "short and stout"))
                .servlet("/redirect", (request, response) -> response.sendRedirect("/hello"))
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Request get(String uri, String query) {
        return Request.get(uri).query(query);
    }

    /** A connection is good for another request only if the answer before it was framed well. */
    private static void assertStillInStep(AjpClient client) {
        assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        client.ping();
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 205, 304})
    void sendsNoBodyWithAStatusThatHasNone(int status) {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(get("/status", "is=" + status));

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).isEmpty();
            assertStillInStep(client);
        }
    }

    @Test
    void announcesNoBodyWithAStatusThatHasNone() {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(get("/announces", "length=10&status=205"));

            assertThat(answer.body()).isEmpty();
            assertThat(answer.head().values("Content-Length")).containsExactly("0");
            assertStillInStep(client);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 99, 100, 101, 103, 199, 1000, 65_736})
    void makesAnErrorOfAStatusThatEndsNoRequest(int status) {
        try (AjpClient client = server.connect()) {
            long before = server.refused(Refusal.RESPONSE_STATUS);
            Answer answer = client.exchange(get("/status", "is=" + status));

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.header("Content-Length")).contains(Integer.toString(answer.body().length));
            assertStillInStep(client);
            assertThat(server.refused(Refusal.RESPONSE_STATUS)).isEqualTo(before + 1);
        }
    }

    @Test
    void answersHeadAsGetButWithoutABody() {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.of("HEAD", "/size").query("announced&is=12345"));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Length")).contains("12345");
            assertThat(answer.all(Reply.Data.class)).isEmpty();
            assertStillInStep(client);
        }
    }

    @ParameterizedTest
    @CsvSource({"200, OK", "201, Created", "206, Partial Content", "301, Moved Permanently", "404, Not Found", "418, ",
            "429, Too Many Requests", "503, Service Unavailable", "299, ", "599, "})
    void sendsTheReasonThatHttpGivesAStatus(int status, String reason) {
        Answer answer = server.exchange(get("/status", "is=" + status));

        assertThat(answer.status()).isEqualTo(status);
        if (reason != null) {
            assertThat(answer.head().reason()).isEqualTo(reason);
        }
    }

    @Test
    void sendsErrorPagesAndRedirects() {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/error")).status()).isEqualTo(418);
            Answer redirect = client.exchange(Request.get("/redirect"));
            assertThat(redirect.status()).isEqualTo(302);
            assertThat(redirect.header("Location")).contains("/hello");
            assertStillInStep(client);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8183, 8184, 8185, 8186, 65_535, 65_536, 1_048_576})
    void carriesEverySizeWithAndWithoutAContentLength(int size) {
        try (AjpClient client = server.connect()) {
            Answer announced = client.exchange(get("/size", "announced&is=" + size));
            assertThat(announced.body()).isEqualTo(Payload.ofSize(size));
            assertThat(announced.header("Content-Length")).contains(Integer.toString(size));
            assertThat(client.exchange(get("/size", "is=" + size)).body()).isEqualTo(Payload.ofSize(size));
            assertStillInStep(client);
        }
    }

    // ------------------------------------------------------------------ Content-Length against what is written

    @Test
    void doesNotPassAResponseThatIsTooShortOffAsComplete() {
        Answer answer = server.exchange(get("/announces", "length=11"));

        assertThat(answer.text()).isEqualTo("0123456789");
        assertThat(answer.isEnded()).as("towards mod_proxy_ajp a bare close shows the cut").isFalse();
        assertThat(answer.endOfStream()).isTrue();
        assertThat(server.refused(Refusal.RESPONSE_TOO_SHORT)).isPositive();
    }

    @Test
    void endsAResponseThatIsTooShortForModJkWhichWouldRunTheRequestAgain() {
        Answer answer = server.exchange(get("/announces", "length=11").throughModJk());

        assertThat(answer.text()).isEqualTo("0123456789");
        assertThat(answer.reuse()).isFalse();
    }

    @Test
    void sendsNoMoreThanTheAnnouncedLength() {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(get("/announces", "length=9"));

            assertThat(answer.text()).isEqualTo("012345678");
            assertThat(server.refused(Refusal.RESPONSE_TOO_LONG)).isPositive();
            if (answer.reuse()) {
                assertStillInStep(client);
            }
        }
    }

    @Test
    void countsAResponseThatIsTooLongOnce() {
        long before = server.refused(Refusal.RESPONSE_TOO_LONG);
        assertThat(server.get("/goes-on-and-on").body()).hasSize(5);
        assertThat(server.refused(Refusal.RESPONSE_TOO_LONG)).isEqualTo(before + 1);
    }

    // ------------------------------------------------------------------ failures

    @Test
    void makesAFailureBeforeCommitAClean500() {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.get("/fails-before"));

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text()).contains("500");
            assertThat(answer.isEnded()).isTrue();
        }
    }

    @Test
    void endsAFailureAfterCommitWithABareClose() {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.get("/fails-after"));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("partial");
            assertThat(answer.isEnded()).isFalse();
            assertThat(answer.endOfStream()).isTrue();
        }
    }

    @Test
    void endsAFailureAfterCommitForModJkWithEndResponseAndAClose() {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.get("/fails-after").throughModJk());

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("partial");
            assertThat(answer.reuse()).isFalse();
            assertThat(client.awaitEnd()).as("an orderly end").isTrue();
        }
    }

    @Test
    void letsNoApplicationSplitAHeader() {
        Answer answer = server.get("/splitting");

        assertThat(answer.head().values("Set-Cookie")).containsExactly("good=1");
        assertThat(answer.head().headers()).allSatisfy(header -> {
            assertThat(header.name()).matches("[\\x20-\\x7e\\x80-\\xff]*");
            assertThat(header.value()).matches("[\\t\\x20-\\x7e\\x80-\\xff]*");
        });
        assertThat(answer.text()).isEqualTo("body");
    }

    @Test
    void fillsPacketsOf64KilobytesIfAllowed() {
        try (TestServer large = TestServer.with().attribute("packetSize", "65536")
                        .servlet("/large", (request, response) -> {
                            response.setHeader("X-Large", "x".repeat(60_000));
                            response.getOutputStream().write(Payload.ofSize(300_000));
                        }).start();
                AjpClient client = large.connect().packetSize(65_536)) {
            Answer answer = client.exchange(Request.get("/large"));

            assertThat(answer.header("X-Large")).get().asString().hasSize(60_000);
            assertThat(answer.body()).isEqualTo(Payload.ofSize(300_000));
            assertThat(answer.all(Reply.Data.class)).anySatisfy(data -> assertThat(data.bytes().length).isGreaterThan(60_000));
        }
    }

    @Test
    void nothingOfTheseTestsIsAnErrorOfTheConnector() {
        server.get("/hello");
        assertThat(server.log().complaints()).filteredOn(line -> line.contains("org.catwalk")).isEmpty();
    }
}
