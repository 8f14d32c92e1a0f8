package org.catwalk.ajp.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurationHistogramTest {

    private final DurationHistogram histogram = new DurationHistogram();

    @Test
    void isZeroWhenNothingWasCounted() {
        DurationHistogram.Snapshot none = histogram.snapshot();
        assertThat(none.count()).isZero();
        assertThat(none.percentileMicros(99)).isZero();
        assertThat(none.maxMicros()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 8, 9, 15, 16, 17, 1_000, 65_535, 65_536, 1_000_000, 3_600_000_000L})
    void showsASingleDurationAsItIs(long micros) {
        histogram.count(TimeUnit.MICROSECONDS.toNanos(micros));
        assertThat(histogram.snapshot().percentileMicros(1)).isEqualTo(micros);
        assertThat(histogram.snapshot().percentileMicros(100)).isEqualTo(micros);
        assertThat(histogram.snapshot().sumMicros()).isEqualTo(micros);
    }

    @Test
    void takesWhatIsTooLongOrNegativeForItsOutermostDurations() {
        histogram.count(-1);
        histogram.count(Long.MAX_VALUE);
        assertThat(histogram.snapshot().percentileMicros(50)).isZero();
        assertThat(histogram.snapshot().maxMicros()).isEqualTo((1L << 32) - 1);
    }

    @Test
    void isAtMostAnEighthTooLarge() {
        long[] micros = new Random(17).doubles(10_000, 0, 25).mapToLong(power -> (long) Math.pow(2, power)).sorted().toArray();
        Arrays.stream(micros).forEach(each -> histogram.count(TimeUnit.MICROSECONDS.toNanos(each)));
        DurationHistogram.Snapshot snapshot = histogram.snapshot();
        for (double percent : new double[] {1, 25, 50, 90, 95, 99, 99.9}) {
            long exact = micros[(int) Math.ceil(micros.length * percent / 100) - 1];
            assertThat(snapshot.percentileMicros(percent)).as("%s %%", percent).isBetween(exact, exact + exact / 8 + 1);
        }
        for (int power = 0; power <= 30; power++) {
            long bound = 1L << power;
            assertThat(snapshot.countBelow(power)).as("below %d", bound).isEqualTo(Arrays.stream(micros).filter(m -> m < bound).count());
        }
    }
}
