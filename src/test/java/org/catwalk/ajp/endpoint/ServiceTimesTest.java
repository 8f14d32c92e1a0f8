package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServiceTimesTest {

    private static final int KIND = 0x5EED;

    private final ServiceTimes times = new ServiceTimes(true);

    @Test
    void takesAKindNeverSeenForLong() {
        assertThat(times.isShort(KIND)).isFalse();
    }

    @Test
    void foretellsWhatItHasSeen() {
        times.addStall(KIND, 10_000);
        assertThat(times.isShort(KIND)).isTrue();
        times.addStall(KIND + 1, 2_000_000);
        assertThat(times.isShort(KIND + 1)).isFalse();
    }

    @Test
    void letsOnePauseOfTheMachinePass() {
        warmUp(10_000);
        times.addStall(KIND, 50_000_000);
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void takesAKindForLongOfWhichEveryTwentiethIs() {
        warmUp(10_000);
        // The last few alone would not tell: most are short, and the slow ones count as outliers.
        for (int i = 0; i < 1000; i++) {
            times.addStall(KIND, i % 20 == 0 ? 50_000_000 : 10_000);
        }
        assertThat(times.meanNanos(KIND)).isLessThan(ServiceTimes.SHORT_NANOS);
        assertThat(times.isShort(KIND)).isFalse();
        for (int i = 0; i < 1000; i++) {
            times.addStall(KIND, 10_000);
        }
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void takesAKindForShortOfWhichEveryHundredthIsNot() {
        for (int i = 0; i < 1000; i++) {
            times.addStall(KIND, i % 100 == 50 ? 50_000_000 : 10_000);
        }
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void takesARoughTimeForAReasonToCallAKindShortButNeverLong() {
        warmUp(10_000);
        for (int i = 0; i < 1000; i++) {
            times.addRough(KIND, 3_000_000);
        }
        assertThat(times.isShort(KIND)).isTrue();
        times.addRough(KIND + 1, 3_000_000);
        assertThat(times.isShort(KIND + 1)).isFalse();
        for (int i = 0; i < 100; i++) {
            times.addRough(KIND + 1, i % 2 == 0 ? 3_000_000 : 10_000);
        }
        assertThat(times.isShort(KIND + 1)).isTrue();
    }

    @Test
    void noticesBySamplesThatAKindHasBecomeLongThatHoldsUpNobody() {
        warmUp(10_000);
        int requests = 0;
        while (times.isShort(KIND)) {
            if (++requests % ServiceTimes.SAMPLE_ONE_OF == 0 && times.needsSamples(KIND)) {
                times.addSample(KIND, 200_000);
            } else {
                times.addRough(KIND, 200_000);
            }
            assertThat(requests).isLessThan(4 * ServiceTimes.SAMPLE_ONE_OF);
        }
    }

    @Test
    void noticesBySamplesThatHalfOfAKindIsLong() {
        warmUp(20_000);
        int samples = 0;
        while (times.isShort(KIND)) {
            for (int i = 1; i < ServiceTimes.SAMPLE_ONE_OF; i++) {
                times.addRough(KIND, i % 2 == 0 ? 300_000 : 20_000);
            }
            assertThat(times.needsSamples(KIND)).isTrue();
            times.addSample(KIND, ++samples % 2 == 0 ? 300_000 : 20_000);
            assertThat(samples).isLessThan(100);
        }
    }

    @Test
    void needsNoSamplesOfAKindOfWhichEvenRoughTimesAreVeryShort() {
        warmUp(10_000);
        times.addRough(KIND, 3_000_000);
        assertThat(times.needsSamples(KIND)).isFalse();
    }

    @Test
    void letsOneSampleThatIsLongPass() {
        warmUp(10_000);
        times.addSample(KIND, 2_500_000);
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void letsOneSampleThatIsLongPassOfAKindWhoseThreadsOftenWaitForAProcessor() {
        warmUp(10_000);
        for (int i = 0; i < 1000; i++) {
            times.addRough(KIND, 3_000_000);
        }
        times.addSample(KIND, 2_500_000);
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void letsOneSampleThatIsLongPassOfAKindThatBeganSlowly() {
        times.addRough(KIND, 5_000_000);
        for (int i = 0; i < 100; i++) {
            times.addRough(KIND, 10_000);
        }
        times.addSample(KIND, 2_500_000);
        assertThat(times.isShort(KIND)).isTrue();
    }

    /** While it is doubtful other threads run it, of which only rough times come. */
    @Test
    void changesItsMindAboutADoubtfulKindByTrialsOnly() {
        doubt(KIND);
        for (int i = 0; i < 5000; i++) {
            times.addRough(KIND, 10_000);
        }
        assertThat(times.needsTrials(KIND)).isTrue();
        for (int i = 0; i < 300; i++) {
            times.addTrial(KIND, 10_000);
        }
        assertThat(times.isShort(KIND)).isTrue();
        assertThat(times.needsTrials(KIND)).isFalse();
    }

    @Test
    void doubtsAKindForAsLongAsEveryTwentiethTrialIsLong() {
        doubt(KIND);
        int shortAfter = 0;
        for (int i = 0; i < 2000; i++) {
            times.addTrial(KIND, i % 20 == 10 ? 10_000_000 : 10_000);
            shortAfter += times.isShort(KIND) ? 1 : 0;
        }
        assertThat(shortAfter).isLessThan(100);
    }

    @Test
    void doesNotDoubtWhatIsLongOrUnknown() {
        assertThat(times.needsTrials(KIND)).isFalse();
        times.addStall(KIND, 5_000_000);
        assertThat(times.needsTrials(KIND)).isFalse();
    }

    @Test
    void takesRoughTimesForExactOnesWhereThereAreNoOthers() {
        ServiceTimes unaware = new ServiceTimes(false);
        for (int i = 0; i < 1000; i++) {
            unaware.addRough(KIND, i % 20 == 10 ? 50_000_000 : 10_000);
        }
        assertThat(unaware.meanNanos(KIND)).isLessThan(ServiceTimes.SHORT_NANOS);
        assertThat(unaware.isShort(KIND)).isFalse();
        assertThat(unaware.needsTrials(KIND)).as("the threads that it is handed to know as much").isFalse();
        for (int i = 0; i < 1000; i++) {
            unaware.addRough(KIND, 10_000);
        }
        assertThat(unaware.isShort(KIND)).isTrue();
        for (int i = 0; i < 20; i++) {
            unaware.addRough(KIND, 2_000_000);
        }
        assertThat(unaware.isShort(KIND)).isFalse();
    }

    private void doubt(int kind) {
        times.addStall(kind, 10_000);
        while (!times.needsTrials(kind)) {
            times.addStall(kind, 5_000_000);
            for (int i = 0; i < 10; i++) {
                times.addStall(kind, 10_000);
            }
        }
    }

    @Test
    void noticesThatAKindHasBecomeLong() {
        warmUp(10_000);
        for (int i = 0; i < 20; i++) {
            times.addStall(KIND, 2_000_000);
        }
        assertThat(times.isShort(KIND)).isFalse();
    }

    @Test
    void noticesThatAKindHasBecomeShort() {
        times.addStall(KIND, 5_000_000);
        for (int i = 0; i < 60; i++) {
            times.addStall(KIND, 10_000);
        }
        assertThat(times.isShort(KIND)).isTrue();
    }

    @Test
    void survivesTimesThatNoClockGives() {
        for (long nanos : new long[] {0, -5, Long.MAX_VALUE}) {
            times.addStall(KIND, nanos);
            times.addRough(KIND, nanos);
            times.addSample(KIND, nanos);
            times.addTrial(KIND, nanos);
        }
        assertThat(times.meanNanos(KIND)).isPositive();
    }

    private void warmUp(int nanos) {
        for (int i = 0; i < 20; i++) {
            times.addStall(KIND, nanos);
        }
    }
}
