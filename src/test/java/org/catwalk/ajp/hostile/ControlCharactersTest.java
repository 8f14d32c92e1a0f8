package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import javax.servlet.http.HttpServletRequest;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.RequestAttributes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each control character in each string that a forward request can hold, and bytes above ASCII where web servers send them. */
class ControlCharactersTest extends Attack {

    private static final String SECRET = "open sesame";
    private static final String NONE = "";
    private static final String TAB = "\t";
    private static final String LINES = "\t\r\n";
    private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";

    private final BlockingQueue<String> delivered = new LinkedBlockingQueue<>();

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("secretRequired", "true").attribute("secret", SECRET).attribute("allowedRequestAttributesPattern", "(?s)M.*")
                .servlet("/*", (request, response) -> delivered.add(everythingIn(request)));
    }

    private static String everythingIn(HttpServletRequest request) {
        StringBuilder all = new StringBuilder(request.getMethod() + " " + request.getRequestURI() + "|" + request.getQueryString() + "|"
                + request.getRemoteUser() + "|" + request.getAuthType() + "|" + request.getRemoteAddr());
        request.getHeaderNames().asIterator().forEachRemaining(name -> all.append('|').append(name).append('=').append(request.getHeader(name)));
        request.getAttributeNames().asIterator()
                .forEachRemaining(name -> all.append('|').append(name).append('=').append(request.getAttribute(name)));
        return all.toString();
    }

    /**
     * @param reason for which it is refused
     * @param admitted control characters that HTTP or a web server's variables may have there
     * @param takesHighBytes whether 0x80 to 0xFF may stand there
     */
    private record Field(String name, Refusal reason, Refusal reasonForTab, String admitted, boolean takesHighBytes,
            Function<String, Request> holding) {

        Field(String name, Refusal reason, String admitted, boolean takesHighBytes, Function<String, Request> holding) {
            this(name, reason, reason, admitted, takesHighBytes, holding);
        }

        @Override
        public String toString() {
            return name;
        }

        byte[] packet(String odd) {
            return holding.apply(odd).secret(SECRET).packet();
        }
    }

    private static List<Field> all() {
        List<Field> all = new ArrayList<>();
        all.add(new Field("stored method", Refusal.BAD_METHOD, NONE, false, c -> Request.of("G" + c + "T", "/x").header("Host", "a")));
        all.add(new Field("protocol", Refusal.BAD_PROTOCOL, NONE, false, c -> get().protocol("HTTP/1." + c)));
        all.add(new Field("URI", Refusal.BAD_URI, NONE, true, c -> Request.get("/a" + c + "b")));
        all.add(new Field("absolute URI", Refusal.BAD_URI, NONE, true, c -> Request.get("http://www.example.test/a" + c)));
        all.add(new Field("remote address", Refusal.BAD_ADDRESS, NONE, false, c -> get().remoteAddr("192.0.2" + c + "1")));
        all.add(new Field("remote host", Refusal.BAD_ADDRESS, NONE, false, c -> get().remoteHost("client" + c + "test")));
        all.add(new Field("server name", Refusal.BAD_ADDRESS, NONE, false, c -> get().server("www" + c + "test", 80)));
        all.add(new Field("header name", Refusal.BAD_HEADER_NAME, NONE, false, c -> get().header("X" + c + "Name", "value")));
        all.add(new Field("header name that is nothing else", Refusal.BAD_HEADER_NAME, NONE, false, c -> get().header(c, "value")));
        all.add(new Field("header value", Refusal.BAD_HEADER_VALUE, TAB, true, c -> get().header("X-Name", "a" + c + "b")));
        for (String coded : List.of("Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", "Connection", "Content-Type",
                "Cookie", "Cookie2", "Pragma", "Referer", "User-Agent")) {
            all.add(new Field(coded, Refusal.BAD_HEADER_VALUE, TAB, true, c -> get().header(coded, "a" + c)));
        }
        // A TAB, which a header may have, these may not.
        all.add(new Field("Host", Refusal.BAD_HEADER_VALUE, Refusal.BAD_HOST, NONE, false,
                c -> Request.of("GET", "/x").header("Host", "www" + c + "test")));
        all.add(new Field("Content-Length", Refusal.BAD_HEADER_VALUE, Refusal.BAD_CONTENT_LENGTH, NONE, false,
                c -> get().header("Content-Length", c + "0")));
        all.add(new Field("Transfer-Encoding", Refusal.BAD_HEADER_VALUE, Refusal.TRANSFER_ENCODING, NONE, false,
                c -> get().header("Transfer-Encoding", "chunked" + c)));
        all.add(coded("context", RequestAttributes.CONTEXT));
        all.add(coded("servlet path", RequestAttributes.SERVLET_PATH));
        all.add(coded("remote user", RequestAttributes.REMOTE_USER));
        all.add(coded("authentication type", RequestAttributes.AUTH_TYPE));
        all.add(new Field("query", Refusal.BAD_QUERY, NONE, true, c -> get().query("a" + c + "b")));
        all.add(coded("route", RequestAttributes.JVM_ROUTE));
        all.add(new Field("certificate", Refusal.BAD_CERTIFICATE, LINES, false, c -> get().attribute(RequestAttributes.SSL_CERT, CERTIFICATE + c)));
        all.add(coded("cipher", RequestAttributes.SSL_CIPHER));
        all.add(coded("TLS session", RequestAttributes.SSL_SESSION));
        all.add(new Field("attribute name", Refusal.BAD_ATTRIBUTE, NONE, true, c -> get().requestAttribute("M" + c + "E", "a")));
        all.add(named("MINE", LINES));
        all.add(named("AJP_SSL_PROTOCOL", LINES));
        all.add(named("JK_LB_ACTIVATION", LINES));
        all.add(named("javax.servlet.request.cipher_suite", TAB));
        all.add(named("javax.servlet.request.ssl_session", TAB));
        all.add(new Field("key size", Refusal.BAD_KEY_SIZE, NONE, false, c -> get().requestAttribute("javax.servlet.request.key_size", c + "1")));
        all.add(new Field("remote port", Refusal.BAD_ADDRESS, NONE, false, c -> get().requestAttribute("AJP_REMOTE_PORT", c + "1")));
        all.add(new Field("local address", Refusal.BAD_ADDRESS, NONE, false, c -> get().requestAttribute("AJP_LOCAL_ADDR", c + "1")));
        return all;
    }

    private static Request get() {
        return Request.get("/x");
    }

    private static Field coded(String name, int code) {
        return new Field(name, Refusal.BAD_ATTRIBUTE, TAB, true, c -> get().attribute(code, "a" + c));
    }

    private static Field named(String name, String admitted) {
        return new Field(name, Refusal.BAD_ATTRIBUTE, admitted, true, c -> get().requestAttribute(name, "a" + c));
    }

    static List<Arguments> fields() {
        return all().stream().map(Arguments::of).toList();
    }

    private static List<String> controls() {
        List<String> controls = new ArrayList<>();
        for (char c = 0; c <= 0x7F; c = c == 0x1F ? 0x7F : (char) (c + 1)) {
            controls.add(Character.toString(c));
        }
        assertThat(controls).hasSize(33);
        return controls;
    }

    @BeforeEach
    void forget() {
        delivered.clear();
        server.log().clear();
    }

    @AfterEach
    void forgetAgain() {
        delivered.clear();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void areRefused(Field field) {
        for (String c : controls()) {
            if (field.admitted.contains(c)) {
                continue;
            }
            String where = String.format("0x%02x in %s", (int) c.charAt(0), field);
            Refusal reason = c.equals(TAB) ? field.reasonForTab : field.reason;
            long refused = server.refused(reason);
            long all = server.counters().refused();
            assertThat(refusalOf(field.packet(c)).status()).as(where).isEqualTo(400);
            assertThat(server.refused(reason)).as(where).isEqualTo(refused + 1);
            assertThat(server.counters().refused()).as("refusals of whatever kind for " + where).isEqualTo(all + 1);
            assertThat(delivered).as(where).isEmpty();
        }
    }

    /** From an address of its own for each field, since lines are limited for each. */
    @Test
    void areLoggedInOneLineThatTheyCannotForge() throws UnknownHostException {
        int last = 10;
        for (Field field : all()) {
            last++;
            try (AjpClient client = server.connectFrom(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}))) {
                client.send(field.packet("\u0001\u001b[2J\u0000\u000b"));
                assertThat(refusal(client).status()).as(field.name).isEqualTo(400);
            }
            String peer = "127.0.0." + last + ":";
            assertThat(server.log().refusals()).as(field.name).filteredOn(line -> line.contains(peer)).singleElement().asString()
                    .startsWith(field.reason + " from " + peer).contains("strict=\"all,-").matches("[ -~]*");
        }
        assertThat(last).isGreaterThan(40);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void areDeliveredWhereTheyMayStand(Field field) {
        String admitted = field.admitted;
        if (!admitted.isEmpty()) {
            assertAdmitted(field, admitted);
        }
    }

    /** Web servers pass on what clients send, and what modules decode. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void areNotConfusedWithBytesAboveAscii(Field field) {
        StringBuilder high = new StringBuilder();
        for (char c = 0x80; c <= 0xFF; c++) {
            high.append(c);
        }
        if (field.takesHighBytes) {
            assertAdmitted(field, high.toString());
        } else {
            long all = server.counters().refused();
            assertThat(refusalOf(field.packet(high.toString())).status()).isEqualTo(400);
            assertThat(server.counters().refused()).isEqualTo(all + 1);
            assertThat(delivered).isEmpty();
        }
    }

    private void assertAdmitted(Field field, String odd) {
        long all = server.counters().refused();
        try (AjpClient client = server.connect()) {
            client.send(field.packet(odd));
            assertThat(client.answer().status()).as(field.name).isEqualTo(200);
        }
        assertThat(server.counters().refused()).isEqualTo(all);
        assertThat(delivered).as(field.name).hasSize(1);
    }

    /** Whatever it holds, a secret is right or wrong, and nobody gets to read it. */
    @Test
    void makeASecretAWrongOne() {
        long wrong = server.refused(Refusal.SECRET_WRONG);
        for (String c : controls()) {
            assertThat(refusalOf(Request.get("/x").secret("gue" + c + "ssed")).status()).isEqualTo(403);
            assertThat(refusalOf(Request.get("/x").secret(SECRET + c)).status()).isEqualTo(403);
        }
        assertThat(server.refused(Refusal.SECRET_WRONG)).isEqualTo(wrong + 2 * 33);
        assertThat(delivered).isEmpty();
        assertThat(server.log().refusals()).isNotEmpty().allSatisfy(line -> assertThat(line).matches("[ -~]*")
                .doesNotContain("gue", "ssed", "open", "sesame"));
    }

    /** A code cannot be misspelt: all but those of AJP's fourteen headers are refused. */
    @Test
    void haveNoPlaceInTheCodeOfAHeader() {
        byte[] payload = Request.get("/x").header("User-Agent", "value").secret(SECRET).payload();
        int host = 0;
        while ((payload[host] & 0xFF) != 0xA0) {
            host++;
        }
        long unknown = server.refused(Refusal.UNKNOWN_HEADER_CODE);
        for (int code = 0; code < 256; code++) {
            if (code >= 1 && code <= 14) {
                continue;
            }
            payload[host + 1] = (byte) code;
            assertThat(refusalOf(Request.packet(payload)).status()).as("code A0%02X", code).isEqualTo(400);
        }
        assertThat(server.refused(Refusal.UNKNOWN_HEADER_CODE)).isEqualTo(unknown + 256 - 14);
        assertThat(delivered).isEmpty();
    }
}
