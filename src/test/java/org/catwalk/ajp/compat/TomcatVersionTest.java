package org.catwalk.ajp.compat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TomcatVersionTest {

    @ParameterizedTest
    @CsvSource({
        "9.0.90,              true,  true",
        "9.0.117,             true,  true",
        "9.0.89,              true,  false",
        "9.0.87.redhat-00003, true,  false",
        "10.1.25,             true,  true",
        "10.1.24,             true,  false",
        "11.0.0,              true,  true",
        "11.0.x-dev,          true,  true",
        "11.1.0,              true,  false",
        "12.0.0-M1,           true,  false",
        "10.0.27,             false, false",
        "8.5.100,             false, false",
    })
    void knowsTheSupportedLines(String text, boolean supportedLine, boolean tested) {
        assertThat(TomcatVersion.parse(text)).hasValueSatisfying(version -> {
            assertThat(version.isOfSupportedLine()).isEqualTo(supportedLine);
            assertThat(version.isTested()).isEqualTo(tested);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "9", "9.0", "99999.0.1", "x.y.z"})
    void knowsWhatIsNoVersion(String text) {
        assertThat(TomcatVersion.parse(text)).isEmpty();
    }

    @Test
    void takesNullForNoVersion() {
        assertThat(TomcatVersion.parse(null)).isEmpty();
    }
}
