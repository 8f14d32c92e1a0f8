package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServiceTimesTest {

    private static final int KIND = 0x5EED;

    private final ServiceTimes times = new ServiceTimes();

    @Test
    void takesAKindNeverSeenForLong() {
        assertThat(times.isShort(KIND)).isFalse();
    }

    @Test
    void foretellsWhatItHasSeen() {
        times.add(KIND, 10_000);
        assertThat(times.isShort(KIND)).isTrue();
        times.add(KIND + 1, 2_000_000);
        assertThat(times.isShort(KIND + 1)).isFalse();
    }

    @Test
    void letsOnePauseOfTheMachinePass() {
        warmUp(10_000);
        times.add(KIND, 50_000_000);
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void takesAKindForLongOfWhichEveryTwentiethIs() {
        warmUp(10_000);
        // The last few alone would not tell: most are short, and the slow ones count as outliers.
        for (int i = 0; i < 1000; i++) {
            times.add(KIND, i % 20 == 0 ? 50_000_000 : 10_000);
        }
        assertThat(times.meanNanos(KIND)).isLessThan(ServiceTimes.SHORT_NANOS);
        assertThat(times.isShort(KIND)).isFalse();
        for (int i = 0; i < 1000; i++) {
            times.add(KIND, 10_000);
        }
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void takesAKindForShortOfWhichEveryHundredthIsNot() {
        for (int i = 0; i < 1000; i++) {
            times.add(KIND, i % 100 == 50 ? 50_000_000 : 10_000);
        }
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void noticesThatAKindHasBecomeLong() {
        warmUp(10_000);
        for (int i = 0; i < 20; i++) {
            times.add(KIND, 2_000_000);
        }
        assertThat(times.isShort(KIND)).isFalse();
    }

    @Test
    void noticesThatAKindHasBecomeShort() {
        times.add(KIND, 5_000_000);
        for (int i = 0; i < 60; i++) {
            times.add(KIND, 10_000);
        }
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void survivesTimesThatNoClockGives() {
        times.add(KIND, 0);
        times.add(KIND, -5);
        times.add(KIND, Long.MAX_VALUE);
        assertThat(times.meanNanos(KIND)).isPositive();
    }

    private void warmUp(int nanos) {
        for (int i = 0; i < 20; i++) {
            times.add(KIND, nanos);
        }
    }
}
