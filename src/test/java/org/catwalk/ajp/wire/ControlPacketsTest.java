package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlPacketsTest {

    @Test
    void writesTheSpecifiedBytes() {
        puts("41 42 00 02 05 01", ControlPackets.END_RESPONSE_BYTES, buffer -> ControlPackets.endResponse(buffer, true));
        puts("41 42 00 02 05 00", ControlPackets.END_RESPONSE_BYTES, buffer -> ControlPackets.endResponse(buffer, false));
        puts("41 42 00 01 09", ControlPackets.CPONG_BYTES, ControlPackets::cpong);
        puts("41 42 00 04 03 00 00 00", ControlPackets.FLUSH_BYTES, ControlPackets::flush);
        puts("41 42 00 03 06 1f fa", ControlPackets.GET_BODY_CHUNK_BYTES, buffer -> ControlPackets.getBodyChunk(buffer, 8186));
        puts("41 42 00 03 06 ff fa", ControlPackets.GET_BODY_CHUNK_BYTES, buffer -> ControlPackets.getBodyChunk(buffer, 65530));
        puts("12 34 00 01 0a", ControlPackets.CPING_BYTES, ControlPackets::cping);
    }

    @Test
    void pingsLikeModJk() {
        byte[] capture = HexFixture.load("mod_jk-cping").packets().get(0);
        ByteBuffer buffer = ByteBuffer.allocate(5);
        ControlPackets.cping(buffer);

        assertThat(buffer.array()).isEqualTo(capture);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65531, 65535})
    void neverAsksForWhatFrontEndsMisunderstand(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(10);

        assertThatThrownBy(() -> ControlPackets.getBodyChunk(buffer, bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThat(buffer.position()).isZero();
    }

    @Test
    void surroundsBodyData() {
        puts("41 42 00 05 03 00 01 78 00", SendBodyChunk.OVERHEAD + 1, buffer -> {
            SendBodyChunk.putPrefix(buffer, 1);
            buffer.put((byte) 'x');
            SendBodyChunk.putSuffix(buffer);
        });
        assertThat(SendBodyChunk.maxData(8192)).isEqualTo(8184);
    }

    @Test
    void fillsALargestPacketCompletely() {
        ByteBuffer buffer = ByteBuffer.allocate(SendBodyChunk.PREFIX_BYTES);
        SendBodyChunk.putPrefix(buffer, SendBodyChunk.maxData(65536));

        assertThat(buffer.array()).isEqualTo(HexFixture.decode("41 42 ff fc 03 ff f8"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65529, 65536})
    void refusesBodyDataThatNoPacketCarries(int bytes) {
        assertThatThrownBy(() -> SendBodyChunk.putPrefix(ByteBuffer.allocate(10), bytes)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Into a heap and a direct buffer that have exactly the room. */
    private static void puts(String hex, int bytes, Consumer<ByteBuffer> putting) {
        for (ByteBuffer buffer : new ByteBuffer[] {ByteBuffer.allocate(bytes), ByteBuffer.allocateDirect(bytes)}) {
            putting.accept(buffer);
            assertThat(buffer.hasRemaining()).isFalse();
            byte[] written = new byte[bytes];
            buffer.flip().get(written);
            assertThat(written).isEqualTo(HexFixture.decode(hex));
        }
    }
}
