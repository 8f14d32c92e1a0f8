package org.catwalk.ajp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarRuleTest {

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "all", " ALL "})
    void hasAllRulesUnlessToldOtherwise(String text) {
        assertThat(GrammarRule.parse(text)).isEqualTo(EnumSet.allOf(GrammarRule.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"all,-host,-header-name", "-host,-header-name", " all , -Header-Name, - host"})
    void relaxesRulesByName(String text) {
        assertThat(GrammarRule.parse(text))
                .isEqualTo(EnumSet.complementOf(EnumSet.of(GrammarRule.HOST, GrammarRule.HEADER_NAME)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "host", "-all", "all,host", "-hosts", "all,,-host", "-host,all", "false", "header_name"})
    void refusesWhatCouldBeAnAccidentAndNamesTheRules(String text) {
        assertThatThrownBy(() -> GrammarRule.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("strict=\"" + text + "\"").hasMessageContaining("header-value").hasMessageContaining("all,-host");
    }

    @Test
    void writesWhatItReads() {
        Set<GrammarRule> rules = GrammarRule.parse("all,-query,-transfer-encoding");
        assertThat(GrammarRule.format(rules)).isEqualTo("all,-query,-transfer-encoding");
        assertThat(GrammarRule.parse(GrammarRule.format(rules))).isEqualTo(rules);
    }
}
