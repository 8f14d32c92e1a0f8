package org.catwalk.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.catwalk.ajp.wire.MessageType;
import org.catwalk.ajp.wire.Packets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class LoadGeneratorTest {

    private static final byte[] NOTHING = {};
    private static final byte[] HEAD = bytes("4142 0008 04 00c8 0000 00 0000");
    private static final byte[] THREE_BYTES = bytes("4142 0007 03 0003 616263 00");
    private static final byte[] END = bytes("4142 0002 05 01");
    private static final byte[] CPONG = bytes("4142 0001 09");

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000})
    void takesResponsesInPiecesOfAnySize(int bytesAtOnce) throws IOException {
        try (ScriptedContainer container = new ScriptedContainer(bytesAtOnce, payload -> join(HEAD, THREE_BYTES, THREE_BYTES, END));
                LoadGenerator generator = new LoadGenerator(container.port())) {
            generator.closedLoop(Exchange.get("/small", 6), 1, 1);

            LoadGenerator.Round round = run(generator);

            assertThat(round.groups().get(0).requests()).isPositive();
            assertThat(container.received()).allSatisfy(payload -> assertThat(payload[0]).isEqualTo((byte) MessageType.FORWARD_REQUEST));
        }
    }

    @Test
    void refusesAResponseOfTheWrongLength() throws IOException {
        try (ScriptedContainer container = new ScriptedContainer(1000, payload -> join(HEAD, THREE_BYTES, END));
                LoadGenerator generator = new LoadGenerator(container.port())) {
            assertThatThrownBy(() -> generator.closedLoop(Exchange.get("/small", 4), 1, 1)).isInstanceOf(IOException.class)
                    .hasMessageContaining("Expected a response of 4 bytes, got 3");
        }
    }

    @Test
    void refusesAnErrorStatus() throws IOException {
        try (ScriptedContainer container = new ScriptedContainer(1000, payload -> bytes("4142 0008 04 01f4 0000 00 0000"));
                LoadGenerator generator = new LoadGenerator(container.port())) {
            assertThatThrownBy(() -> generator.closedLoop(Exchange.get("/small", 4), 1, 1)).isInstanceOf(IOException.class)
                    .hasMessageContaining("got 500");
        }
    }

    @Test
    void awaitsTheCpongBeforeTheRequest() throws IOException {
        try (ScriptedContainer container = new ScriptedContainer(1,
                payload -> payload[0] == MessageType.CPING ? CPONG : join(HEAD, THREE_BYTES, END));
                LoadGenerator generator = new LoadGenerator(container.port())) {
            generator.closedLoop(Exchange.get("/small", 3).afterCping(), 1, 1);

            assertThat(container.received().stream().map(payload -> (int) payload[0]).toList())
                    .containsExactly(MessageType.CPING, MessageType.FORWARD_REQUEST);
        }
    }

    @Test
    void answersEachGetBodyChunkWithWhatWasAskedAndNothingAfterTheEnd() throws IOException {
        // 8186 bytes come unasked, 1814 remain; three asks at once get 1000, 814 and the empty packet.
        byte[] askThrice = join(ask(1000), ask(2000), ask(500));
        byte[] answer = join(HEAD, bytes("4142 0009 03 0005 3130303030 00"), END);
        int[] chunks = {0};
        try (ScriptedContainer container = new ScriptedContainer(1000, payload -> {
            if (payload.length > 0 && payload[0] == MessageType.FORWARD_REQUEST) {
                chunks[0] = 0;
                return NOTHING;
            }
            chunks[0]++;
            return chunks[0] == 1 ? askThrice : chunks[0] == 4 ? answer : NOTHING;
        }); LoadGenerator generator = new LoadGenerator(container.port())) {
            generator.closedLoop(Exchange.post(10_000, Packets.MIN_PACKET_SIZE), 1, 1);

            List<Integer> lengths = container.received().stream().skip(1).map(payload -> payload.length).toList();
            assertThat(lengths).containsExactly(8188, 1002, 816, 0);
        }
    }

    @Test
    void keepsToTheRateOfAnOpenLoop() throws IOException {
        try (ScriptedContainer container = new ScriptedContainer(1000, payload -> join(HEAD, THREE_BYTES, END));
                LoadGenerator generator = new LoadGenerator(container.port())) {
            generator.openLoop(Exchange.get("/small", 3), 1, 200);

            LoadGenerator.Round round = run(generator);

            // 200 a second for half a second, however quick the answers are.
            assertThat(round.groups().get(0).requests()).isBetween(80L, 120L);
        }
    }

    private static LoadGenerator.Round run(LoadGenerator generator) throws IOException {
        return generator.run(Duration.ofMillis(10), Duration.ofMillis(500), () -> { }, () -> { });
    }

    private static byte[] ask(int count) {
        return bytes("4142 0003 06 " + HexFormat.of().toHexDigits((short) count));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
