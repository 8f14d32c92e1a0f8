package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What mod_jk and mod_proxy_ajp really send: whole, cut, stretched and with every length made a lie. */
class CapturesTest {

    private final ForwardRequestParser parser = new ForwardRequestParser();

    static Stream<HexFixture> captures() {
        return HexFixture.all();
    }

    @Test
    void thereAreCapturesOfBothFrontEnds() {
        assertThat(captures()).extracting(HexFixture::name).filteredOn(name -> name.startsWith("mod_jk-")).hasSizeGreaterThan(10);
        assertThat(captures()).extracting(HexFixture::name).filteredOn(name -> name.startsWith("mod_proxy_ajp-")).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("captures")
    void everyPacketIsARequestAPingOrABodyChunk(HexFixture capture) throws AjpException {
        int requests = 0;
        for (byte[] packet : capture.packets()) {
            byte[] payload = HexFixture.payload(packet);
            if (payload.length == 1) {
                assertThat(payload).containsExactly(MessageType.CPING);
            } else if (payload.length > 0 && payload[0] == MessageType.FORWARD_REQUEST) {
                requests++;
            } else {
                BodyChunk.dataLength(payload, 0, payload.length);
            }
        }
        assertThat(requests).isOne();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void parsesWholeAndOverlooksNoByte(HexFixture capture) throws AjpException {
        for (byte[] payload : capture.forwardRequests()) {
            ReencodingSink sink = new ReencodingSink();
            parser.parse(payload, 0, payload.length, sink);

            assertThat(HexFixture.payload(sink.packet())).isEqualTo(payload);
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void refusesEveryCut(HexFixture capture) {
        for (byte[] payload : capture.forwardRequests()) {
            for (int cut = 0; cut < payload.length; cut++) {
                // Once with the rest of the packet behind the cut, once with nothing there.
                refusesCut(payload, cut);
                refusesCut(Arrays.copyOf(payload, cut), cut);
            }
        }
    }

    private void refusesCut(byte[] array, int cut) {
        RecordingSink sink = new RecordingSink();
        assertThatExceptionOfType(AjpException.class).isThrownBy(() -> parser.parse(array, 0, cut, sink)).satisfies(e -> {
            assertThat(e.error()).isIn(WireError.TRUNCATED, WireError.STRING_PAST_END);
            assertThat(e.offset()).isBetween(0, cut);
        });
        assertThat(sink.ended).isFalse();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void refusesBytesBehindTheEnd(HexFixture capture) {
        for (byte[] payload : capture.forwardRequests()) {
            byte[] stretched = Arrays.copyOf(payload, payload.length + 3);
            refuses(stretched, WireError.TRAILING_BYTES);
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void refusesEveryLieAboutAStringsLength(HexFixture capture) throws AjpException {
        for (byte[] payload : capture.forwardRequests()) {
            RecordingSink truth = new RecordingSink();
            parser.parse(payload, 0, payload.length, truth);
            for (int offset : truth.lengthOffsets) {
                for (int lie : lies(payload, offset)) {
                    refuses(withUint16(payload, offset, lie));
                }
            }
        }
    }

    private static List<Integer> lies(byte[] payload, int offset) {
        int length = Packets.uint16(payload, offset);
        int left = payload.length - offset - 2;
        return IntStream.of(0, 1, length - 1, length + 1, length + 2, left - 1, left, left + 1, 0x7FFF, 0x8000, 0xA001, 0xA0FF, 0xFFFE,
                0xFFFF).filter(lie -> lie >= 0 && lie != length).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void findsTheSameStringsAgainInAForgedPacketOrRefusesIt(HexFixture capture) {
        for (byte[] payload : capture.forwardRequests()) {
            for (int offset = 0; offset < payload.length; offset++) {
                for (int value : new int[] {0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF}) {
                    byte[] forged = payload.clone();
                    forged[offset] = (byte) value;
                    parsesCompletelyOrRefuses(forged);
                }
            }
        }
    }

    private void parsesCompletelyOrRefuses(byte[] payload) {
        ReencodingSink sink = new ReencodingSink();
        try {
            parser.parse(payload, 0, payload.length, sink);
        } catch (AjpException e) {
            return;
        }
        assertThat(HexFixture.payload(sink.packet())).isEqualTo(payload);
    }

    private void refuses(byte[] payload, WireError error) {
        assertThat(refuses(payload).error()).isEqualTo(error);
    }

    private AjpException refuses(byte[] payload) {
        RecordingSink sink = new RecordingSink();
        try {
            parser.parse(payload, 0, payload.length, sink);
        } catch (AjpException e) {
            return e;
        }
        throw new AssertionError("Accepted " + sink.events);
    }

    private static byte[] withUint16(byte[] payload, int offset, int value) {
        byte[] changed = payload.clone();
        changed[offset] = (byte) (value >>> 8);
        changed[offset + 1] = (byte) value;
        return changed;
    }
}
