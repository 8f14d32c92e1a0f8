package org.catwalk.it.chaos;

import java.util.Arrays;
import java.util.Random;

/** What a {@link ChaosProxy} does to one direction of a connection for a while. */
public enum Mood {

    /** Passes on what comes. */
    CALM(120),
    /** A few milliseconds late. */
    SLOW(20),
    /** In single bytes where packets begin and end, in odd pieces between. */
    SPLIT(20),
    /** Holds back until nothing more comes, then all at once. */
    COALESCE(20),
    /** A pause that is shorter than every time limit. */
    PAUSE(12),
    /** A pause that is longer than every time limit. */
    STALL(3),
    /** A part of what comes, then a reset to both sides. */
    RESET(6),
    /** A part of what comes, then the end of this direction only; the rest is thrown away. */
    HALF_CLOSE(6);

    private static final int ALL = Arrays.stream(values()).mapToInt(mood -> mood.weight).sum();

    private final int weight;

    Mood(int weight) {
        this.weight = weight;
    }

    static Mood choose(Random random) {
        int left = random.nextInt(ALL);
        for (Mood mood : values()) {
            left -= mood.weight;
            if (left < 0) {
                return mood;
            }
        }
        throw new IllegalStateException("Weights");
    }
}
