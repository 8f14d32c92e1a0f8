package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PacketReaderTest {

    private final PacketReader reader = new PacketReader();
    private final Span span = new Span();

    @Test
    void readsUnsignedBigEndianNumbers() throws AjpException {
        read("ff ff fe 00 01");

        assertThat(reader.readByte()).isEqualTo(0xFF);
        assertThat(reader.peekUint16()).isEqualTo(0xFFFE);
        assertThat(reader.readUint16()).isEqualTo(0xFFFE);
        assertThat(reader.readBoolean()).isFalse();
        assertThat(reader.readBoolean()).isTrue();
        reader.expectEnd();
    }

    @Test
    void countsPositionsFromTheStartOfThePayload() throws AjpException {
        reader.wrap(new byte[10], 4, 9);
        reader.readUint16();

        assertThat(reader.position()).isEqualTo(2);
        assertThat(reader.remaining()).isEqualTo(3);
    }

    @Test
    void pointsSpansAtThePacketWithoutCopying() throws AjpException {
        byte[] packet = read("00 03 61 62 e4 00");
        reader.readString(span);

        assertThat(span.array()).isSameAs(packet);
        assertThat(span.offset()).isEqualTo(2);
        assertThat(span.length()).isEqualTo(3);
        assertThat(span.at(2)).isEqualTo((byte) 0xE4);
        assertThat(span).hasToString("ab\u00e4");
        reader.expectEnd();
    }

    @Test
    void tellsNullFromEmpty() throws AjpException {
        read("ff ff 00 00 00");

        reader.readString(span);
        assertThat(span.isNull()).isTrue();
        assertThat(span.text()).isNull();
        assertThat(reader.position()).as("nothing follows a null string").isEqualTo(2);

        reader.readString(span);
        assertThat(span.isNull()).isFalse();
        assertThat(span.text()).isEmpty();
        reader.expectEnd();
    }

    @Test
    void reportsWhereAStringGoesWrong() {
        fails("00 01 61 00 00 05 61 62 63 64 65", WireError.STRING_PAST_END, 4, this::readTwoStrings);
        fails("00 01 61 00 00 02 61 62 63 64 65", WireError.UNTERMINATED_STRING, 4, this::readTwoStrings);
        fails("00 01 61 00 00", WireError.TRUNCATED, 4, this::readTwoStrings);
        fails("00 00", WireError.STRING_PAST_END, 0, () -> reader.readString(span));
        fails("ff fe 00", WireError.STRING_PAST_END, 0, () -> reader.readString(span));
        fails("ff ff", WireError.NULL_STRING, 0, () -> reader.readPresentString(span));
    }

    @Test
    void neverReadsBehindThePayloadThoughTheArrayGoesOn() {
        byte[] array = HexFixture.decode("00 02 61 62 00 00");
        reader.wrap(array, 0, 4);

        assertThatThrownBy(() -> reader.readString(span)).isInstanceOf(AjpException.class);
    }

    @Test
    void reportsTruncatedNumbers() {
        fails("", WireError.TRUNCATED, 0, reader::readByte);
        fails("01", WireError.TRUNCATED, 0, reader::readUint16);
        fails("01", WireError.TRUNCATED, 0, reader::peekUint16);
        fails("01 02", WireError.TRUNCATED, 0, () -> reader.readBytes(3, span));
    }

    @Test
    void acceptsOnlyTheTwoBooleansOfTheSpecification() {
        fails("02", WireError.BAD_BOOLEAN, 0, reader::readBoolean);
        fails("ff", WireError.BAD_BOOLEAN, 0, reader::readBoolean);
    }

    @Test
    void reportsTrailingBytes() {
        fails("00 00", WireError.TRAILING_BYTES, 1, () -> {
            reader.readByte();
            reader.expectEnd();
        });
    }

    @Test
    void describesErrorsByNumbersOnly() {
        read("00 63 73 65 63 72 65 74 00");

        assertThatExceptionOfType(AjpException.class).isThrownBy(() -> reader.readString(span)).satisfies(e -> {
            assertThat(e).hasMessage("A string's announced length runs past the end of the packet. "
                    + "It announces 99 bytes; 7 are left, and one of them has to end it. Payload offset 0.");
            assertThat(e.getStackTrace()).isEmpty();
        });
    }

    @Test
    void insistsOnARangeOfTheArray() {
        assertThatThrownBy(() -> reader.wrap(new byte[4], 2, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private byte[] read(String hex) {
        byte[] bytes = HexFixture.decode(hex);
        reader.wrap(bytes, 0, bytes.length);
        return bytes;
    }

    private void readTwoStrings() throws AjpException {
        reader.readString(span);
        reader.readString(span);
    }

    private void fails(String hex, WireError error, int offset, ThrowingCallable reading) {
        read(hex);
        assertThatExceptionOfType(AjpException.class).isThrownBy(reading).satisfies(e -> {
            assertThat(e.error()).isEqualTo(error);
            assertThat(e.offset()).isEqualTo(offset);
        });
    }
}
