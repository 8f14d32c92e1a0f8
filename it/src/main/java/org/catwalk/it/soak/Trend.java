package org.catwalk.it.soak;

import java.util.List;

/**
 * How a gauge has moved. The first third of the time is for warming up; the median of the last third is compared with that of the second.
 *
 * @param points in the last two thirds
 */
public record Trend(Samples.Series of, int points, double secondThird, double lastThird) {

    /** Fewer say nothing. */
    private static final int LEAST_POINTS_PER_THIRD = 3;

    /** @param totalSeconds how long traffic ran */
    static Trend of(Samples.Series series, List<Samples.Point> points, double totalSeconds) {
        List<Double> second = between(points, totalSeconds / 3, totalSeconds * 2 / 3);
        List<Double> last = between(points, totalSeconds * 2 / 3, totalSeconds);
        boolean enough = second.size() >= LEAST_POINTS_PER_THIRD && last.size() >= LEAST_POINTS_PER_THIRD;
        return new Trend(series, second.size() + last.size(), enough ? median(second) : Double.NaN, enough ? median(last) : Double.NaN);
    }

    private static List<Double> between(List<Samples.Point> points, double from, double to) {
        return points.stream().filter(point -> point.seconds() >= from && point.seconds() < to).map(Samples.Point::value).sorted().toList();
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    public boolean isKnown() {
        return !Double.isNaN(lastThird);
    }
}
