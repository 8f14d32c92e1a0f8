package org.catwalk.ajp.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** However many bytes are looked at together, the answer is that of looking at each. */
class ByteSetTest {

    private static final ByteSet[] SETS = {
            Grammar.URI, Grammar.HEADER_VALUE, Grammar.ATTRIBUTE_VALUE, Grammar.ATTRIBUTE_NAME, Grammar.TOKEN, Grammar.HOST_NAME, Grammar.PEM};

    @Property
    void findsTheFirstByteOutside(@ForAll @Size(max = 80) byte[] bytes, @ForAll @IntRange(max = 9) int from) {
        int start = Math.min(from, bytes.length);
        for (ByteSet set : SETS) {
            assertThat(set.firstOutside(bytes, start, bytes.length)).isEqualTo(byteByByte(set, bytes, start, bytes.length));
        }
    }

    @Test
    void findsEachByteAtEachPlaceAmongOthersThatAreInside() {
        for (ByteSet set : SETS) {
            for (int fill : new int[] {'a', 'A', '0'}) {
                for (int place = 0; place < 33; place++) {
                    for (int value = 0; value < 256; value++) {
                        byte[] bytes = new byte[33];
                        Arrays.fill(bytes, (byte) fill);
                        bytes[place] = (byte) value;
                        assertThat(set.firstOutside(bytes, 0, bytes.length)).as("0x%02x at %d", value, place)
                                .isEqualTo(set.contains(value) ? -1 : place);
                    }
                }
            }
        }
    }

    @Test
    void looksAtNothingBehindTheEnd() {
        byte[] bytes = "0123456789\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Grammar.HEADER_VALUE.firstOutside(bytes, 0, 10)).isEqualTo(-1);
        assertThat(Grammar.HEADER_VALUE.firstOutside(bytes, 3, 11)).isEqualTo(10);
    }

    private static int byteByByte(ByteSet set, byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!set.contains(bytes[i])) {
                return i;
            }
        }
        return -1;
    }
}
