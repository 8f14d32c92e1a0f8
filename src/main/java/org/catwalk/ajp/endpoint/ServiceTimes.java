package org.catwalk.ajp.endpoint;

/**
 * Foretells how long a request will take from how long those like it took, by two exponentially weighted means for each kind of
 * request, in tables of fixed size: of the last few, in which an outlier counts for little, and in the long run, in which one counts
 * for what it costs others. A wrong guess costs a little time, never correctness, so writes race freely and kinds may share an entry.
 *
 * <p>There are two sorts of times. In a <em>rough</em> one the thread may have waited for a processor, so the request took that long or
 * less; it can show that a kind is short, never that it is long: on a machine that is busy with other things all would seem to be long,
 * and be handed to threads that find no processor either. Of an <em>exact</em> one that waiting has been taken off.
 */
final class ServiceTimes {

    /** Requests that take at most this long are run by the thread that found them: the hand-off would cost about as much. */
    static final int SHORT_NANOS = 60_000;

    /** What one that takes longer costs those behind it on average: by then another thread has taken the loop over. */
    static final int STALL_NANOS = 2_000_000;
    /** So much at most in the long run, which about one stall in thirty comes to. */
    static final int EXPECTED_NANOS = 80_000;

    /** Of the requests of a short kind that {@linkplain #needsSamples needs} it, the part that is measured exactly though they held up nobody. */
    static final int SAMPLE_ONE_OF = 32;

    private static final int ENTRIES = 1024;
    /** Each new time counts for one part in 2^3. */
    private static final int WEIGHT_SHIFT = 3;
    /** In the long run, for one part in 2^8. */
    private static final int LONG_RUN_SHIFT = 8;
    /** So does each of the 32 for which a sample stands. */
    private static final int SAMPLE_SHIFT = LONG_RUN_SHIFT - 5;
    /** So one alone puts no kind in doubt of which the others are as short as its rough times may show. */
    private static final int SAMPLE_AT_MOST_NANOS = 5 * SHORT_NANOS;
    /** Few are tried of a kind in doubt; to count each for more would be rash, for less would take long. */
    private static final int TRIAL_SHIFT = LONG_RUN_SHIFT - 1;
    /** What a rough time counts for at most, if the kind is not long: so much that it needs samples, too little for one of them to make it long. */
    private static final int ROUGH_AT_MOST_NANOS = SHORT_NANOS * 2 / 3;
    /** One pause of the machine must not turn a short kind into a long one. */
    private static final int OUTLIER_FACTOR = 4;
    private static final int OUTLIER_FLOOR_NANOS = 2 * SHORT_NANOS;

    /** Two for each entry, side by side: the mean of the last few, 0 if none has come, and the mean in the long run. */
    private final int[] nanos = new int[2 * ENTRIES];
    private final boolean waitsAreKnown;

    /** @param waitsAreKnown whether there are exact times; if not, rough ones are taken for such */
    ServiceTimes(boolean waitsAreKnown) {
        this.waitsAreKnown = waitsAreKnown;
    }

    /** @return whether requests of this kind have been short so far, and hardly one long; false for a kind never seen */
    boolean isShort(int kind) {
        int i = index(kind);
        return areLastShort(i) && nanos[i + 1] <= EXPECTED_NANOS;
    }

    /**
     * @return whether the last few were short and only the long run is not. Other threads run this kind, of which only rough times come, so
     *         one has to be tried now and then
     */
    boolean needsTrials(int kind) {
        int i = index(kind);
        return waitsAreKnown && areLastShort(i) && nanos[i + 1] > EXPECTED_NANOS;
    }

    /** @return whether rough times alone leave open that many of a short kind are long */
    boolean needsSamples(int kind) {
        return nanos[index(kind)] > SHORT_NANOS * 2 / 5;
    }

    private boolean areLastShort(int i) {
        int mean = nanos[i];
        return mean != 0 && mean <= SHORT_NANOS;
    }

    /** Adds a rough time: whoever measured it may have been ready to run and had no processor. */
    void addRough(int kind, long measuredNanos) {
        int mean = nanos[index(kind)];
        if (mean == 0 || !waitsAreKnown) {
            addExact(kind, measuredNanos, STALL_NANOS, LONG_RUN_SHIFT);
            return;
        }
        int time = Math.min(inRange(measuredNanos), mean > SHORT_NANOS ? mean : Math.max(mean, ROUGH_AT_MOST_NANOS));
        if (!isNoNews(mean, 0, time)) {
            nanos[index(kind)] = mixed(mean, time, WEIGHT_SHIFT);
        }
    }

    /** Adds the exact time of one of {@link #SAMPLE_ONE_OF} requests of a short kind, one that held up nobody for long. */
    void addSample(int kind, long measuredNanos) {
        addExact(kind, measuredNanos, SAMPLE_AT_MOST_NANOS, SAMPLE_SHIFT);
    }

    /** Adds the time of a request that held others up, as exact as it is known; each of them is added. */
    void addStall(int kind, long measuredNanos) {
        addExact(kind, measuredNanos, STALL_NANOS, LONG_RUN_SHIFT);
    }

    /** Adds the exact time of a request that was run to learn about its kind, whether it held others up or not. */
    void addTrial(int kind, long measuredNanos) {
        addExact(kind, measuredNanos, STALL_NANOS, TRIAL_SHIFT);
    }

    /**
     * @param inTheLongRunAtMost nanoseconds that it counts for there
     * @param shift it counts for one part in 2^shift there
     */
    private void addExact(int kind, long measuredNanos, int inTheLongRunAtMost, int shift) {
        int i = index(kind);
        int mean = nanos[i];
        int expected = nanos[i + 1];
        int time = inRange(measuredNanos);
        if (mean == 0) {
            nanos[i] = time;
            nanos[i + 1] = Math.min(time, SHORT_NANOS / 2);
        } else if (!isNoNews(mean, expected, time)) {
            nanos[i + 1] = mixed(expected, Math.min(time, inTheLongRunAtMost), shift);
            nanos[i] = mixed(mean, mean <= SHORT_NANOS ? Math.min(time, outlier(mean)) : time, WEIGHT_SHIFT);
        }
    }

    /** @return what an outlier counts for at most among the last few */
    private static int outlier(int mean) {
        return Math.max(mean * OUTLIER_FACTOR, OUTLIER_FLOOR_NANOS);
    }

    private static int inRange(long measuredNanos) {
        return (int) Math.max(1, Math.min(measuredNanos, Integer.MAX_VALUE / 2));
    }

    private static int mixed(int mean, int time, int shift) {
        return Math.max(1, mean + ((time - mean) >> shift));
    }

    /** Nothing is written then: every processor would have to fetch it anew. */
    private static boolean isNoNews(int mean, int expected, int time) {
        return Math.max(Math.max(mean, expected), time) <= SHORT_NANOS / 2 && time >= mean / 2;
    }

    /** @return what the last few of this kind took: short ones on average, of others about the shortest; 0 if never seen */
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
