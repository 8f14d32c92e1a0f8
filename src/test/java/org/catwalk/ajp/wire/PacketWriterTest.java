package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketWriterTest {

    private final PacketWriter writer = new PacketWriter();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writesPacketsBehindOneAnother(boolean direct) {
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(100) : ByteBuffer.allocate(100);
        writer.wrap(buffer);

        writer.begin(MessageType.SEND_HEADERS).putUint16(0xFFFE);
        assertThat(writer.size()).isEqualTo(7);
        assertThat(writer.end()).isEqualTo(7);
        writer.begin(Packets.WEB_SERVER_MAGIC, MessageType.CPING);
        assertThat(writer.end()).isEqualTo(5);

        assertThat(written(buffer)).isEqualTo(HexFixture.decode("41 42 00 03 04 ff fe  12 34 00 01 0a"));
        assertThat(writer.remaining()).isEqualTo(88);
    }

    @Test
    void writesStringsWithLengthAndTerminator() {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        writer.wrap(buffer);

        writer.putString("");
        writer.putString("a\u00e4");
        writer.putString("<bc>".getBytes(StandardCharsets.ISO_8859_1), 1, 2);
        writer.putNullString();
        writer.putString(null);

        assertThat(written(buffer)).isEqualTo(HexFixture.decode("00 00 00  00 02 61 e4 00  00 02 62 63 00  ff ff  ff ff"));
    }

    @Test
    void replacesCharactersBeyondLatin1() {
        // U+010A and U+010D would become LF and CR if they were narrowed to a byte.
        assertThat(asField("\u010a\u010d\u20ac\ud83d\ude00")).isEqualTo("?????");
        assertThat(asField("\u00ff")).isEqualTo("\u00ff");
    }

    @Test
    void turnsControlCharactersInFieldsIntoSpaces() {
        for (char c = 0; c <= 0xFF; c++) {
            boolean replaced = c < 0x20 && c != '\t' || c == 0x7F;
            assertThat(asField("a" + c + "b")).isEqualTo(replaced ? "a b" : "a" + c + "b");
        }
        assertThat(asField("a\r\nSet-Cookie: x\0")).isEqualTo("a  Set-Cookie: x ");
    }

    @Test
    void refusesStringsThatNoLengthCanAnnounce() {
        ByteBuffer buffer = ByteBuffer.allocate(70000);
        writer.wrap(buffer);

        assertThatThrownBy(() -> writer.putString("x".repeat(0xFFFF))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.putFieldString(new byte[0x10000], 0, 0x10000)).isInstanceOf(IllegalArgumentException.class);
        assertThat(buffer.position()).isZero();
        writer.putString("x".repeat(0xFFFE));
        assertThat(buffer.position()).isEqualTo(0xFFFE + 3);
    }

    @Test
    void takesAnOverlongPacketBack() {
        ByteBuffer buffer = ByteBuffer.allocate(70000);
        buffer.put((byte) 1);
        writer.wrap(buffer).begin(MessageType.SEND_HEADERS).putString("x".repeat(0xFFFE));

        assertThatThrownBy(writer::end).isInstanceOf(IllegalStateException.class).hasMessageContaining("65535");
        assertThat(buffer.position()).isEqualTo(1);
    }

    @Test
    void refusesLittleEndianBuffers() {
        assertThatThrownBy(() -> writer.wrap(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Both variants, which have to agree wherever both can say it. */
    private String asField(String text) {
        ByteBuffer fromText = ByteBuffer.allocate(100);
        writer.wrap(fromText).putFieldString(text);
        String result = new String(fromText.array(), 2, fromText.position() - 3, StandardCharsets.ISO_8859_1);
        if (text.chars().allMatch(c -> c <= 0xFF)) {
            byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.ISO_8859_1);
            ByteBuffer fromBytes = ByteBuffer.allocate(100);
            writer.wrap(fromBytes).putFieldString(bytes, 1, bytes.length - 2);
            assertThat(written(fromBytes)).isEqualTo(written(fromText));
        }
        return result;
    }

    private static byte[] written(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.position()];
        buffer.duplicate().flip().get(bytes);
        return bytes;
    }
}
