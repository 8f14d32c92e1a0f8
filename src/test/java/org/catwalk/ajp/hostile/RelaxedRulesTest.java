package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.catwalk.ajp.config.GrammarRule;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.RequestAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code strict} with one rule switched off: what that rule is about gets in, and nothing else does. */
class RelaxedRulesTest {

    private static final String SECRET = "open sesame";

    /**
     * A request that one rule refuses.
     *
     * @param rule null for what no word in {@code strict} lets in
     */
    private record Offence(String name, GrammarRule rule, Refusal reason, byte[] packet) {
    }

    private static Offence offence(String name, GrammarRule rule, Refusal reason, Request request) {
        return new Offence(name, rule, reason, request.secret(SECRET).packet());
    }

    private static Request get() {
        return Request.get("/x");
    }

    private static Request withoutHost() {
        return Request.of("GET", "/x");
    }

    private static List<Offence> offences() {
        List<Offence> all = new ArrayList<>();
        all.add(offence("a method that is no token", GrammarRule.METHOD, Refusal.BAD_METHOD, Request.of("G T\n", "/x").header("Host", "a")));
        all.add(offence("a method as code and as name", GrammarRule.METHOD, Refusal.BAD_METHOD,
                get().attribute(RequestAttributes.STORED_METHOD, "DELETE")));
        all.add(offence("a control character in the URI", GrammarRule.URI, Refusal.BAD_URI, Request.get("/x\n")));
        all.add(offence("* without OPTIONS", GrammarRule.URI, Refusal.BAD_URI, Request.get("*")));
        all.add(offence("a URI without a slash", GrammarRule.URI, Refusal.BAD_URI, Request.get("no-path")));
        all.add(offence("a control character in the query", GrammarRule.QUERY, Refusal.BAD_QUERY, get().query("a\r\nb\0")));
        all.add(offence("an unknown protocol", GrammarRule.PROTOCOL, Refusal.BAD_PROTOCOL, get().protocol("SPDY/\n")));
        all.add(offence("a header name that is no token", GrammarRule.HEADER_NAME, Refusal.BAD_HEADER_NAME, get().header("X Y\n", "z")));
        all.add(offence("an empty header name", GrammarRule.HEADER_NAME, Refusal.BAD_HEADER_NAME, get().header("", "z")));
        all.add(offence("a control character in a header", GrammarRule.HEADER_VALUE, Refusal.BAD_HEADER_VALUE, get().header("X", "a\r\nb\0")));
        all.add(offence("a second Host", GrammarRule.HOST, Refusal.DUPLICATE_HOST, get().header("Host", "www.example.test")));
        all.add(offence("the same Content-Length twice", GrammarRule.CONTENT_LENGTH, Refusal.DUPLICATE_CONTENT_LENGTH,
                get().header("Content-Length", "0").header("Content-Length", "0")));
        all.add(offence("an unknown Transfer-Encoding", GrammarRule.TRANSFER_ENCODING, Refusal.TRANSFER_ENCODING,
                get().header("Transfer-Encoding", "gzip")));
        all.add(offence("two Transfer-Encodings", GrammarRule.TRANSFER_ENCODING, Refusal.TRANSFER_ENCODING,
                get().header("Transfer-Encoding", "chunked").header("Transfer-Encoding", "chunked")));
        all.add(offence("Transfer-Encoding and Content-Length", GrammarRule.TRANSFER_ENCODING, Refusal.TRANSFER_ENCODING,
                get().header("Transfer-Encoding", "chunked").header("Content-Length", "0")));
        all.add(offence("a remote address that is none", GrammarRule.ADDRESS, Refusal.BAD_ADDRESS, get().remoteAddr("a\"b\n")));
        all.add(offence("a remote port that is none", GrammarRule.ADDRESS, Refusal.BAD_ADDRESS, get().requestAttribute("AJP_REMOTE_PORT", "x")));
        all.add(offence("a certificate that is none", GrammarRule.CERTIFICATE, Refusal.BAD_CERTIFICATE,
                get().attribute(RequestAttributes.SSL_CERT, "none")));
        all.add(offence("a key size that is none", GrammarRule.CERTIFICATE, Refusal.BAD_KEY_SIZE,
                get().requestAttribute("javax.servlet.request.key_size", "many")));
        all.add(offence("a control character in an attribute", GrammarRule.ATTRIBUTE, Refusal.BAD_ATTRIBUTE,
                get().attribute(RequestAttributes.REMOTE_USER, "a\nb")));
        all.add(offence("an attribute twice", GrammarRule.ATTRIBUTE, Refusal.BAD_ATTRIBUTE,
                get().attribute(RequestAttributes.JVM_ROUTE, "a").attribute(RequestAttributes.JVM_ROUTE, "b")));

        all.add(offence("a Host that Tomcat does not take", null, Refusal.BAD_HOST, withoutHost().header("Host", "a/b")));
        all.add(offence("an empty method", null, Refusal.BAD_METHOD, Request.of("", "/x").header("Host", "a")));
        all.add(offence("two Content-Lengths", null, Refusal.DUPLICATE_CONTENT_LENGTH,
                get().header("Content-Length", "0").header("Content-Length", "1")));
        all.add(offence("a Content-Length that is no number", null, Refusal.BAD_CONTENT_LENGTH, get().header("Content-Length", "+1")));
        all.add(offence("a Content-Length beyond all numbers", null, Refusal.BAD_CONTENT_LENGTH,
                get().header("Content-Length", "9223372036854775808")));
        all.add(offence("an attribute that is not allowed", null, Refusal.ATTRIBUTE_NOT_ALLOWED, get().requestAttribute("evil", "x")));
        all.add(offence("two secrets", null, Refusal.SECRET_DUPLICATED, get().secret(SECRET)));
        all.add(new Offence("no secret", null, Refusal.SECRET_MISSING, get().packet()));
        all.add(new Offence("a wrong secret", null, Refusal.SECRET_WRONG, get().secret("wrong").packet()));
        all.add(offence("an unknown method code", null, Refusal.UNKNOWN_METHOD_CODE, get().methodCode(99)));
        all.add(offence("no URI", null, Refusal.NULL_STRING, Request.get(null)));
        byte[] payload = get().secret(SECRET).payload();
        all.add(new Offence("bytes behind the end", null, Refusal.TRAILING_BYTES, Request.packet(Arrays.copyOf(payload, payload.length + 1))));
        all.add(new Offence("no end", null, Refusal.TRUNCATED, Request.packet(Arrays.copyOf(payload, payload.length - 1))));
        return all;
    }

    private final BlockingQueue<Integer> delivered = new LinkedBlockingQueue<>();

    private TestServer without(GrammarRule rule) {
        return TestServer.with().attribute("secretRequired", "true").attribute("secret", SECRET).attribute("strict", "all,-" + rule.text())
                .servlet("/*", (request, response) -> delivered.add(request.getInputStream().readAllBytes().length)).start();
    }

    @Test
    void eachHasAnOffence() {
        assertThat(offences()).extracting(Offence::rule).contains(GrammarRule.values());
    }

    @ParameterizedTest
    @EnumSource
    void letInWhatTheyAreAboutAndNothingElse(GrammarRule rule) {
        try (TestServer server = without(rule)) {
            for (Offence offence : offences()) {
                long refused = server.refused(offence.reason);
                long all = server.counters().refused();
                try (AjpClient client = server.connect()) {
                    if (offence.rule == rule) {
                        client.send(offence.packet);
                        client.answer(new byte[0], 0, true);
                        assertThat(server.counters().refused()).as(offence.name).isEqualTo(all);
                    } else {
                        client.send(offence.packet, get().secret(SECRET).packet());
                        assertThat(Attack.refusal(client).status()).as(offence.name).isEqualTo(offence.reason.status());
                        assertThat(server.refused(offence.reason)).as(offence.name).isEqualTo(refused + 1);
                        assertThat(server.counters().refused()).as(offence.name).isEqualTo(all + 1);
                        assertThat(delivered).as(offence.name).isEmpty();
                    }
                }
                delivered.clear();
            }
            server.awaitQuiet();
            assertThat(server.log().complaints()).filteredOn(line -> line.contains("org.catwalk")).isEmpty();
        }
    }

    /** Whatever is let in, where a body ends and the next request begins stays beyond doubt. */
    @Test
    void leaveTheEndOfABodyBeyondDoubt() {
        byte[] hidden = get().secret(SECRET).payload();
        try (TestServer server = without(GrammarRule.TRANSFER_ENCODING); AjpClient client = server.connect()) {
            Request both = Request.post("/x", hidden.length).header("Transfer-Encoding", "chunked").secret(SECRET);
            client.send(both.packet(), Request.bodyChunk(hidden));
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(delivered.remove()).isEqualTo(hidden.length);
            client.send(get().secret(SECRET));
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(delivered.remove()).isZero();
            Request odd = Request.of("POST", "/x").header("Host", "a").header("Transfer-Encoding", "gzip, chunked").secret(SECRET);
            Answer answer = client.exchangeChunked(odd, hidden);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(delivered.remove()).isEqualTo(hidden.length);
            client.ping();
        }
    }

    /** A relaxed rule is no way round the limits of HTTP responses: what is reflected is still cleaned. */
    @Test
    void leaveResponsesClean() {
        try (TestServer server = TestServer.with().attribute("strict", "all,-header-value")
                        .servlet("/*", (request, response) -> response.setHeader("X-Reflected", request.getHeader("X"))).start();
                AjpClient client = server.connect()) {
            Answer answer = client.exchange(get().header("X", "a\r\nSet-Cookie: b\0"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("X-Reflected").orElseThrow()).doesNotContain("\r", "\n", "\0");
            assertThat(answer.header("Set-Cookie")).isEmpty();
        }
    }
}
