package org.catwalk.bench;

import java.time.Duration;

/**
 * How long things take.
 *
 * @param firstWarmUp of each server
 * @param warmUp of each entrant before each row, several times if need be
 * @param ramp before each round
 * @param round what counts
 * @param rounds per entrant and row
 * @param strangersPercent of the whole machine that other processes may use; 100 for as much as they like
 */
record Schedule(Duration firstWarmUp, Duration warmUp, Duration ramp, Duration round, int rounds, double strangersPercent) {

    static final Schedule QUICK = new Schedule(Duration.ofSeconds(5), Duration.ofMillis(1500), Duration.ofMillis(100),
            Duration.ofMillis(1500), 3, 100);
    static final Schedule FULL = new Schedule(Duration.ofSeconds(20), Duration.ofMillis(1500), Duration.ofMillis(300),
            Duration.ofSeconds(2), 5, 10);

    Schedule withRounds(int count) {
        return new Schedule(firstWarmUp, warmUp, ramp, round, count, strangersPercent);
    }

    Schedule withSeconds(double seconds) {
        return new Schedule(firstWarmUp, warmUp, ramp, Duration.ofNanos((long) (seconds * 1e9)), rounds, strangersPercent);
    }

    Schedule withStrangers(double percent) {
        return new Schedule(firstWarmUp, warmUp, ramp, round, rounds, percent);
    }
}
