package org.catwalk.ajp.endpoint;

/**
 * Foretells how long a request will take from how long those like it took: an exponentially weighted mean for each kind of
 * request, in a table of fixed size. A wrong guess costs a little time, never correctness, so writes race freely and kinds
 * may share an entry.
 */
final class ServiceTimes {

    /** Requests that take at most this long are run by the thread that found them: the hand-off would cost about as much. */
    static final int SHORT_NANOS = 60_000;

    private static final int ENTRIES = 1024;
    /** Each new time counts for one part in 2^3. */
    private static final int WEIGHT_SHIFT = 3;
    /** One pause of the machine must not turn a short kind into a long one. */
    private static final int OUTLIER_FACTOR = 4;
    private static final int OUTLIER_FLOOR_NANOS = 2 * SHORT_NANOS;

    private final int[] meanNanos = new int[ENTRIES];

    /** @return whether requests of this kind have been short so far; false for a kind never seen */
    boolean isShort(int kind) {
        int mean = meanNanos[index(kind)];
        return mean != 0 && mean <= SHORT_NANOS;
    }

    void add(int kind, long nanos) {
        int i = index(kind);
        int mean = meanNanos[i];
        int time = (int) Math.max(1, Math.min(nanos, Integer.MAX_VALUE / 2));
        if (mean == 0) {
            meanNanos[i] = time;
            return;
        }
        if (mean <= SHORT_NANOS) {
            time = Math.min(time, Math.max(mean * OUTLIER_FACTOR, OUTLIER_FLOOR_NANOS));
        }
        int next = mean + ((time - mean) >> WEIGHT_SHIFT);
        meanNanos[i] = Math.max(1, next);
    }

    /** @return the mean of this kind, 0 if never seen */
    int meanNanos(int kind) {
        return meanNanos[index(kind)];
    }

    private static int index(int kind) {
        int h = kind * 0x9E3779B9;
        return h >>> 22;
    }
}
