package org.catwalk.it.soak;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.catwalk.it.chart.SvgChart;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** One SVG file for each gauge, with a line for each source. */
final class Charts {

    private static final int HEIGHT = 300;
    /** Told apart by those who do not see red and green too. */
    private static final List<Color> COLOURS = List.of(new Color(0x0072B2), new Color(0xE69F00), new Color(0x777777));

    private Charts() {
    }

    static void write(Samples samples, Path directory) throws IOException {
        for (Gauge gauge : Gauge.values()) {
            XYSeriesCollection lines = new XYSeriesCollection();
            samples.series().stream().filter(each -> each.gauge() == gauge).forEach(each -> {
                XYSeries line = new XYSeries(each.source());
                samples.points(each).forEach(point -> line.add(point.seconds() / 60, point.value()));
                lines.addSeries(line);
            });
            if (lines.getSeriesCount() > 0) {
                SvgChart.save(chart(gauge, lines), HEIGHT, directory.resolve(gauge.fileName() + ".svg"));
            }
        }
    }

    private static JFreeChart chart(Gauge gauge, XYSeriesCollection lines) {
        JFreeChart chart = ChartFactory.createXYLineChart(gauge.label() + ", " + gauge.unit(), "minutes", null, lines);
        XYPlot plot = chart.getXYPlot();
        plot.setRangeGridlinePaint(new Color(0xDDDDDD));
        ((NumberAxis) plot.getRangeAxis()).setAutoRangeIncludesZero(true);
        for (int i = 0; i < lines.getSeriesCount(); i++) {
            plot.getRenderer().setSeriesPaint(i, COLOURS.get(i % COLOURS.size()));
            plot.getRenderer().setSeriesStroke(i, new BasicStroke(1.5f));
        }
        return chart;
    }
}
