package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SpanTest {

    private final Span span = new Span();

    @Test
    void startsAsNullAndBecomesNullAgain() {
        assertThat(span.isNull()).isTrue();

        wrap("x");
        assertThat(span.isNull()).isFalse();

        byte[] before = span.array();
        span.setNull();
        assertThat(span.isNull()).isTrue();
        assertThat(span.length()).isZero();
        assertThat(span.array()).as("lets go of the packet").isNotSameAs(before);
    }

    @Test
    void comparesWithAscii() {
        wrap("Keep-Alive");

        assertThat(span.equalsAscii("Keep-Alive")).isTrue();
        assertThat(span.equalsAscii("keep-alive")).isFalse();
        assertThat(span.equalsAscii("Keep-Aliv")).isFalse();
        assertThat(span.equalsAsciiIgnoreCase("kEEP-aLIVE")).isTrue();
        assertThat(span.equalsAsciiIgnoreCase("keep-alivf")).isFalse();
        assertThat(span.equalsAsciiIgnoreCase("Keep\rAlive")).isFalse();
    }

    @Test
    void nullEqualsNothing() {
        assertThat(span.equalsAscii("")).isFalse();
        assertThat(span.equalsAsciiIgnoreCase("")).isFalse();
    }

    @Test
    void keepsToItsBounds() {
        wrap("abc");

        assertThat(span.at(0)).isEqualTo((byte) 'a');
        assertThatThrownBy(() -> span.at(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> span.at(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private void wrap(String text) {
        byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.ISO_8859_1);
        span.wrap(bytes, 1, text.length());
    }
}
