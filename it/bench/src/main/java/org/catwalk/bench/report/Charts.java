package org.catwalk.bench.report;

import java.awt.BasicStroke;
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
import org.catwalk.it.chart.SvgChart;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** The pictures: ratios to the baseline as bars, scaling as lines. Each is an SVG file; what has no figures is not drawn. */
public final class Charts {

    private static final int HEIGHT = 380;
    private static final Color GRID = new Color(0xDDDDDD);
    /** The same entrant has the same colour in every chart; told apart by those who do not see red and green too. */
    private static final List<Color> COLOURS = List.of(new Color(0x777777), new Color(0xE69F00), new Color(0x0072B2),
            new Color(0x009E73), new Color(0xCC79A7), new Color(0x56B4E9), new Color(0xD55E00), new Color(0x000000));

    /** Short names for the axis. */
    private static final Map<String, String> BARS = new LinkedHashMap<>();
    private static final Map<String, String> BY_CONNECTIONS = new LinkedHashMap<>();
    private static final Map<String, String> GET_BY_PACKETS = new LinkedHashMap<>();
    private static final Map<String, String> POST_BY_PACKETS = new LinkedHashMap<>();

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
        BY_CONNECTIONS.put("small-1", "1");
        BY_CONNECTIONS.put("small-8", "8");
        BY_CONNECTIONS.put("small-64", "64");
        BY_CONNECTIONS.put("small-512-all", "512");
        BY_CONNECTIONS.put("small-2000-all", "2,000");
        for (int kilobytes = 8; kilobytes <= 64; kilobytes *= 2) {
            GET_BY_PACKETS.put("packets-get-" + kilobytes + "k", Integer.toString(kilobytes));
            POST_BY_PACKETS.put("packets-post-" + kilobytes + "k", Integer.toString(kilobytes));
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
        charts.bars("throughput", "Throughput: more is better", Metric.THROUGHPUT).ifPresent(written::add);
        charts.bars("cpu", "CPU per request: less is better", Metric.CPU).ifPresent(written::add);
        charts.bars("p99", "99th percentile of latency: less is better", Metric.P99).ifPresent(written::add);
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
        DefaultCategoryDataset ratios = new DefaultCategoryDataset();
        for (String entrant : entrants(rows)) {
            for (String row : rows) {
                Spread ratio = ratio(results.get(row), entrant, metric);
                ratios.addValue(ratio.isEmpty() ? null : ratio.median(), entrant, BARS.get(row));
            }
        }
        if (rows.size() < 2) {
            return Optional.empty();
        }
        JFreeChart chart = ChartFactory.createBarChart(title + " (ratio to " + baseline(rows) + ")", null, null, ratios, PlotOrientation.VERTICAL, true, false, false);
        CategoryPlot plot = chart.getCategoryPlot();
        BarRenderer bars = (BarRenderer) plot.getRenderer();
        bars.setBarPainter(new StandardBarPainter());
        bars.setShadowVisible(false);
        bars.setItemMargin(.05);
        for (int i = 0; i < ratios.getRowCount(); i++) {
            bars.setSeriesPaint(i, colour((String) ratios.getRowKey(i)));
        }
        plot.getDomainAxis().setCategoryLabelPositions(CategoryLabelPositions.UP_45);
        plot.setRangeGridlinePaint(GRID);
        plot.addRangeMarker(new ValueMarker(1, Color.BLACK, new BasicStroke(1)));
        return save(chart, name);
    }

    private String baseline(List<String> rows) {
        RowResult first = results.get(rows.get(0));
        return first.baseline(first.entrants().iterator().next());
    }

    private static Spread ratio(RowResult result, String entrant, Metric metric) {
        return result.entrants().contains(entrant) ? result.ratio(entrant, metric, result.baseline(entrant)) : Spread.NONE;
    }

    /** @param points label on the axis by row; they are drawn at equal distances */
    private Optional<String> lines(String name, String title, String xTitle, Map<String, String> points, Metric metric)
            throws IOException {
        List<String> rows = points.keySet().stream().filter(results::containsKey).toList();
        XYSeriesCollection all = new XYSeriesCollection();
        for (String entrant : entrants(rows)) {
            XYSeries series = new XYSeries(entrant);
            for (int i = 0; i < rows.size(); i++) {
                Spread figures = results.get(rows.get(i)).figures(entrant, metric);
                if (!figures.isEmpty()) {
                    series.add(i, figures.median());
                }
            }
            all.addSeries(series);
        }
        if (rows.size() < 2) {
            return Optional.empty();
        }
        JFreeChart chart = ChartFactory.createXYLineChart(title + ": " + metric.heading(), xTitle, null, all);
        XYPlot plot = chart.getXYPlot();
        SymbolAxis axis = new SymbolAxis(xTitle, rows.stream().map(points::get).toArray(String[]::new));
        axis.setGridBandsVisible(false);
        plot.setDomainAxis(axis);
        ((NumberAxis) plot.getRangeAxis()).setAutoRangeIncludesZero(true);
        plot.setRangeGridlinePaint(GRID);
        XYLineAndShapeRenderer lines = new XYLineAndShapeRenderer(true, true);
        for (int i = 0; i < all.getSeriesCount(); i++) {
            lines.setSeriesPaint(i, colour((String) all.getSeriesKey(i)));
            lines.setSeriesStroke(i, new BasicStroke(2));
        }
        plot.setRenderer(lines);
        return save(chart, name);
    }

    private Set<String> entrants(List<String> rows) {
        Set<String> entrants = new LinkedHashSet<>();
        rows.forEach(row -> entrants.addAll(results.get(row).entrants()));
        return entrants;
    }

    private Color colour(String entrant) {
        int index = new ArrayList<>(entrants(List.copyOf(results.keySet()))).indexOf(entrant);
        return COLOURS.get(index % COLOURS.size());
    }

    private Optional<String> save(JFreeChart chart, String name) throws IOException {
        SvgChart.save(chart, HEIGHT, directory.resolve(name + ".svg"));
        return Optional.of(name + ".svg");
    }
}
