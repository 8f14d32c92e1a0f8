package org.catwalk.bench;

import java.util.Locale;

/**
 * What a judged entrant should reach.
 *
 * @param against whom its figure is divided by: {@link #BASELINE}, the name of another entrant, or {@link #NOBODY}
 * @param atLeast whether more is better
 */
public record Goal(Metric metric, String against, boolean atLeast, double bound) {

    /** The entrant's own baseline, which is the stock connector unless {@code --connectors} says otherwise. */
    static final String BASELINE = "";
    /** The figure itself is the goal. */
    static final String NOBODY = "nobody";

    static Goal throughput(double ratio) {
        return new Goal(Metric.THROUGHPUT, BASELINE, true, ratio);
    }

    static Goal cpu(double ratio) {
        return new Goal(Metric.CPU, BASELINE, false, ratio);
    }

    static Goal latency(Metric percentile, double ratio) {
        return new Goal(percentile, BASELINE, false, ratio);
    }

    static Goal atMost(Metric metric, double figure) {
        return new Goal(metric, NOBODY, false, figure);
    }

    /** What is to be compared with the bound: ratios, or figures. Empty if there was nobody to compare with. */
    public Spread reached(RowResult result, String entrant) {
        return switch (against) {
            case NOBODY -> result.figures(entrant, metric);
            case BASELINE -> result.ratio(entrant, metric, result.baseline(entrant));
            default -> result.ratio(entrant, metric, against);
        };
    }

    public boolean isReachedBy(double figure) {
        return atLeast ? figure >= bound : figure <= bound;
    }

    /** Whether it compares with a named entrant, who may not take part. */
    public boolean isAgainstAnother() {
        return !against.equals(NOBODY) && !against.equals(BASELINE);
    }

    /** For example "CPU ≤ 0.38×". */
    @Override
    public String toString() {
        return metric.label() + (isAgainstAnother() ? " against " + against : "")
                + (atLeast ? " ≥ " : " ≤ ") + text(bound);
    }

    /** A figure of this goal. */
    public String text(double figure) {
        return against.equals(NOBODY) ? metric.textWithUnit(figure) : String.format(Locale.ROOT, "%.2f×", figure);
    }
}
