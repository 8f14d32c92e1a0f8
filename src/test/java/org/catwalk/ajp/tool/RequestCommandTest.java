package org.catwalk.ajp.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestCommandTest {

    private static final String SECRET = "not-for-everybody";

    @TempDir
    private Path directory;

    @Test
    void writesTheBodyAndNothingElse() throws IOException {
        try (TestServer server = hello()) {
            Path output = directory.resolve("body");
            Invocation request = Invocation.of("request", "-o", output.toString(), at(server), "/hello?name=value");

            assertThat(request).isEqualTo(new Invocation(0, "", ""));
            assertThat(output).hasContent("GET /hello name=value null");
            assertThat(standardOutputOf("request", at(server), "/hello")).isEqualTo("GET /hello null null");
        }
    }

    @Test
    void sendsMethodHeadersAttributesAndBody() throws IOException {
        Path data = Files.writeString(directory.resolve("data"), "x".repeat(20_000));
        try (TestServer server = TestServer.with().attribute("tomcatAuthentication", "false").servlet("/*", (request, response) ->
                response.getWriter().print(request.getMethod() + " " + request.getInputStream().readAllBytes().length + " "
                        + request.getHeader("X-Test") + " " + request.getRemoteUser() + " " + request.getRemotePort() + " "
                        + request.isSecure() + " " + request.getRemoteAddr())).start()) {
            assertThat(standardOutputOf("request", "-d", data.toString(), "-H", "X-Test: one", "-A", "remote_user=alice", "-A",
                    "AJP_REMOTE_PORT=40000", "--tls", "--remote-addr", "192.0.2.7", at(server), "/"))
                    .isEqualTo("POST 20000 one alice 40000 true 192.0.2.7");
            assertThat(standardOutputOf("request", "-X", "BREW", at(server), "/")).startsWith("BREW 0 ");
        }
    }

    @Test
    void showsTheHeadIfTold() {
        try (TestServer server = hello()) {
            Invocation request = Invocation.of("request", "-i", "-o", directory.resolve("body").toString(), at(server), "/hello");

            assertThat(request.lines()).first().isEqualTo("200 OK");
            assertThat(request.out()).contains("X-Hello: yes");
        }
    }

    @Test
    void answersABadStatusWithExitCodeAndLine() {
        try (TestServer server = TestServer.with().servlet("/*", (request, response) -> response.sendError(404)).start()) {
            Invocation request = Invocation.of("request", "-o", directory.resolve("body").toString(), at(server), "/gone");

            assertThat(request.exitCode()).isEqualTo(1);
            assertThat(request.err().lines()).containsExactly("catwalk-ajp request: the answer is 404 Not Found");
        }
    }

    @Test
    void takesTheSecretFromAFileOrSaysThatOneMayBeWanted() throws IOException {
        Path file = Files.writeString(directory.resolve("ajp.secret"), "# ours\n" + SECRET + "\n");
        try (TestServer server = TestServer.with().attribute("secret", SECRET).attribute("secretRequired", "true")
                .servlet("/*", (request, response) -> response.getWriter().print("in")).start()) {
            assertThat(standardOutputOf("request", "--secret-file", file.toString(), at(server), "/")).isEqualTo("in");

            Invocation without = Invocation.of("request", "-o", directory.resolve("body").toString(), at(server), "/");
            assertThat(without.exitCode()).isEqualTo(1);
            assertThat(without.err()).contains("the answer is 403", "give --secret-file or --secret-env");
        }
    }

    @Test
    void showsPacketsWithoutTheSecret() throws IOException {
        Path file = Files.writeString(directory.resolve("ajp.secret"), SECRET);
        try (TestServer server = TestServer.with().attribute("secret", SECRET).attribute("secretRequired", "true")
                .servlet("/*", (request, response) -> response.getWriter().print("in")).start()) {
            Invocation request = Invocation.of(
                    "request", "-v", "-o", directory.resolve("body").toString(), "--secret-file", file.toString(), at(server), "/");

            assertThat(request.err()).contains("-> FORWARD_REQUEST GET / HTTP/1.1", "attribute secret: *** (masked)", "<- SEND_HEADERS 200 OK",
                    "<- SEND_BODY_CHUNK 2 bytes", "<- END_RESPONSE reuse the connection").doesNotContain(SECRET);
        }
    }

    @Test
    void takesNoSecretOnTheCommandLine() {
        Invocation request = Invocation.of("request", "-A", "secret=" + SECRET, "127.0.0.1:" + FakeContainer.closedPort(), "/");

        assertThat(request.exitCode()).isEqualTo(2);
        assertThat(request.err()).contains("use --secret-file or --secret-env").doesNotContain(SECRET);
    }

    @Test
    void saysWhichVariableOrFileHoldsNoSecret() {
        assertThat(Invocation.of("request", "--secret-env", "CATWALK_NO_SUCH_VARIABLE", "127.0.0.1", "/"))
                .isEqualTo(new Invocation(2, "", "catwalk-ajp request: The environment variable CATWALK_NO_SUCH_VARIABLE is not set, or empty:"
                        + " it has to hold the secret" + System.lineSeparator()));
        assertThat(Invocation.of("request", "--secret-file", "no-such-file", "127.0.0.1", "/").err())
                .startsWith("catwalk-ajp request: No such file: no-such-file");
    }

    @Test
    void saysThatTheRequestNeedsALargerPacket() {
        try (TestServer server = TestServer.with().attribute("packetSize", "65536")
                .servlet("/*", (request, response) -> response.getWriter().print(request.getHeader("X-Long").length())).start()) {
            String header = "X-Long: " + "x".repeat(20_000);
            Invocation small = Invocation.of("request", "-H", header, at(server), "/");
            assertThat(small.exitCode()).isEqualTo(2);
            assertThat(small.err()).contains("does not fit into one packet of 8192 bytes");

            assertThat(standardOutputOf("request", "--packet-size", "65536", "-H", header, at(server), "/")).isEqualTo("20000");
        }
    }

    @Test
    void tellsClosedFromCut() {
        byte[] head = {'A', 'B', 0, 8, 4, 0, (byte) 200, 0, 0, 0, 0, 0};
        try (FakeContainer closes = new FakeContainer(socket -> socket.getInputStream().read(new byte[8192]));
                FakeContainer cuts = new FakeContainer(socket -> {
                    socket.getInputStream().read(new byte[8192]);
                    socket.getOutputStream().write(head);
                })) {
            Invocation closed = Invocation.of("request", closes.address(), "/");
            assertThat(closed.exitCode()).isEqualTo(3);
            assertThat(closed.err()).contains("closed the connection before it answered");

            Invocation cut = Invocation.of("request", cuts.address(), "/");
            assertThat(cut.exitCode()).isEqualTo(3);
            assertThat(cut.err()).contains("closed the connection in the middle of its answer");
        }
    }

    private static TestServer hello() {
        return TestServer.with().servlet("/*", (request, response) -> {
            response.setHeader("X-Hello", "yes");
            response.getWriter().print(request.getMethod() + " " + request.getRequestURI() + " " + request.getQueryString() + " "
                    + request.getHeader("X-Test"));
        }).start();
    }

    private static String at(TestServer server) {
        return "127.0.0.1:" + server.port();
    }

    private static String standardOutputOf(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Invocation invocation = Invocation.of(arguments);
            assertThat(invocation.err()).isEmpty();
            assertThat(invocation.exitCode()).isZero();
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
