package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.RequestAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lengths and counts that say something else than what is there. */
class LengthLiesTest extends Attack {

    private static final int PACKET_TIMEOUT_MILLIS = 400;

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("packetTimeout", Integer.toString(PACKET_TIMEOUT_MILLIS));
    }

    private static Request request() {
        return Request.get("/hello").header("X-Name", "value").query("a=b").attribute(RequestAttributes.JVM_ROUTE, "route");
    }

    /** At each place of the message, whether a length stands there or not: whatever it is then, it is answered or refused, never more. */
    @Test
    void inTheMessage() {
        byte[] truth = request().payload();
        for (int offset = 1; offset < truth.length - 1; offset++) {
            for (int lie : lies(truth, offset)) {
                byte[] payload = truth.clone();
                payload[offset] = (byte) (lie >>> 8);
                payload[offset + 1] = (byte) lie;
                try (AjpClient client = server.connect()) {
                    client.send(Request.packet(payload), Request.cping());
                    Answer answer = client.answer();
                    assertThat(answer.isEnded()).as("offset %d, %d", offset, lie).isTrue();
                    if (answer.reuse()) {
                        client.next(Reply.Cpong.class);
                    } else {
                        assertThat(answer.status()).isGreaterThanOrEqualTo(400);
                        assertThat(client.awaitEnd()).as("an orderly end").isTrue();
                    }
                }
            }
        }
    }

    private static Set<Integer> lies(byte[] payload, int offset) {
        int truth = (payload[offset] & 0xFF) << 8 | payload[offset + 1] & 0xFF;
        Set<Integer> lies = new LinkedHashSet<>();
        IntStream.of(0, 1, truth - 1, truth + 1, payload.length - offset - 2, payload.length, 0xFFFF).filter(lie -> lie >= 0 && lie != truth)
                .forEach(lies::add);
        return lies;
    }

    /** Two headers, which come with codes; behind them an attribute. */
    @ParameterizedTest
    @CsvSource({"0, UNKNOWN_ATTRIBUTE_CODE", "1, UNKNOWN_ATTRIBUTE_CODE", "3, TRUNCATED", "4, TRUNCATED", "100, TRUNCATED", "101, TRUNCATED",
            "32767, TRUNCATED", "65535, TRUNCATED"})
    void aHeaderCountThatIsNotTheirNumber(int count, Refusal reason) {
        byte[] payload = Request.get("/forbidden").header("User-Agent", "value").query("a=b").payload();
        assertRefused(reason, withUint16(payload, indexOf(payload, 0xA0) - 2, count));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 100, 0xFFFE, 0xFFFF})
    void aHeaderCountWhereThereIsNoLimit(int count) {
        try (TestServer unlimited = TestServer.with().attribute("maxHeaderCount", "-1").start(); AjpClient client = unlimited.connect()) {
            byte[] payload = Request.get("/forbidden").header("User-Agent", "value").query("a=b").payload();
            client.send(Request.packet(withUint16(payload, indexOf(payload, 0xA0) - 2, count)), forbidden());
            assertThat(refusal(client).status()).isEqualTo(400);
            assertThat(unlimited.counters().refused()).isOne();
        }
    }

    /** The protocol's, which stands behind type and method: 8 bytes and the zero byte that ends them. */
    @ParameterizedTest
    @CsvSource({"0, UNTERMINATED_STRING", "1, UNTERMINATED_STRING", "7, UNTERMINATED_STRING", "10, UNTERMINATED_STRING", "10000, TRUNCATED",
            "65534, TRUNCATED", "65535, NULL_STRING"})
    void aStringWithAnotherLengthThanItsOwn(int length, Refusal reason) {
        assertRefused(reason, withUint16(request().payload(), 2, length));
    }

    /** To the last byte of the packet, where its zero byte would be outside, and one further. */
    @Test
    void aStringThatEndsBehindThePacket() {
        byte[] payload = request().payload();
        for (int room = payload.length - 4; room < payload.length; room++) {
            assertRefused(Refusal.TRUNCATED, withUint16(payload, 2, room));
        }
    }

    private void assertRefused(Refusal reason, byte[] payload) {
        long refusedBefore = server.refused(reason);
        assertThat(refusalOf(Request.packet(payload)).status()).isEqualTo(400);
        assertThat(server.refused(reason)).as("%s", server.log().refusals()).isEqualTo(refusedBefore + 1);
    }

    private static byte[] withUint16(byte[] payload, int at, int value) {
        byte[] changed = payload.clone();
        changed[at] = (byte) (value >>> 8);
        changed[at + 1] = (byte) value;
        return changed;
    }

    /** Where the first of the two bytes of a header's code stands. */
    private static int indexOf(byte[] payload, int value) {
        int at = 0;
        while ((payload[at] & 0xFF) != value) {
            at++;
        }
        return at;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 50, 100})
    void aPacketThatAnnouncesLessThanItHas(int less) {
        byte[] payload = request().payload();
        Answer answer = refusalOf(Request.packet(payload.length - less, payload));

        assertThat(answer.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void aPacketThatAnnouncesMoreThanItHasTakesInWhatFollows(int more) {
        long refusedBefore = server.refused(Refusal.TRAILING_BYTES);
        byte[] payload = request().payload();
        Answer answer = refusalOf(Request.packet(payload.length + more, payload));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(server.refused(Refusal.TRAILING_BYTES)).isEqualTo(refusedBefore + 1);
    }

    @Test
    void aPacketThatAnnouncesMoreThanComesIsGivenUpInTime() {
        long refusedBefore = server.refused(Refusal.PACKET_TIMEOUT);
        try (AjpClient client = server.connect()) {
            client.send(Request.packet(1000, request().payload()));
            Answer answer = refusal(client);

            assertThat(answer.status()).isEqualTo(408);
            assertThat(server.refused(Refusal.PACKET_TIMEOUT)).isEqualTo(refusedBefore + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_533, 65_534, 65_535})
    void aPacketThatAnnouncesMoreThanAjpAllowsIsRefusedBeforeItComes(int announced) {
        long refusedBefore = server.refused(Refusal.PACKET_TOO_LONG);
        Answer answer = refusalOf(Request.packet(announced, new byte[] {2}));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(server.refused(Refusal.PACKET_TOO_LONG)).isEqualTo(refusedBefore + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\u0016\u0003\u0001", "AB\u0000\u0001\u0009", "\u0012\u0035xxxx", "\u0034\u0012",
            "\u0000"})
    void bytesThatAreNoPacket(String bytes) {
        long refusedBefore = server.refused(Refusal.BAD_MAGIC);
        Answer answer = refusalOf(bytes.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(answer.replies()).as("nobody is there who would understand an answer").isEmpty();
        assertThat(server.refused(Refusal.BAD_MAGIC)).isEqualTo(refusedBefore + 1);
    }

    @Test
    void bodyChunksWhoseTwoLengthsDisagree() {
        byte[][] chunks = {{0, 5, 1, 2, 3, 4}, {0, 3, 1, 2, 3, 4}, {0, 0, 1}, {(byte) 0xFF, (byte) 0xFF, 1}, {0}, {0x10, 0, 1, 2}};
        for (byte[] chunk : chunks) {
            try (AjpClient client = server.connect()) {
                client.send(Request.post("/hello", 4).packet(), Request.packet(chunk), forbidden());
                assertThat(client.answer().text()).isEqualTo("hello");
                refusal(client);
            }
        }
        assertThat(server.refused(Refusal.BODY_FRAMING)).isEqualTo(chunks.length);
    }
}
