package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyChunkTest {

    @Test
    void tellsHowMuchDataThereIs() throws AjpException {
        byte[] buf = HexFixture.decode("12 34 00 05  00 03 61 62 63");

        assertThat(BodyChunk.dataLength(buf, 4, 9)).isEqualTo(3);
    }

    @Test
    void recognisesBothWaysToSayTheEnd() throws AjpException {
        assertThat(BodyChunk.dataLength(new byte[4], 4, 4)).isZero();
        assertThat(BodyChunk.dataLength(HexFixture.decode("12 34 00 02 00 00"), 4, 6)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, 0x7FFF, 0x8000, 0xFFFF})
    void refusesLengthsThatLie(int announced) {
        byte[] buf = HexFixture.decode(String.format("%04x 61 62 63", announced));

        assertThatExceptionOfType(AjpException.class).isThrownBy(() -> BodyChunk.dataLength(buf, 0, buf.length))
                .satisfies(e -> assertThat(e.error()).isEqualTo(WireError.BAD_BODY_CHUNK));
    }

    @Test
    void refusesHalfALength() {
        assertThatExceptionOfType(AjpException.class).isThrownBy(() -> BodyChunk.dataLength(new byte[1], 0, 1))
                .satisfies(e -> assertThat(e.error()).isEqualTo(WireError.TRUNCATED));
    }

    @Test
    void writesWhatFrontEndsWrite() {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        byte[] capture = HexFixture.load("mod_jk-post-chunked").bytes();

        BodyChunk.put(buffer, "<name=value1>".getBytes(), 1, 11);
        BodyChunk.putEnd(buffer);

        byte[] written = Arrays.copyOf(buffer.array(), buffer.position());
        assertThat(Arrays.copyOfRange(capture, capture.length - written.length, capture.length)).isEqualTo(written);
    }

    @Test
    void doesNotWriteChunksThatCannotBe() {
        ByteBuffer buffer = ByteBuffer.allocate(70000);

        assertThatThrownBy(() -> BodyChunk.put(buffer, new byte[1], 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BodyChunk.put(buffer, new byte[65534], 0, 65534)).isInstanceOf(IllegalArgumentException.class);
        assertThat(buffer.position()).isZero();
    }
}
