package org.catwalk.it.soak;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the gauges have shown in the course of time. */
public final class Samples {

    /** Whose gauge it is: a node by its name, or httpd. */
    public record Series(String source, Gauge gauge) {

        @Override
        public String toString() {
            return source + ", " + gauge.label();
        }
    }

    /** @param seconds since traffic began */
    public record Point(double seconds, double value) {
    }

    private final Map<Series, List<Point>> series = new LinkedHashMap<>();

    public void add(double seconds, String source, Gauge gauge, double value) {
        series.computeIfAbsent(new Series(source, gauge), key -> new ArrayList<>()).add(new Point(seconds, value));
    }

    public void add(double seconds, String source, Map<Gauge, Double> values) {
        values.forEach((gauge, value) -> add(seconds, source, gauge, value));
    }

    public Set<Series> series() {
        return series.keySet();
    }

    /** In the order of time. */
    public List<Point> points(Series of) {
        return series.getOrDefault(of, List.of());
    }

    /** One line for each point: seconds, source, gauge, value. */
    public List<String> csv() {
        List<String> lines = new ArrayList<>(List.of("seconds,source,gauge,value"));
        series.forEach((of, points) -> points.forEach(point -> lines.add(String.format(Locale.ROOT,
                "%.1f,%s,%s,%.2f", point.seconds, of.source, of.gauge.fileName(), point.value))));
        return lines;
    }
}
