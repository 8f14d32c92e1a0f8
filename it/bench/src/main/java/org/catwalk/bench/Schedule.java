package org.catwalk.bench;

import java.time.Duration;

/**
 * How long things take.
 *
 * @param firstWarmUp of each server
 * @param warmUp of each contestant before each row
 * @param ramp before each round
 * @param round what counts
 * @param rounds per contestant and row
 */
record Schedule(Duration firstWarmUp, Duration warmUp, Duration ramp, Duration round, int rounds) {

    static final Schedule QUICK = new Schedule(Duration.ofSeconds(5), Duration.ofMillis(1500), Duration.ofMillis(100),
            Duration.ofMillis(1500), 3);
    static final Schedule FULL = new Schedule(Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofMillis(300),
            Duration.ofSeconds(5), 5);

    Schedule withRounds(int count) {
        return new Schedule(firstWarmUp, warmUp, ramp, round, count);
    }

    Schedule withSeconds(double seconds) {
        return new Schedule(firstWarmUp, warmUp, ramp, Duration.ofNanos((long) (seconds * 1e9)), rounds);
    }
}
