package org.catwalk.ajp.telemetry;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Counts durations in buckets whose width grows with the duration: eight to each power of two, so that a percentile is at most an eighth
 * too large. From 0 to 2^32 microseconds (71 minutes); longer ones count as that. Counting takes no lock and allocates nothing.
 */
public final class DurationHistogram {

    private static final int SUB_BITS = 3;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;
    private static final int MAX_BITS = 32;
    private static final long MAX_MICROS = (1L << MAX_BITS) - 1;
    private static final int BUCKETS = index(MAX_MICROS) + 1;

    private final LongAdder[] buckets = Stream.generate(LongAdder::new).limit(BUCKETS).toArray(LongAdder[]::new);
    private final LongAdder sumMicros = new LongAdder();
    private final LongAccumulator maxMicros = new LongAccumulator(Math::max, 0);

    /** @param nanos from 0 */
    public void count(long nanos) {
        long micros = Math.min(Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos)), MAX_MICROS);
        buckets[index(micros)].increment();
        sumMicros.add(micros);
        maxMicros.accumulate(micros);
    }

    /** What was counted up to now. */
    public Snapshot snapshot() {
        return new Snapshot(Stream.of(buckets).mapToLong(LongAdder::sum).toArray(), sumMicros.sum(), maxMicros.get());
    }

    /** Below 8 each number has a bucket; above, the highest bit and the three behind it say which. */
    private static int index(long micros) {
        if (micros < SUB_BUCKETS) {
            return (int) micros;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - SUB_BITS;
        return (shift + 1) * SUB_BUCKETS + (int) (micros >> shift & SUB_BUCKETS - 1);
    }

    private static long largestIn(int index) {
        if (index < SUB_BUCKETS) {
            return index;
        }
        int shift = index / SUB_BUCKETS - 1;
        return ((long) (SUB_BUCKETS + index % SUB_BUCKETS + 1) << shift) - 1;
    }

    /** A moment's counts, to be asked several things. */
    public static final class Snapshot {

        private final long[] counts;
        private final long sumMicros;
        private final long maxMicros;

        private Snapshot(long[] counts, long sumMicros, long maxMicros) {
            this.counts = counts;
            this.sumMicros = sumMicros;
            this.maxMicros = maxMicros;
        }

        public long count() {
            return LongStream.of(counts).sum();
        }

        /** Sum of all durations, in microseconds. */
        public long sumMicros() {
            return sumMicros;
        }

        /** The longest duration, in microseconds; 0 if there is none. */
        public long maxMicros() {
            return maxMicros;
        }

        /**
         * @param percent above 0, up to 100
         * @return microseconds that so many of a hundred durations do not exceed; 0 if there is none
         */
        public long percentileMicros(double percent) {
            long rank = (long) Math.ceil(count() * percent / 100);
            long seen = 0;
            for (int i = 0; i < counts.length && rank > 0; i++) {
                seen += counts[i];
                if (seen >= rank) {
                    return Math.min(largestIn(i), maxMicros);
                }
            }
            return 0;
        }

        /** @return durations of less than 2^power microseconds; exact */
        public long countBelow(int power) {
            return LongStream.of(Arrays.copyOf(counts, index(1L << power))).sum();
        }
    }
}
