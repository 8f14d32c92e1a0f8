package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SendHeadersTest {

    /** The packet that {@link #writeSmallHead} writes. */
    private static final byte[] SMALL_HEAD = HexFixture.decode("""
            41 42 00 1e     # container, payload 30 bytes
            04              # SEND_HEADERS
            00 c8           # 200
            00 02 4f 4b 00  # OK
            00 02           # two fields
            a0 03           # Content-Length
            00 01 35 00     # 5
            00 05 58 2d 46 6f 6f 00  # X-Foo
            00 03 62 61 72 00        # bar
            """);

    private final SendHeaders head = new SendHeaders();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writesOnePacketWithCodesWhereThereAreSome(boolean direct) {
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(8192) : ByteBuffer.allocate(8192);
        head.wrap(buffer, 8192);

        assertThat(writeSmallHead()).isEqualTo(SMALL_HEAD.length);
        assertThat(written(buffer)).isEqualTo(SMALL_HEAD);
        assertThat(head.headBytes()).isEqualTo(SMALL_HEAD.length);
        assertThat(head.headerCount()).isEqualTo(2);
        assertThat(head.firstUnfitHeader()).isEqualTo(-1);
    }

    @Test
    void writesTheSameFromBytesAndFromText() {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        head.wrap(buffer, 8192);
        head.begin(200, "OK");
        byte[] name = latin1("<content-LENGTH>");
        byte[] value = latin1("<5>");
        assertThat(head.header(name, 1, 14, value, 1, 1)).isTrue();
        assertThat(head.header("X-Foo", latin1("<bar>"), 1, 3)).isTrue();
        head.end();

        assertThat(written(buffer)).isEqualTo(SMALL_HEAD);

        buffer.clear();
        head.begin(200, "OK");
        head.header("Content-length", value, 1, 1);
        head.header(latin1("X-Foo"), 0, 5, latin1("bar"), 0, 3);
        head.end();

        assertThat(written(buffer)).isEqualTo(SMALL_HEAD);
    }

    @Test
    void fitsExactlyUpToTheLimit() {
        ByteBuffer buffer = ByteBuffer.allocate(8192);

        head.wrap(buffer, SMALL_HEAD.length);
        assertThat(writeSmallHead()).isEqualTo(SMALL_HEAD.length);

        for (int limit = 0; limit < SMALL_HEAD.length; limit++) {
            buffer.clear();
            Arrays.fill(buffer.array(), (byte) 0x55);
            head.wrap(buffer, limit);

            assertThat(writeSmallHead()).isEqualTo(-1);
            assertThat(head.fits()).isFalse();
            assertThat(head.headBytes()).as("measured although it does not fit").isEqualTo(SMALL_HEAD.length);
            assertThat(buffer.position()).isZero();
            assertThat(Arrays.copyOfRange(buffer.array(), limit, 100)).containsOnly(0x55);
        }
    }

    @Test
    void namesTheFirstFieldThatDoesNotFitAndTheLargest() {
        head.wrap(ByteBuffer.allocate(8192), 8192);
        head.begin(200, "OK");

        assertThat(head.header("Content-Type", "text/plain")).isTrue();
        assertThat(head.header("X-Large", "x".repeat(6000))).isTrue();
        assertThat(head.header("X-Straw", "x".repeat(3000))).isFalse();
        assertThat(head.header("X-Tiny", "x")).as("not even what would fit on its own").isFalse();

        assertThat(head.firstUnfitHeader()).isEqualTo(2);
        assertThat(head.largestHeader()).isEqualTo(1);
        assertThat(head.largestHeaderBytes()).isEqualTo(3 + 7 + 3 + 6000);
        assertThat(head.headerCount()).isEqualTo(4);
        assertThat(head.headBytes()).isEqualTo(14 + 2 + 13 + 6013 + 3013 + 13);
        assertThat(head.end()).isEqualTo(-1);
    }

    @Test
    void takesASmallBufferForTheLimitAndTellsTheDifference() {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        buffer.position(90);
        head.wrap(buffer, 8192);

        assertThat(writeSmallHead()).isEqualTo(-1);
        assertThat(buffer.position()).isEqualTo(90);
        assertThat(head.headBytes()).isEqualTo(SMALL_HEAD.length).isLessThan(8192);
    }

    @Test
    void leavesAloneWhatIsInTheBufferAlready() {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        head.wrap(buffer, 40);
        ControlPackets.cpong(buffer);
        head.begin(200, "x".repeat(40));

        assertThat(head.end()).isEqualTo(-1);
        assertThat(written(buffer)).isEqualTo(HexFixture.decode("41 42 00 01 09"));

        assertThat(writeSmallHead()).isEqualTo(SMALL_HEAD.length);
        assertThat(buffer.position()).isEqualTo(5 + SMALL_HEAD.length);
    }

    @Test
    void startsAfreshAfterAHeadThatDidNotFit() {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        head.wrap(buffer, 8192);
        head.begin(200, "OK");
        head.header("X", "x".repeat(9000));
        head.end();

        assertThat(writeSmallHead()).isEqualTo(SMALL_HEAD.length);
        assertThat(written(buffer)).isEqualTo(SMALL_HEAD);
        assertThat(head.largestHeaderBytes()).isLessThan(9000);
    }

    @Test
    void letsNoFieldBreakOutOfItsLine() {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        head.wrap(buffer, 8192);
        head.begin(302, "Found\r\nX: y");
        head.header("Location", "/\u010a\r\nSet-Cookie: a=b");
        head.header("X-\nName", "v\0\u007f\tw");
        head.header(latin1("X\r"), 0, 2, latin1("a\r\n\r\nb"), 0, 6);
        head.end();

        assertThat(new String(written(buffer), StandardCharsets.ISO_8859_1))
                .contains("Found  X: y").contains("/?  Set-Cookie: a=b").contains("X- Name").contains("v  \tw").contains("X ")
                .contains("a    b");
    }

    @Test
    void writesAnEmptyReasonWhenThereIsNone() throws AjpException {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        head.wrap(buffer, 8192);
        head.begin(204, null);
        head.end();

        assertThat(written(buffer)).isEqualTo(HexFixture.decode("41 42 00 08 04 00 cc 00 00 00 00 00"));
    }

    @Test
    void refusesNamesWhoseLengthWouldLookLikeACode() {
        head.wrap(ByteBuffer.allocate(65536), 65536);
        head.begin(200, "OK");
        assertThat(head.header("x".repeat(0x9FFF), "")).isTrue();
        head.end();

        head.wrap(ByteBuffer.allocate(65536), 65536);
        head.begin(200, "OK");
        assertThat(head.header("x".repeat(0xA001), "")).isFalse();
        assertThat(head.firstUnfitHeader()).isZero();
        assertThat(head.header("X", "y")).isFalse();
        assertThat(head.end()).isEqualTo(-1);
    }

    @Test
    void fillsALargestPacketCompletely() throws AjpException {
        ByteBuffer buffer = ByteBuffer.allocate(70000);
        head.wrap(buffer, 65536);
        head.begin(200, "OK");
        head.header("X", "y".repeat(65536 - 14 - 4 - 3));

        assertThat(head.end()).isEqualTo(65536);
        assertThat(Packets.containerPayloadLength(buffer.array(), 0)).isEqualTo(65532);
    }

    @Test
    void knowsTheLargestPacketSizeThereIs() {
        assertThatThrownBy(() -> head.wrap(ByteBuffer.allocate(10), 65537)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536").hasMessageContaining("65537");
    }

    private int writeSmallHead() {
        head.begin(200, "OK");
        head.header("Content-Length", "5");
        head.header("X-Foo", "bar");
        return head.end();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] written(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.position()];
        buffer.duplicate().flip().get(bytes);
        return bytes;
    }
}
