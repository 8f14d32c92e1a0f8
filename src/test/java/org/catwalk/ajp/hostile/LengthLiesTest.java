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
        byte[] payload = request().payload();
        Answer answer = refusalOf(Request.packet(payload.length + more, payload));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(server.refused(Refusal.TRAILING_BYTES)).isPositive();
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
        Answer answer = refusalOf(Request.packet(announced, new byte[] {2}));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(server.refused(Refusal.PACKET_TOO_LONG)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\u0016\u0003\u0001", "AB\u0000\u0001\u0009", "\u0012\u0035xxxx", "\u0034\u0012",
            "\u0000"})
    void bytesThatAreNoPacket(String bytes) {
        Answer answer = refusalOf(bytes.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(answer.replies()).as("nobody is there who would understand an answer").isEmpty();
        assertThat(server.refused(Refusal.BAD_MAGIC)).isPositive();
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
