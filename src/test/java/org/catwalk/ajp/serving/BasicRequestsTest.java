package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import javax.servlet.http.HttpServletRequest;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.RequestAttributes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BasicRequestsTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.with()
                .attribute("enableLookups", "true")
                .attribute("allowedRequestAttributesPattern", "MY_.*")
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/empty", (request, response) -> { })
                .servlet("/echo/*", (request, response) -> {
                    response.setContentType("application/octet-stream");
                    response.getOutputStream().write(request.getInputStream().readAllBytes());
                })
                .servlet("/describe/*", (request, response) -> response.getOutputStream().print(description(request)))
                .servlet("/parameters", (request, response) -> response.getOutputStream().print(request.getParameter("name")))
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String description(HttpServletRequest request) throws IOException {
        List<String> lines = List.of(
                "method=" + request.getMethod(),
                "uri=" + request.getRequestURI(),
                "query=" + request.getQueryString(),
                "protocol=" + request.getProtocol(),
                "scheme=" + request.getScheme(),
                "secure=" + request.isSecure(),
                "server=" + request.getServerName() + ":" + request.getServerPort(),
                "local=" + request.getLocalAddr() + "/" + request.getLocalName() + ":" + request.getLocalPort(),
                "remote=" + request.getRemoteAddr() + "/" + request.getRemoteHost() + ":" + request.getRemotePort(),
                "tls=" + request.getAttribute("javax.servlet.request.cipher_suite") + ","
                        + request.getAttribute("javax.servlet.request.key_size") + ","
                        + request.getAttribute("javax.servlet.request.ssl_session_id"),
                "mine=" + request.getAttribute("MY_VARIABLE"),
                "headers=" + Collections.list(request.getHeaderNames()).stream()
                        .map(name -> name + ":" + Collections.list(request.getHeaders(name))).collect(Collectors.joining(";")));
        return String.join("\n", lines);
    }

    @Test
    void answersAGet() {
        Answer answer = server.get("/hello");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.head().reason()).isEqualTo("OK");
        assertThat(answer.text()).isEqualTo("hello");
        assertThat(answer.header("Content-Length")).contains("5");
        assertThat(answer.reuse()).isTrue();
    }

    @Test
    void answersOneRequestAfterAnotherOnOneConnection() {
        try (AjpClient client = server.connect()) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
                assertThat(client.exchange(Request.get("/empty")).body()).isEmpty();
                assertThat(client.exchange(Request.get("/nowhere")).status()).isEqualTo(404);
                client.ping();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 8183, 8184, 8185, 8186, 8187, 8188, 65_536, 1_048_576})
    void takesABodyWithAContentLength(int size) {
        byte[] body = Payload.ofSize(size);
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.post("/echo", size), body);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(body);
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8186, 8187, 65_536, 1_048_576})
    void takesABodyOfUnknownLength(int size) {
        byte[] body = Payload.ofSize(size);
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchangeChunked(Request.postChunked("/echo"), body);

            assertThat(answer.body()).isEqualTo(body);
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void takesModProxyAjpsEndOfABody() {
        try (AjpClient client = server.connect()) {
            client.send(Request.postChunked("/echo"));
            client.next(Reply.Ask.class);
            client.send(Request.bodyChunk("some".getBytes()));
            client.next(Reply.Ask.class);
            client.send(Request.packet(new byte[] {0, 0}));

            assertThat(client.answer().text()).isEqualTo("some");
        }
    }

    @Test
    void neverAsksForBodyDataBehindItsEnd() {
        // mod_proxy_ajp takes that for a failure of the backend. The client of these tests does too.
        byte[] body = Payload.ofSize(3 * 8186);
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.post("/echo", body.length), body);

            assertThat(answer.all(Reply.Ask.class)).hasSize(2);
        }
    }

    @Test
    void asksForNoMoreThanOnePacketOrWhatIsLeft() {
        byte[] body = Payload.ofSize(8186 + 100);
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.post("/echo", body.length), body).all(Reply.Ask.class))
                    .containsExactly(new Reply.Ask(100));
        }
    }

    @Test
    void takesFormParameters() {
        byte[] body = "name=value1".getBytes();
        try (AjpClient client = server.connect()) {
            Request request = Request.post("/parameters", body.length).header("Content-Type", "application/x-www-form-urlencoded");

            assertThat(client.exchange(request, body).text()).isEqualTo("value1");
        }
    }

    @Test
    void handsOnAllFields() {
        Answer answer = server.exchange(Request.of("PROPFIND", "/describe/a%20b")
                .protocol("HTTP/1.0")
                .remoteAddr("203.0.113.9")
                .remoteHost("client.example.test")
                .server("front.example.test", 8443)
                .secure()
                .header("Host", "www.example.test:444")
                .header("Accept", "*/*")
                .header("X-Twice", "one")
                .header("X-Twice", "two")
                .query("a=b&c=%20")
                .keySize(256)
                .attribute(RequestAttributes.SSL_CIPHER, "TLS_AES_256_GCM_SHA384")
                .attribute(RequestAttributes.SSL_SESSION, "abcdef")
                .requestAttribute("AJP_REMOTE_PORT", "54321")
                .requestAttribute("AJP_LOCAL_ADDR", "192.0.2.1")
                .requestAttribute("MY_VARIABLE", "my value"));

        assertThat(answer.text().lines()).contains(
                "method=PROPFIND",
                "uri=/describe/a%20b",
                "query=a=b&c=%20",
                "protocol=HTTP/1.0",
                "scheme=https",
                "server=www.example.test:444",
                "local=192.0.2.1/front.example.test:8443",
                "remote=203.0.113.9/client.example.test:54321",
                "tls=TLS_AES_256_GCM_SHA384,256,abcdef",
                "mine=my value",
                "headers=host:[www.example.test:444];accept:[*/*];X-Twice:[one, two]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS", "GET", "PUT", "DELETE", "TRACE", "PROPFIND", "LOCK", "MKACTIVITY", "PATCH", "brew-coffee", "get"})
    void handsOnEveryMethodByCodeOrByName(String method) {
        server.connector().setAllowTrace(true);

        assertThat(server.exchange(Request.of(method, "/describe")).text().lines()).contains("method=" + method);
    }

    @Test
    void takesAnAbsoluteUriForHostAndPath() {
        Answer answer = server.exchange(Request.of("GET", "http://other.example.test:81/describe").header("Host", "www.example.test"));

        assertThat(answer.text().lines()).contains("uri=/describe", "server=other.example.test:81");
    }

    @Test
    void fallsBackToTheServersNameAndPortWithoutAHost() {
        Answer answer = server.exchange(Request.of("GET", "/describe").server("front.example.test", 8080));

        assertThat(answer.text().lines()).contains("server=front.example.test:8080");
    }

    @Test
    void repliesTheSameWhateverPiecesTheRequestComesIn() {
        byte[] body = Payload.ofSize(300);
        byte[] request = Request.join(Request.post("/echo", body.length).packet(), Request.bodyChunk(body), Request.get("/hello").packet());
        for (int cut = 1; cut < request.length; cut += 7) {
            try (AjpClient client = server.connect()) {
                client.send(Arrays.copyOf(request, cut)).send(Arrays.copyOfRange(request, cut, request.length));

                assertThat(client.answer().body()).isEqualTo(body);
                assertThat(client.answer().text()).isEqualTo("hello");
            }
        }
    }
}
