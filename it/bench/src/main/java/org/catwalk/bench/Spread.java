package org.catwalk.bench;

import java.util.Arrays;
import java.util.List;

/** Figures of several rounds, in ascending order. */
public record Spread(double[] sorted) {

    public static final Spread NONE = new Spread(new double[0]);

    static Spread of(List<Double> figures) {
        double[] sorted = figures.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return new Spread(sorted);
    }

    public boolean isEmpty() {
        return sorted.length == 0;
    }

    public double median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public double least() {
        return sorted[0];
    }

    public double most() {
        return sorted[sorted.length - 1];
    }

    /** Distance of the extremes in parts of the median. */
    public double relativeWidth() {
        return median() == 0 ? 0 : (most() - least()) / median();
    }
}
