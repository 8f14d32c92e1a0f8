package org.catwalk.bench.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.catwalk.bench.Metric;
import org.catwalk.bench.RowResult;
import org.catwalk.bench.Spread;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The pictures: ratios to the baseline as bars, scaling as lines. Each is an SVG file; what has no figures is not drawn. */
public final class Charts {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 420;

    /** Short names for the axis. */
    private static final Map<String, String> BARS = new LinkedHashMap<>();
    private static final Map<String, Double> BY_CONNECTIONS = new LinkedHashMap<>();
    private static final Map<String, Double> GET_BY_PACKETS = new LinkedHashMap<>();
    private static final Map<String, Double> POST_BY_PACKETS = new LinkedHashMap<>();

    static {
        BARS.put("small-1", "small, 1");
        BARS.put("small-8", "small, 8");
        BARS.put("small-64", "small, 64");
        BARS.put("small-512", "small, 512/16");
        BARS.put("cping-get", "CPING + small");
        BARS.put("get-10k", "10 KB");
        BARS.put("get-1m", "1 MB");
        BARS.put("post-1m", "1 MB up");
        BARS.put("post-1m-64k", "1 MB up, 64 KB");
        BY_CONNECTIONS.put("small-1", 1.0);
        BY_CONNECTIONS.put("small-8", 8.0);
        BY_CONNECTIONS.put("small-64", 64.0);
        BY_CONNECTIONS.put("small-512-all", 512.0);
        BY_CONNECTIONS.put("small-2000-all", 2000.0);
        for (int kilobytes = 8; kilobytes <= 64; kilobytes *= 2) {
            GET_BY_PACKETS.put("packets-get-" + kilobytes + "k", (double) kilobytes);
            POST_BY_PACKETS.put("packets-post-" + kilobytes + "k", (double) kilobytes);
        }
    }

    private final Map<String, RowResult> results = new LinkedHashMap<>();
    private final Path directory;

    private Charts(List<RowResult> results, Path directory) {
        results.forEach(result -> this.results.put(result.row(), result));
        this.directory = directory;
    }

    /** @return the names of the files that were written to {@code directory} */
    public static List<String> write(List<RowResult> results, Path directory) throws IOException {
        Charts charts = new Charts(results, directory);
        List<String> written = new ArrayList<>();
        charts.bars("throughput", "Throughput against stock (more is better)", Metric.THROUGHPUT).ifPresent(written::add);
        charts.bars("cpu", "CPU per request against stock (less is better)", Metric.CPU).ifPresent(written::add);
        charts.bars("p99", "99th percentile of latency against stock (less is better)", Metric.P99).ifPresent(written::add);
        charts.lines("connections-throughput", "Small GET", "connections, all active", BY_CONNECTIONS, Metric.THROUGHPUT)
                .ifPresent(written::add);
        charts.lines("connections-cpu", "Small GET", "connections, all active", BY_CONNECTIONS, Metric.CPU).ifPresent(written::add);
        charts.lines("packets-get-throughput", "1 MB GET, 8 connections", "KB per packet", GET_BY_PACKETS, Metric.THROUGHPUT)
                .ifPresent(written::add);
        charts.lines("packets-get-cpu", "1 MB GET, 8 connections", "KB per packet", GET_BY_PACKETS, Metric.CPU).ifPresent(written::add);
        charts.lines("packets-post-throughput", "1 MB POST, 8 connections", "KB per packet", POST_BY_PACKETS, Metric.THROUGHPUT)
                .ifPresent(written::add);
        charts.lines("packets-post-cpu", "1 MB POST, 8 connections", "KB per packet", POST_BY_PACKETS, Metric.CPU)
                .ifPresent(written::add);
        return written;
    }

    private Optional<String> bars(String name, String title, Metric metric) throws IOException {
        List<String> rows = BARS.keySet().stream().filter(results::containsKey).toList();
        CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT).title(title).yAxisTitle("ratio").build();
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisLabelRotation(30);
        chart.getStyler().setAvailableSpaceFill(.7);
        for (String entrant : entrants(rows)) {
            List<Double> ratios = rows.stream().map(results::get).map(result -> medianRatio(result, entrant, metric)).toList();
            if (ratios.stream().anyMatch(ratio -> ratio > 0)) {
                chart.addSeries(entrant, rows.stream().map(BARS::get).toList(), ratios);
            }
        }
        return save(chart, name, rows.size() > 1 && !chart.getSeriesMap().isEmpty());
    }

    /** 0 if there is none: a bar that is not seen. */
    private static double medianRatio(RowResult result, String entrant, Metric metric) {
        if (!result.entrants().contains(entrant)) {
            return 0;
        }
        Spread ratio = result.ratio(entrant, metric, result.baseline(entrant));
        return ratio.isEmpty() ? 0 : ratio.median();
    }

    private Optional<String> lines(String name, String title, String xTitle, Map<String, Double> points, Metric metric)
            throws IOException {
        List<String> rows = points.keySet().stream().filter(results::containsKey).toList();
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title + ": " + metric.unit()).xAxisTitle(xTitle)
                .yAxisTitle(metric.unit()).build();
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisLogarithmic(true).setYAxisMin(0.0);
        for (String entrant : entrants(rows)) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (String row : rows) {
                Spread figures = results.get(row).figures(entrant, metric);
                if (!figures.isEmpty()) {
                    x.add(points.get(row));
                    y.add(figures.median());
                }
            }
            if (x.size() > 1) {
                chart.addSeries(entrant, x, y);
            }
        }
        return save(chart, name, !chart.getSeriesMap().isEmpty());
    }

    private Set<String> entrants(List<String> rows) {
        Set<String> entrants = new LinkedHashSet<>();
        rows.forEach(row -> entrants.addAll(results.get(row).entrants()));
        return entrants;
    }

    private Optional<String> save(Chart<?, ?> chart, String name, boolean worthIt) throws IOException {
        if (!worthIt) {
            return Optional.empty();
        }
        VectorGraphicsEncoder.saveVectorGraphic(chart, directory.resolve(name).toString(), VectorGraphicsFormat.SVG);
        return Optional.of(name + ".svg");
    }
}
