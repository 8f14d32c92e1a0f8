package org.catwalk.ajp.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.catwalk.ajp.wire.Span;
import org.junit.jupiter.api.Test;

class RecentTextsTest {

    private final RecentTexts texts = new RecentTexts();

    @Test
    void givesTheSameTextForTheSameBytes() {
        String first = texts.of(span("ACT"));
        texts.of(span("TLSv1.3"));

        assertThat(texts.of(span("ACT"))).isSameAs(first).isEqualTo("ACT");
    }

    @Test
    void givesTextOfOtherBytesToNobody() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(3)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) (random.nextInt(6) - 3);
            }
            assertThat(texts.of(new Span().wrap(bytes, 0, bytes.length))).isEqualTo(new String(bytes, StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void tellsTheEmptyTextFromNone() {
        assertThat(texts.of(span(""))).isEmpty();
        assertThat(texts.of(new Span().setNull())).isNull();
    }

    @Test
    void doesNotKeepLongTexts() {
        String text = "x".repeat(RecentTexts.LONGEST + 1);

        assertThat(texts.of(span(text))).isEqualTo(text).isNotSameAs(texts.of(span(text)));
    }

    @Test
    void replacesWhatChangesFromRequestToRequest() {
        String activation = texts.of(span("ACT"));
        for (int session = 0; session < 100; session++) {
            assertThat(texts.of(span("session " + session))).isEqualTo("session " + session);
            assertThat(texts.of(span("ACT"))).isSameAs(activation);
        }
    }

    private static Span span(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return new Span().wrap(bytes, 0, bytes.length);
    }
}
