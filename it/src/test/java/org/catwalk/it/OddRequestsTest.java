package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.GuardBed;
import org.catwalk.it.harness.GuardMount;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;

/**
 * What httpd lets pass is served, odd as it may be, and arrives as it was sent; what must not pass is refused in one line. See
 * {@link PathsTest} and {@link MethodsTest} for more of the former.
 */
@Scenarios
class OddRequestsTest {

    private final GuardBed bed;

    OddRequestsTest(GuardBed bed) {
        this.bed = bed;
    }

    // ---- what is served

    @EachFrontEnd
    void passesOddQueriesOn(FrontEnd frontEnd) throws Exception {
        String query = "q=\"<>^{}|`\\~&\u00e4\u00ff=[]";
        for (GuardMount mount : new GuardMount[] {GuardMount.ODD_LATIN1, GuardMount.ODD_LATIN1_CANONICAL}) {
            Fields seen = served(frontEnd, mount, "GET /app/echo?" + query + " HTTP/1.1", "Host: localhost");
            assertThat(seen.get("queryString")).as(mount.toString()).isEqualTo(query);
        }
    }

    @EachFrontEnd
    void passesHighBytesAndSpacesInPathsOn(FrontEnd frontEnd) throws Exception {
        String rawUtf8 = new String("\u00e4\u20ac".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        for (GuardMount mount : new GuardMount[] {GuardMount.ODD, GuardMount.ODD_CANONICAL}) {
            assertThat(pathInfo(frontEnd, mount, rawUtf8)).as(mount.toString()).isEqualTo("\u00e4\u20ac");
            assertThat(pathInfo(frontEnd, mount, "%C3%A4%E2%82%AC")).as(mount.toString()).isEqualTo("\u00e4\u20ac");
            assertThat(pathInfo(frontEnd, mount, "%20%22%3C%3E%5E%7B%7D%7C")).as(mount.toString()).isEqualTo(" \"<>^{}|");
            assertThat(pathInfo(frontEnd, mount, "a+b\"<>^{}|`")).as(mount.toString()).isEqualTo("a+b\"<>^{}|`");
        }
        for (GuardMount mount : new GuardMount[] {GuardMount.ODD_LATIN1, GuardMount.ODD_LATIN1_CANONICAL}) {
            assertThat(pathInfo(frontEnd, mount, "\u00e4\u00ff\u0080")).as(mount.toString()).isEqualTo("\u00e4\u00ff\u0080");
            assertThat(pathInfo(frontEnd, mount, "%E4%FF")).as(mount.toString()).isEqualTo("\u00e4\u00ff");
        }
    }

    private String pathInfo(FrontEnd frontEnd, GuardMount mount, String lastSegment) throws Exception {
        return served(frontEnd, mount, "GET /app/echo/" + lastSegment + " HTTP/1.1", "Host: localhost").get("pathInfo").substring(1);
    }

    @EachFrontEnd
    void passesTabsHighBytesAndEmptyHeaderValuesOn(FrontEnd frontEnd) throws Exception {
        Fields seen = served(frontEnd, GuardMount.ODD, "GET /app/echo HTTP/1.1", "Host: localhost", "X-Tab: a\tb\u00e4\u0080\u00ff",
                "X-Empty:", "X-Quoted: \"a\\\"<>\" (;,=@)", "X-Folded: a\r\n b", "!#$%&'*+-.^_`|~: odd name");
        assertThat(seen.get("header.x-tab")).isEqualTo("a\tb\u00e4\u0080\u00ff");
        assertThat(seen.get("header.x-empty")).isEmpty();
        assertThat(seen.get("header.x-quoted")).isEqualTo("\"a\\\"<>\" (;,=@)");
        assertThat(seen.get("header.x-folded")).isEqualTo("a b");
        assertThat(seen.get("header.!#$%&'*+-.^_`|~")).isEqualTo("odd name");
    }

    @EachFrontEnd
    void takesAbsoluteTargetsWhoseHostWins(FrontEnd frontEnd) throws Exception {
        for (GuardMount mount : new GuardMount[] {GuardMount.ODD, GuardMount.ODD_CANONICAL}) {
            Fields seen = served(frontEnd, mount, "GET http://other.example:81/app/echo/x?y HTTP/1.1", "Host: localhost");
            assertThat(seen.get("serverName")).isEqualTo("other.example");
            assertThat(seen.get("serverPort")).isEqualTo("81");
            assertThat(seen.get("pathInfo")).isEqualTo("/x");
            assertThat(seen.get("queryString")).isEqualTo("y");
        }
    }

    @EachFrontEnd
    void takesOldRequestsWithAnEmptyHostOrNone(FrontEnd frontEnd) throws Exception {
        Fields none = served(frontEnd, GuardMount.ODD, "GET /app/echo HTTP/1.0");
        assertThat(none.get("protocol")).isEqualTo("HTTP/1.0");
        assertThat(none.get("serverName")).isEqualTo("localhost");
        Fields empty = served(frontEnd, GuardMount.ODD_UNSAFE, "GET /app/echo HTTP/1.0", "Host:");
        assertThat(empty.get("header.host")).isEmpty();
        Fields withoutPort = served(frontEnd, GuardMount.ODD_UNSAFE, "GET /app/echo HTTP/1.1", "Host: LocalHost.:");
        assertThat(withoutPort.get("serverName")).isEqualTo("LocalHost.");
    }

    @EachFrontEnd
    void takesRequestsOfHttp09(FrontEnd frontEnd) throws Exception {
        try (RawConnection connection = RawConnection.to(bed.at(frontEnd, GuardMount.ODD_UNSAFE, ""))) {
            byte[] body = connection.send("GET /app/echo\r\n").readAllWithin(Duration.ofSeconds(10));
            assertThat(Fields.parse(new String(body, StandardCharsets.US_ASCII)).get("method")).isEqualTo("GET");
        }
    }

    @EachFrontEnd
    void knowsIpv6ClientsAndHosts(FrontEnd frontEnd) throws Exception {
        Fields named = served(frontEnd, GuardMount.ODD, "GET /app/echo HTTP/1.1", "Host: [2001:db8::7]:99");
        assertThat(named.get("serverName")).isEqualTo("[2001:db8::7]");
        assertThat(named.get("serverPort")).isEqualTo("99");
        assumeThat(bed.has(GuardMount.ODD_IPV6)).as("::1 on this machine").isTrue();
        Fields seen = served(frontEnd, GuardMount.ODD_IPV6, "GET /app/echo HTTP/1.1", "Host: [::1]");
        assertThat(seen.get("remoteAddr")).isEqualTo("::1");
        assertThat(seen.get("localAddr")).isEqualTo("::1");
        assertThat(seen.get("serverName")).isEqualTo("[::1]");
    }

    @EachFrontEnd
    void takesLowerCaseAndLongMethods(FrontEnd frontEnd) throws Exception {
        for (String method : new String[] {"get", "pRoPfInD", "A".repeat(300), "!#$%&'*+-.^_`|~"}) {
            assertThat(served(frontEnd, GuardMount.ODD, method + " /app/echo HTTP/1.1", "Host: localhost").get("method")).isEqualTo(method);
        }
    }

    @EachFrontEnd
    void isNotDisturbedByOptionsForTheWholeServer(FrontEnd frontEnd) throws Exception {
        // Answered by httpd itself.
        assertThat(reply(frontEnd, GuardMount.ODD, "OPTIONS * HTTP/1.1", "Host: localhost").status()).isEqualTo(200);
        served(frontEnd, GuardMount.ODD, "OPTIONS /app/echo HTTP/1.1", "Host: localhost");
    }

    @EachFrontEnd
    void takesAsManyHeadersAsItIsTold(FrontEnd frontEnd) throws Exception {
        // A browser's 97 and what httpd, mod_jk and their friends add.
        served(frontEnd, GuardMount.ODD, "GET /app/echo HTTP/1.1", hostAnd(96));
        assertThat(served(frontEnd, GuardMount.ODD, "POST /app/echo HTTP/1.1", hostAnd(98, "Content-Length: 0")).get("header.x-97"))
                .isEqualTo("v");
    }

    // ---- what is refused

    @EachFrontEnd
    @UnlikeStock(Difference.REFUSAL_LOG)
    void refusesOneHeaderTooMany(FrontEnd frontEnd) throws Exception {
        RefusalLines log = RefusalLines.from(bed);
        for (int i = 0; i < 3; i++) {
            assertRefused(reply(frontEnd, GuardMount.ODD_LOGGED, "POST /app/echo HTTP/1.1", hostAnd(99, "Content-Length: 0")));
            served(frontEnd, GuardMount.ODD_LOGGED, "POST /app/echo HTTP/1.1", hostAnd(98, "Content-Length: 0"));
        }
        assertThat(log.only("TOO_MANY_HEADERS")).contains("101 headers", "maxHeaderCount", "is 100", "LimitRequestFields");
    }

    /** Without Connection, which mod_proxy_ajp does not forward, and with a Content-Length, which mod_jk adds where there is none. */
    private static String[] hostAnd(int count, String... more) {
        String[] headers = new String[1 + count + more.length];
        headers[0] = "Host: localhost";
        for (int i = 0; i < count; i++) {
            headers[1 + i] = "X-" + i + ": v";
        }
        System.arraycopy(more, 0, headers, 1 + count, more.length);
        return headers;
    }

    @EachFrontEnd
    @UnlikeStock(Difference.REFUSAL_LOG)
    void refusesAHostThatTomcatDoesNotKnowAsOne(FrontEnd frontEnd) throws Exception {
        RefusalLines log = RefusalLines.from(bed);
        assertRefused(reply(frontEnd, GuardMount.ODD_LOGGED, "GET /app/echo HTTP/1.1", "Host: under_score.example"));
        assertRefused(reply(frontEnd, GuardMount.ODD_LOGGED, "GET /app/echo HTTP/1.1", "Host: under_score.example"));
        assertThat(log.only("BAD_HOST")).contains("whatever strict says");
        served(frontEnd, GuardMount.ODD_LOGGED, "GET /app/echo HTTP/1.1", "Host: localhost");
    }

    @EachFrontEnd
    @UnlikeStock(Difference.REFUSAL_LOG)
    void refusesControlCharactersThatTheFrontEndHasDecoded(FrontEnd frontEnd) throws Exception {
        RefusalLines log = RefusalLines.from(bed);
        for (String path : new String[] {"%0A", "%7F", "%01"}) {
            Reply reply = reply(frontEnd, GuardMount.ODD_DECODED_LOGGED, "GET /app/echo/" + path + " HTTP/1.1", "Host: localhost");
            if (frontEnd == FrontEnd.MOD_JK) {
                assertRefused(reply);
            } else {
                // mod_proxy_ajp has encoded them again.
                assertThat(reply.status()).isEqualTo(200);
            }
        }
        if (frontEnd == FrontEnd.MOD_JK) {
            assertThat(log.only("BAD_URI")).contains("0x0A at position 10", "ForwardURIProxy");
        }
        served(frontEnd, GuardMount.ODD_DECODED_LOGGED, "GET /app/echo/%20 HTTP/1.1", "Host: localhost");
    }

    private static void assertRefused(Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        RefusalPages.assertNamesNoProduct(reply);
    }

    // ---- sending

    private Fields served(FrontEnd frontEnd, GuardMount mount, String requestLine, String... headers) throws Exception {
        Reply reply = reply(frontEnd, mount, requestLine, headers);
        assertThat(reply.status()).as(requestLine + " at " + mount + " gave " + reply).isEqualTo(200);
        return reply.fields();
    }

    private Reply reply(FrontEnd frontEnd, GuardMount mount, String requestLine, String... headers) throws Exception {
        URI uri = bed.at(frontEnd, mount, "");
        try (RawConnection connection = RawConnection.to(uri)) {
            return connection.send(requestLine + "\r\n" + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n") + "\r\n")
                    .readReply();
        }
    }
}
