package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may stand in the fields of a request. The guard's own tests know every byte; these know that it guards the door. */
class FieldsOnTheWireTest extends Attack {

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("allowedRequestAttributesPattern", "MINE")
                .servlet("/echo/*", (request, response) -> response.getOutputStream().print(
                        request.getQueryString() + "|" + request.getHeader("X-Odd")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "", "ftp://host/hello", "http:///hello", "http://user@host/hello", "*", "http://ho st/", "?", "#", "hello/"})
    void maybeNoUriThatHttpDoesNotKnow(String uri) {
        long refusedBefore = server.refused(Refusal.BAD_URI);
        assertThat(refusalOf(Request.get(uri)).status()).as(uri).isEqualTo(400);
        assertThat(server.refused(Refusal.BAD_URI)).as(uri).isEqualTo(refusedBefore + 1);
    }

    @Test
    void maybeEverythingThatRealWebServersSend() {
        String query = "a=\"<>^{}|`\u00e4\u00ff&b=%zz";
        String odd = "tab\there, obs-text \u00e4\u00f6\u00fc";
        Answer answer = server.exchange(Request.get("/echo/\u00e4 b").query(query).header("X-Odd", odd)
                .remoteAddr("2001:db8::1%eth0").remoteHost(null).server("[2001:db8::2]", 443));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(query + "|" + odd);
    }

    // ------------------------------------------------------------------ what decides where a request goes and where it ends

    @Test
    void oneHostAtTheMost() {
        for (String second : List.of("www.example.test", "other.example.test", "")) {
            assertThat(refusalOf(Request.get("/forbidden").header("Host", second)).status()).isEqualTo(400);
            assertThat(refusalOf(Request.get("/forbidden").header("hOsT", second)).status()).isEqualTo(400);
        }
        assertThat(server.refused(Refusal.DUPLICATE_HOST)).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a,b", "a/b", "a@b", "a:b", "a:65536", "a:-1", "a:1:2", "[", "[::1", "::1", "[::1]x", "a\u00e4", ":80", "a#", "?"})
    void noHostThatIsNone(String host) {
        Answer answer = refusalOf(Request.of("GET", "/forbidden").header("Host", host));
        assertThat(answer.status()).as(host).isEqualTo(400);
    }

    @Test
    void oneContentLengthAtTheMost() {
        for (String second : List.of("0", "10", "")) {
            assertThat(refusalOf(Request.post("/forbidden", 0).header("Content-Length", second)).status()).isEqualTo(400);
            assertThat(refusalOf(Request.post("/forbidden", 0).header("content-length", second)).status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "+1", "-1", "-0", "1 ", " 1", "0x10", "1e3", "1.0", "1,1", "1;", "9223372036854775808", "18446744073709551616",
            "99999999999999999999", "\u0661", "chunked"})
    void noContentLengthThatIsNoNumber(String length) {
        assertThat(refusalOf(Request.of("POST", "/forbidden").header("Content-Length", length)).status()).as(length).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"identity", "gzip", "'chunked, chunked'", "'gzip, chunked'", "xchunked", "''", "' chunked'"})
    void noTransferEncodingButOne(String encoding) {
        assertThat(refusalOf(Request.of("POST", "/forbidden").header("Transfer-Encoding", encoding)).status()).isEqualTo(400);
    }

    @Test
    void noTransferEncodingBesideAContentLengthNorTwice() {
        assertThat(refusalOf(Request.postChunked("/forbidden").header("Content-Length", "0")).status()).isEqualTo(400);
        assertThat(refusalOf(Request.post("/forbidden", 0).header("Transfer-Encoding", "chunked")).status()).isEqualTo(400);
        assertThat(refusalOf(Request.postChunked("/forbidden").header("Transfer-Encoding", "chunked")).status()).isEqualTo(400);
    }

    @Test
    void noMoreHeadersThanAllowed() {
        Request request = Request.of("GET", "/hello");
        for (int i = 0; i < 100; i++) {
            request.header("X-" + i, "value");
        }
        assertThat(server.exchange(request).status()).isEqualTo(200);
        assertThat(refusalOf(request.header("X-One-More", "value")).status()).isEqualTo(400);
        assertThat(server.refused(Refusal.TOO_MANY_HEADERS)).isOne();
    }

    @Test
    void noAttributeThatIsNotAllowed() {
        assertThat(refusalOf(Request.get("/forbidden").requestAttribute("javax.servlet.include.request_uri", "/x")).status()).isEqualTo(403);
        assertThat(refusalOf(Request.get("/forbidden").requestAttribute("XMINE", "x")).status()).isEqualTo(403);
        assertThat(server.exchange(Request.get("/hello").requestAttribute("MINE", "x")).status()).isEqualTo(200);
    }

    @Test
    void aHeadIsRefusedWithoutABody() {
        Answer answer = refusalOf(Request.of("HEAD", "/forbidden").header("Host", "a b"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.all(Reply.Data.class)).isEmpty();
    }
}
