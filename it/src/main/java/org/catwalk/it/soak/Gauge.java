package org.catwalk.it.soak;

import java.util.Locale;

/** What is looked at while traffic runs, and by how much it may be more in the last third of the time than in the second. */
public enum Gauge {

    /** Used heap right after a garbage collection. What further processors take comes on top, see {@link Judgement}. */
    LIVE_HEAP("MB", .03, .7),
    /** Tomcat's, each with its request, response and their buffers. As many are kept as have been needed at one time. */
    PROCESSORS("processors", .25, 20),
    THREADS("threads", .1, 4),
    DESCRIPTORS("open descriptors", .1, 10),
    /** Memory outside the heap that belongs to direct buffers. */
    DIRECT_MEMORY("MB", .1, 2),
    /** Catwalk's own buffers that requests hold. */
    BUFFERS_IN_USE("buffers", .25, 10),
    /** Catwalk's own buffers, those that wait to be used again included. */
    BUFFERS("buffers", .1, 16),
    CONNECTIONS("connections", .1, 8),
    /** Connections with a request. */
    ACTIVE("connections", .25, 10),
    /** How much of it a JVM gives back is its own business: shown, not judged. */
    RESIDENT("MB", Double.POSITIVE_INFINITY, 0);

    private final String unit;
    private final double relative;
    private final double absolute;

    Gauge(String unit, double relative, double absolute) {
        this.unit = unit;
        this.relative = relative;
        this.absolute = absolute;
    }

    public String unit() {
        return unit;
    }

    /** For instance {@code live heap}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** For instance {@code live-heap}. */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public boolean isJudged() {
        return !Double.isInfinite(relative);
    }

    /** The most that counts as flat after {@code before}. */
    public double limit(double before) {
        return before * (1 + relative) + absolute;
    }
}
