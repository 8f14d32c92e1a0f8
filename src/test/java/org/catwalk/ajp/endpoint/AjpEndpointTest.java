package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AjpEndpointTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 3", "4, 4", "5, 4", "8, 4", "9, 4", "10, 5", "64, 32"})
    void hasAnEventLoopForEachProcessorUpToFourAndThenForEverySecond(int processors, int loops) {
        assertThat(AjpEndpoint.loopsFor(processors)).isEqualTo(loops);
    }
}
