package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.catalina.valves.AccessLogValve;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsOnTheWireTest extends Attack {

    private static final String SECRET = "correct horse battery staple";
    private static final String OTHER = "staple-battery-horse";

    @TempDir
    private static Path logs;

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("secretRequired", "true").attribute("secret", SECRET).attribute("secrets", OTHER)
                .servlet("/echo", (request, response) -> response.getOutputStream().write(request.getInputStream().readAllBytes()))
                .context(context -> {
                    AccessLogValve accessLog = new AccessLogValve();
                    accessLog.setDirectory(logs.toString());
                    accessLog.setPattern("%m %U %q %s %a %h %u %{Host}i %{User-Agent}i");
                    accessLog.setBuffered(false);
                    context.getParent().getPipeline().addValve(accessLog);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {SECRET, OTHER})
    void isAcceptedWhereverItStands(String secret) {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/hello").secret(secret)).text()).isEqualTo("hello");
            assertThat(client.exchange(Request.get("/hello").secret(secret).query("a=b").throughModJk()).text()).isEqualTo("hello");
            assertThat(client.exchange(Request.get("/hello").query("a=b").throughModJk().keySize(1).secret(secret)).text())
                    .isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c", "correct horse battery stapl", "correct horse battery staplE", "correct horse battery staple ",
            "correct horse battery staplee", "Correct horse battery staple", "correct horse battery staple,staple-battery-horse", "null"})
    void isRefusedIfItIsAnyOther(String secret) {
        assertThat(refusalOf(Request.get("/forbidden").secret(secret)).status()).isEqualTo(403);
    }

    @Test
    void isRefusedIfItIsMissingNullOrDuplicated() {
        long missing = server.refused(Refusal.SECRET_MISSING);
        long duplicated = server.refused(Refusal.SECRET_DUPLICATED);
        assertThat(refusalOf(Request.get("/forbidden")).status()).isEqualTo(403);
        assertThat(refusalOf(Request.get("/forbidden").secret(null)).status()).isEqualTo(403);
        for (String second : new String[] {SECRET, OTHER, "wrong", "", null}) {
            assertThat(refusalOf(Request.get("/forbidden").secret(SECRET).secret(second)).status()).isEqualTo(403);
            assertThat(refusalOf(Request.get("/forbidden").secret(second).query("a").secret(SECRET)).status()).isEqualTo(403);
        }
        assertThat(server.refused(Refusal.SECRET_MISSING)).isEqualTo(missing + 2);
        assertThat(server.refused(Refusal.SECRET_DUPLICATED)).isEqualTo(duplicated + 10);
    }

    @Test
    void isRefusedBetweenRightOnesToo() {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/hello").secret(SECRET)).text()).isEqualTo("hello");
            client.send(Request.get("/forbidden").secret("wrong"));
            assertThat(refusal(client).status()).isEqualTo(403);
        }
    }

    @Test
    void hasOneAttemptOnEachConnection() {
        try (AjpClient client = server.connect()) {
            client.send(Request.get("/forbidden").secret("wrong").packet(), Request.get("/forbidden").secret(SECRET).packet());
            assertThat(refusal(client).status()).isEqualTo(403);
        }
        try (AjpClient client = server.connect()) {
            client.send(Request.get("/forbidden").secret("wrong"));
            assertThat(client.answer().status()).isEqualTo(403);
            client.sendRegardless(Request.get("/forbidden").secret(SECRET).packet());
            assertThat(client.awaitEnd()).isTrue();
        }
    }

    @Test
    void isJudgedBeforeABodyIsWaitedFor() {
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/forbidden", 1_000_000).secret("wrong"));
            assertThat(refusal(client).status()).isEqualTo(403);
        }
        try (AjpClient client = server.connect()) {
            byte[] body = Payload.ofSize(100);
            assertThat(client.exchange(Request.post("/echo", 100).secret(SECRET), body).body()).isEqualTo(body);
        }
    }

    @Test
    void isJudgedBeforeAnythingElse() {
        // All that is wrong here is a matter for peers who have the secret; others do not even learn that it is wrong.
        Request wrong = Request.of("GE T", "no path\n").protocol("x").header("Host", "a b").header("Host", "c").header("Content-Length", "-1");

        assertThat(refusalOf(wrong.secret("wrong")).status()).isEqualTo(403);
    }

    @Test
    void aTrustedPeersBrokenRequestIsRefusedForWhatItIs() {
        assertThat(refusalOf(Request.get("/hello\n").secret(SECRET)).status()).isEqualTo(400);
    }

    @Test
    void isNeeededByNoPing() {
        try (AjpClient client = server.connect()) {
            client.ping();
            client.send(Request.cping());
            client.next(Reply.Cpong.class);
        }
    }

    @Test
    void standsInNoLog() throws IOException {
        server.log().clear();
        server.exchange(Request.get("/hello").secret(SECRET));
        server.exchange(Request.get("/hello").secret("guessed-wrong-secret"));
        server.exchange(Request.get("/hello").secret(SECRET).secret("second-secret"));
        server.exchange(Request.get("/hello\r").secret(SECRET));
        // The secret where a length lies, so that the packet cannot be read to its end: behind it stand a zero byte and the last code.
        String inBroken = "secret-in-broken-packet";
        byte[] broken = Request.get("/hello").secret(inBroken).payload();
        broken[broken.length - inBroken.length() - 3] = 0x7F;
        server.exchange(Request.get("/hello").secret(SECRET).requestAttribute("NOT_ALLOWED", "value-of-attribute"));
        try (AjpClient client = server.connect()) {
            long truncated = server.refused(Refusal.TRUNCATED);
            client.send(Request.packet(broken));
            assertThat(refusal(client).status()).isEqualTo(400);
            assertThat(server.refused(Refusal.TRUNCATED)).isEqualTo(truncated + 1);
        }
        StringBuilder all = new StringBuilder(String.join("\n", server.log().all()));
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
        }
        assertThat(all).contains("GET /hello").contains("403")
                .doesNotContain("correct horse", "guessed", "second-secret", "secret-in-broken", "value-of-attribute");
    }
}
