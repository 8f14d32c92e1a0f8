package org.catwalk.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.catwalk.bench.Goal;
import org.catwalk.bench.Metric;
import org.catwalk.bench.RowResult;
import org.catwalk.bench.Spread;
import org.catwalk.bench.Surroundings;

/** The table that people read. */
public final class MarkdownReport {

    /** A ratio whose extremes are further apart than this, in parts of the median, is called noisy. */
    private static final double NOISY = .25;

    private final Surroundings surroundings;

    public MarkdownReport(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public String text(List<RowResult> results) {
        StringBuilder text = new StringBuilder("# Benchmark\n\n");
        surroundings.lines().forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("\nRatios are to the first connector of each row, round by round: median (least to most).\n\n");
        text.append("| row | connector | figures | ratios | goal | reached |\n|---|---|---|---|---|---|\n");
        results.forEach(result -> text.append(lines(result)));
        remarks(results, text);
        return text.toString();
    }

    /** The table's lines for one row. */
    public String lines(RowResult result) {
        StringBuilder text = new StringBuilder();
        for (String contestant : result.contestants()) {
            List<String> cells = List.of(result.isBaseline(contestant) ? result.title() : "", contestant, figures(result, contestant),
                    ratios(result, contestant), goals(result, contestant), verdicts(result, contestant));
            text.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
        }
        return text.toString();
    }

    private static String figures(RowResult result, String contestant) {
        List<String> figures = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            Spread spread = result.figures(contestant, metric);
            if (!spread.isEmpty()) {
                figures.add(metric.text(spread.median()) + " " + metric.unit());
            }
        }
        return figures.isEmpty() ? "no figures, see the remarks" : String.join(", ", figures);
    }

    private static String ratios(RowResult result, String contestant) {
        if (result.isBaseline(contestant)) {
            return "";
        }
        List<String> ratios = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            Spread spread = result.ratio(contestant, metric);
            if (!spread.isEmpty() && metric != Metric.GENERATOR && metric != Metric.MAX) {
                ratios.add(String.format(Locale.ROOT, "%s %.2f (%.2f to %.2f)", metric.label(), spread.median(), spread.least(),
                        spread.most()));
            }
        }
        return String.join(", ", ratios);
    }

    private static String goals(RowResult result, String contestant) {
        return contestant.startsWith("catwalk")
                ? result.goals().stream().map(Goal::toString).collect(Collectors.joining(", ")) : "";
    }

    private static String verdicts(RowResult result, String contestant) {
        if (!contestant.startsWith("catwalk")) {
            return "";
        }
        return result.goals().stream().map(goal -> verdict(goal, goal.figure(result, contestant))).collect(Collectors.joining(", "));
    }

    private static String verdict(Goal goal, OptionalDouble figure) {
        if (figure.isEmpty()) {
            return "not measured";
        }
        return (goal.isReachedBy(figure.getAsDouble()) ? "yes " : "**no** ") + goal.text(figure.getAsDouble());
    }

    private static void remarks(List<RowResult> results, StringBuilder text) {
        List<String> remarks = new ArrayList<>();
        for (RowResult result : results) {
            result.remarks().forEach((contestant, remark) -> remarks.add(result.row() + ", " + contestant + ": " + remark));
            for (String contestant : result.contestants()) {
                for (Metric metric : List.of(Metric.THROUGHPUT, Metric.CPU)) {
                    Spread ratio = result.ratio(contestant, metric);
                    if (!ratio.isEmpty() && ratio.relativeWidth() > NOISY) {
                        remarks.add(String.format(Locale.ROOT, "%s, %s: noisy, its ratio of %s varies by %.0f %%", result.row(),
                                contestant, metric.label(), 100 * ratio.relativeWidth()));
                    }
                }
                Spread generator = result.figures(contestant, Metric.GENERATOR);
                if (!generator.isEmpty() && generator.median() > 95) {
                    remarks.add(result.row() + ", " + contestant + ": the load generator was the bottleneck");
                }
            }
        }
        if (!remarks.isEmpty()) {
            text.append("\nRemarks\n\n");
            remarks.forEach(remark -> text.append("- ").append(remark).append('\n'));
        }
    }
}
