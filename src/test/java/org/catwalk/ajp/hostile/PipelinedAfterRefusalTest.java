package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.RequestAttributes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** After each kind of refusal not one byte more of that connection is interpreted, whatever stands there and whenever it comes. */
class PipelinedAfterRefusalTest extends Attack {

    private static final String SECRET = "open sesame";

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("secretRequired", "true").attribute("secret", SECRET).attribute("packetTimeout", "300");
    }

    private static Request right() {
        return Request.get("/hello").secret(SECRET);
    }

    static List<Arguments> refusals() {
        List<Arguments> refusals = new ArrayList<>();
        add(refusals, Refusal.SECRET_MISSING, Request.get("/hello"));
        add(refusals, Refusal.SECRET_WRONG, Request.get("/hello").secret("wrong"));
        add(refusals, Refusal.SECRET_DUPLICATED, right().secret(SECRET));
        add(refusals, Refusal.BAD_MAGIC, "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        add(refusals, Refusal.PACKET_TOO_LONG, Request.packet(0xFFFF, new byte[] {2, 2}));
        add(refusals, Refusal.UNKNOWN_MESSAGE_TYPE, Request.packet(new byte[] {0x33}));
        add(refusals, Refusal.UNEXPECTED_MESSAGE, Request.packet(new byte[] {4}));
        byte[] payload = right().payload();
        add(refusals, Refusal.TRUNCATED, Request.packet(Arrays.copyOf(payload, payload.length - 1)));
        add(refusals, Refusal.UNTERMINATED_STRING, Request.packet(changed(payload, 2 + 2 + 8, 1)));
        add(refusals, Refusal.NULL_STRING, Request.get(null).secret(SECRET));
        add(refusals, Refusal.TRAILING_BYTES, Request.packet(Arrays.copyOf(payload, payload.length + 1)));
        add(refusals, Refusal.UNKNOWN_METHOD_CODE, right().methodCode(99));
        int firstHeader = firstHeader(payload);
        add(refusals, Refusal.BAD_BOOLEAN, Request.packet(changed(payload, firstHeader - 3, 2)));
        add(refusals, Refusal.UNKNOWN_HEADER_CODE, Request.packet(changed(payload, firstHeader + 1, 0x0F)));
        add(refusals, Refusal.UNKNOWN_ATTRIBUTE_CODE, Request.packet(changed(payload, payload.length - 1, 0x55)));
        add(refusals, Refusal.TOO_MANY_HEADERS, manyHeaders());
        add(refusals, Refusal.ATTRIBUTE_NOT_ALLOWED, right().requestAttribute("evil", "x"));
        add(refusals, Refusal.BAD_METHOD, Request.of("a b", "/hello").secret(SECRET));
        add(refusals, Refusal.BAD_URI, Request.get("no-path").secret(SECRET));
        add(refusals, Refusal.BAD_QUERY, right().query("a\nb"));
        add(refusals, Refusal.BAD_PROTOCOL, right().protocol("SPDY"));
        add(refusals, Refusal.BAD_HEADER_NAME, Request.get("/hello").header("a b", "c").secret(SECRET));
        add(refusals, Refusal.BAD_HEADER_VALUE, Request.get("/hello").header("a", "\n").secret(SECRET));
        add(refusals, Refusal.DUPLICATE_HOST, Request.get("/hello").header("Host", "b").secret(SECRET));
        add(refusals, Refusal.BAD_HOST, Request.of("GET", "/hello").header("Host", "a b").secret(SECRET));
        add(refusals, Refusal.DUPLICATE_CONTENT_LENGTH, Request.post("/hello", 1).header("Content-Length", "1").secret(SECRET));
        add(refusals, Refusal.BAD_CONTENT_LENGTH, Request.post("/hello", -1).secret(SECRET));
        add(refusals, Refusal.TRANSFER_ENCODING, Request.postChunked("/hello").header("Content-Length", "1").secret(SECRET));
        add(refusals, Refusal.BAD_ADDRESS, right().remoteAddr("a\"b"));
        add(refusals, Refusal.BAD_CERTIFICATE, right().attribute(RequestAttributes.SSL_CERT, "no PEM"));
        add(refusals, Refusal.BAD_KEY_SIZE, right().requestAttribute("javax.servlet.request.key_size", "many"));
        add(refusals, Refusal.BAD_ATTRIBUTE, right().attribute(RequestAttributes.REMOTE_USER, "\n"));
        return refusals;
    }

    /** Where the code of the first header, Host, stands: behind the boolean and the header count. */
    private static int firstHeader(byte[] payload) {
        int at = 0;
        while ((payload[at] & 0xFF) != 0xA0) {
            at++;
        }
        return at;
    }

    private static Request manyHeaders() {
        Request request = Request.get("/hello");
        for (int i = 0; i < 200; i++) {
            request.header("X-" + i, "y");
        }
        return request.secret(SECRET);
    }

    private static byte[] changed(byte[] payload, int at, int value) {
        byte[] changed = payload.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static void add(List<Arguments> refusals, Refusal reason, Request request) {
        add(refusals, reason, request.packet());
    }

    private static void add(List<Arguments> refusals, Refusal reason, byte[] packet) {
        refusals.add(Arguments.of(reason, packet));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void inTheSameSegment(Refusal reason, byte[] packet) {
        long before = server.refused(reason);
        long all = server.counters().refused();
        byte[] good = Request.get("/forbidden").secret(SECRET).packet();
        try (AjpClient client = server.connect()) {
            client.send(packet, good, Request.cping(), good);
            assertAnswer(reason, refusal(client));
        }
        assertThat(server.refused(reason)).isEqualTo(before + 1);
        assertThat(server.counters().refused()).as("refusals of whatever kind").isEqualTo(all + 1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void inALaterSegment(Refusal reason, byte[] packet) {
        long all = server.counters().refused();
        byte[] good = Request.get("/forbidden").secret(SECRET).packet();
        try (AjpClient client = server.connect()) {
            client.send(packet);
            assertAnswer(reason, refusal(client));
            client.sendRegardless(good, Request.cping());
            client.sendRegardless(good, good);
            assertThat(client.awaitEnd()).isTrue();
        }
        assertThat(server.counters().refused()).isEqualTo(all + 1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void afterAGoodRequestToo(Refusal reason, byte[] packet) {
        byte[] good = Request.get("/forbidden").secret(SECRET).packet();
        try (AjpClient client = server.connect()) {
            client.send(right().packet(), packet, good, good);
            assertThat(client.answer().text()).isEqualTo("hello");
            assertAnswer(reason, refusal(client));
        }
    }

    /** Closing a socket with unread bytes in it is a reset, with which the answer would be lost on its way. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void evenIfMuchFollows(Refusal reason, byte[] packet) {
        byte[] good = Request.get("/forbidden").secret(SECRET).packet();
        byte[][] much = new byte[2_000][];
        Arrays.fill(much, good);
        try (AjpClient client = server.connect()) {
            client.send(packet, Request.join(much));
            assertAnswer(reason, refusal(client));
        }
    }

    private static void assertAnswer(Refusal reason, Answer answer) {
        if (reason.status() == 0) {
            assertThat(answer.replies()).isEmpty();
        } else {
            assertThat(answer.status()).isEqualTo(reason.status());
        }
    }
}
