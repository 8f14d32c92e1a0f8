package org.catwalk.ajp.endpoint;

/**
 * Foretells how long a request will take from how long those like it took, by two exponentially weighted means for each kind of
 * request, in tables of fixed size: of the last few, in which an outlier counts for little, and in the long run, in which one counts
 * for what it costs others. A wrong guess costs a little time, never correctness, so writes race freely and kinds may share an entry.
 */
final class ServiceTimes {

    /** Requests that take at most this long are run by the thread that found them: the hand-off would cost about as much. */
    static final int SHORT_NANOS = 60_000;

    /** What one that takes longer costs those behind it on average: by then another thread has taken the loop over. */
    static final int STALL_NANOS = 2_000_000;
    /** So much at most in the long run, which about one stall in thirty comes to. */
    static final int EXPECTED_NANOS = 80_000;

    private static final int ENTRIES = 1024;
    /** Each new time counts for one part in 2^3. */
    private static final int WEIGHT_SHIFT = 3;
    /** In the long run, for one part in 2^8. */
    private static final int LONG_RUN_SHIFT = 8;
    /** One pause of the machine must not turn a short kind into a long one. */
    private static final int OUTLIER_FACTOR = 4;
    private static final int OUTLIER_FLOOR_NANOS = 2 * SHORT_NANOS;

    /** Two for each entry, side by side: the mean of the last few, 0 if none has come, and the mean in the long run. */
    private final int[] nanos = new int[2 * ENTRIES];

    /** @return whether requests of this kind have been short so far, and hardly one long; false for a kind never seen */
    boolean isShort(int kind) {
        int i = index(kind);
        int mean = nanos[i];
        return mean != 0 && mean <= SHORT_NANOS && nanos[i + 1] <= EXPECTED_NANOS;
    }

    void add(int kind, long measuredNanos) {
        int i = index(kind);
        int mean = nanos[i];
        int expected = nanos[i + 1];
        int time = (int) Math.max(1, Math.min(measuredNanos, Integer.MAX_VALUE / 2));
        if (mean == 0) {
            nanos[i] = time;
            nanos[i + 1] = Math.min(time, SHORT_NANOS);
            return;
        }
        if (isNoNews(mean, expected, time)) {
            return;
        }
        nanos[i + 1] = expected + ((Math.min(time, STALL_NANOS) - expected) >> LONG_RUN_SHIFT);
        if (mean <= SHORT_NANOS) {
            time = Math.min(time, Math.max(mean * OUTLIER_FACTOR, OUTLIER_FLOOR_NANOS));
        }
        nanos[i] = Math.max(1, mean + ((time - mean) >> WEIGHT_SHIFT));
    }

    /** Nothing is written then: every processor would have to fetch it anew. */
    private static boolean isNoNews(int mean, int expected, int time) {
        return Math.max(Math.max(mean, expected), time) <= SHORT_NANOS / 2 && time >= mean / 2;
    }

    /** @return the mean of the last few of this kind, 0 if never seen */
    int meanNanos(int kind) {
        return nanos[index(kind)];
    }

    /** A copy of all means. */
    int[] all() {
        return nanos.clone();
    }

    private static int index(int kind) {
        int h = kind * 0x9E3779B9;
        return h >>> 22 << 1;
    }
}
