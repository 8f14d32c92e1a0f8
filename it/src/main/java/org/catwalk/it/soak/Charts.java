package org.catwalk.it.soak;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.w3c.dom.Document;

/** One SVG file for each gauge, with a line for each source. */
final class Charts {

    private static final int WIDTH = 840;
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
                save(chart(gauge, lines), directory.resolve(gauge.fileName() + ".svg"));
            }
        }
    }

    private static JFreeChart chart(Gauge gauge, XYSeriesCollection lines) {
        JFreeChart chart = ChartFactory.createXYLineChart(gauge.label() + ", " + gauge.unit(), "minutes", null, lines);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        chart.getLegend().setFrame(BlockBorder.NONE);
        XYPlot plot = chart.getXYPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(new Color(0xDDDDDD));
        plot.setOutlineVisible(false);
        ((NumberAxis) plot.getRangeAxis()).setAutoRangeIncludesZero(true);
        for (int i = 0; i < lines.getSeriesCount(); i++) {
            plot.getRenderer().setSeriesPaint(i, COLOURS.get(i % COLOURS.size()));
            plot.getRenderer().setSeriesStroke(i, new BasicStroke(1.5f));
        }
        return chart;
    }

    private static void save(JFreeChart chart, Path file) throws IOException {
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(emptyDocument());
        context.setComment(null);
        SVGGraphics2D graphics = new SVGGraphics2D(context, false);
        graphics.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT));
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
        try (Writer out = Files.newBufferedWriter(file)) {
            graphics.stream(out, true);
        }
    }

    private static Document emptyDocument() {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().getDOMImplementation()
                    .createDocument(SVGGraphics2D.SVG_NAMESPACE_URI, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("This JDK has no XML parser", e);
        }
    }
}
