package org.catwalk.ajp.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;

import org.catwalk.ajp.config.GrammarRule;
import org.catwalk.ajp.wire.WireError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.Level;

class RefusalTest {

    @ParameterizedTest
    @EnumSource
    void hasWhatEveryRefusalNeeds(Refusal reason) {
        assertThat(reason.status()).isIn(0, 400, 403, 408, 500, 503);
        assertThat(reason.phrase().isEmpty()).isEqualTo(reason.status() == 0);
        assertThat(reason.level()).isIn(Level.WARN, Level.DEBUG);
        assertThat(reason.counterName()).matches("[a-z][a-zA-Z]+");
        assertThat(reason.advice()).matches("[A-Z][ -~]+\\.");
        assertThat(reason.description()).matches("[a-z][ -~]+[^.]");
    }

    @ParameterizedTest
    @EnumSource
    void tellsAStrangerNothingAboutTheProduct(Refusal reason) {
        assertThat(reason.phrase()).isIn("", "Bad Request", "Forbidden", "Request Timeout", "Internal Server Error", "Service Unavailable");
    }

    @ParameterizedTest
    @EnumSource
    void hasACounterOfItsOwn(Refusal reason) {
        assertThat(Stream.of(Refusal.values()).filter(other -> other.counterName().equals(reason.counterName()))).containsExactly(reason);
    }

    @ParameterizedTest
    @EnumSource
    void coversEveryErrorOfThePacketsStructure(WireError error) {
        assertThat(Refusal.of(error).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource
    void namesEveryRuleThatCanBeRelaxed(GrammarRule rule) {
        assertThat(Arrays.stream(Refusal.values()).map(Refusal::advice)).anyMatch(advice -> advice.contains("-" + rule.text() + "\""));
    }

    @Test
    void keepsStocksStatusForSecretsAndAttributes() {
        assertThat(Stream.of(Refusal.SECRET_MISSING, Refusal.SECRET_WRONG, Refusal.SECRET_DUPLICATED, Refusal.ATTRIBUTE_NOT_ALLOWED))
                .extracting(Refusal::status).containsOnly(403);
    }
}
