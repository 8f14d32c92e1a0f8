package org.catwalk.bench;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A line of the goals table.
 *
 * @param relative whether the bound is a ratio to the stock connector in the same run, or a figure
 * @param atLeast whether more is better
 */
public record Goal(Metric metric, boolean relative, boolean atLeast, double bound) {

    static Goal throughput(double ratio) {
        return new Goal(Metric.THROUGHPUT, true, true, ratio);
    }

    static Goal cpu(double ratio) {
        return new Goal(Metric.CPU, true, false, ratio);
    }

    static Goal latency(Metric percentile, double ratio) {
        return new Goal(percentile, true, false, ratio);
    }

    static Goal atMost(Metric metric, double figure) {
        return new Goal(metric, false, false, figure);
    }

    /** What is to be compared with the bound: the median of the ratios, or of the figures. */
    public OptionalDouble figure(RowResult result, String contestant) {
        Spread spread = relative ? result.ratio(contestant, metric) : result.figures(contestant, metric);
        return spread.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(spread.median());
    }

    public boolean isReachedBy(double figure) {
        return atLeast ? figure >= bound : figure <= bound;
    }

    /** For example "CPU <= 0.38x". */
    @Override
    public String toString() {
        return metric.label() + (atLeast ? " ≥ " : " ≤ ") + text(bound);
    }

    /** A figure of this goal. */
    public String text(double figure) {
        return relative ? String.format(Locale.ROOT, "%.2f×", figure) : metric.text(figure);
    }
}
