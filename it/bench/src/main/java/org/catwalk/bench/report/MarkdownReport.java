package org.catwalk.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.catwalk.bench.Goal;
import org.catwalk.bench.Metric;
import org.catwalk.bench.RowResult;
import org.catwalk.bench.Spread;
import org.catwalk.bench.Surroundings;

/** The tables that people read: goals first, then all figures, then what was noisy. */
public final class MarkdownReport {

    /** A ratio whose extremes are further apart than this, in parts of the median, is called noisy. */
    private static final double NOISY = .25;
    private static final double SATURATED_PERCENT = 95;
    private static final double NOISY_STRANGERS_PERCENT = 10;
    /** Of interest only when they are bad; the CSV file has them. */
    private static final Set<Metric> NOT_SHOWN = EnumSet.of(Metric.GENERATOR, Metric.STRANGERS, Metric.P90, Metric.MAX);
    private static final Set<Metric> OF_LOADS = EnumSet.of(Metric.THROUGHPUT, Metric.CPU, Metric.P50, Metric.P99);

    private final Surroundings surroundings;

    public MarkdownReport(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public String text(List<RowResult> results) {
        StringBuilder text = new StringBuilder("# Benchmark\n\n");
        surroundings.lines().forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("""

                Closed loops on persistent connections, one request at a time on each, as mod_jk behaves. CPU is user and system time of the
                server process per request. A ratio is taken round by round; shown is the median, with the least and the most in parentheses.
                """);
        goals(results, text);
        loads(results.stream().filter(MarkdownReport::isLoad).toList(), text);
        others(results, text);
        counts(results.stream().filter(result -> !isLoad(result)).toList(), text);
        remarks(results, text);
        return text.toString();
    }

    /**
     * What a reader wants to know first: each load's figures of the judged connector and of whom it is compared with.
     *
     * @param directory with the whole report and the charts, as seen from the file that gets this text
     * @param charts names of files there
     */
    public String shortText(List<RowResult> results, String directory, List<String> charts) {
        StringBuilder text = new StringBuilder();
        surroundings.lines().forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("\n| | requests/s | × | CPU µs | × | p99 µs | × |\n|---|--:|--:|--:|--:|--:|--:|\n");
        for (RowResult result : results) {
            for (String entrant : result.judged()) {
                if (isLoad(result) && !result.goals().isEmpty() && !result.figures(entrant, Metric.THROUGHPUT).isEmpty()) {
                    List<String> cells = new ArrayList<>(List.of(result.title()));
                    for (Metric metric : List.of(Metric.THROUGHPUT, Metric.CPU, Metric.P99)) {
                        cells.add(median(result, result.baseline(entrant), metric) + " → " + median(result, entrant, metric));
                        Spread ratio = result.ratio(entrant, metric, result.baseline(entrant));
                        cells.add(ratio.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f", ratio.median()));
                    }
                    line(text, cells);
                }
            }
        }
        text.append("\nAll ").append(results.size()).append(" rows that were measured, with the spread of each ratio and what was noisy: [results](").append(directory).append("/results.md).\n\n");
        charts.forEach(file -> text.append("![").append(file.replace(".svg", "")).append("](").append(directory).append('/').append(file)
                .append(")\n"));
        return text.toString();
    }

    private static void goals(List<RowResult> results, StringBuilder text) {
        if (results.stream().allMatch(result -> result.goals().isEmpty() || result.judged().isEmpty())) {
            return;
        }
        text.append("\n## Goals\n\n| row | scenario | connector | goal | reached | |\n|---|---|---|---|---|---|\n");
        for (RowResult result : results) {
            for (String entrant : result.judged()) {
                result.goals().forEach(goal -> goal(result, entrant, goal, text));
            }
        }
    }

    private static void goal(RowResult result, String entrant, Goal goal, StringBuilder text) {
        Spread reached = goal.reached(result, entrant);
        if (reached.isEmpty() && goal.isAgainstAnother()) {
            return;
        }
        String figure = reached.isEmpty() ? "not measured"
                : goal.text(reached.median()) + " (" + goal.text(reached.least()) + " to " + goal.text(reached.most()) + ")";
        String verdict = reached.isEmpty() ? "?" : goal.isReachedBy(reached.median()) ? "yes" : "**no**";
        line(text, List.of(result.row(), result.title(), entrant, goal.toString(), figure, verdict));
    }

    private static boolean isLoad(RowResult result) {
        return result.entrants().stream().anyMatch(entrant -> !result.figures(entrant, Metric.THROUGHPUT).isEmpty());
    }

    private static void loads(List<RowResult> results, StringBuilder text) {
        if (results.isEmpty()) {
            return;
        }
        text.append("\n## Throughput, CPU and latency\n\n")
                .append("| scenario | connector | requests/s | CPU µs | p50 µs | p99 µs | throughput × | CPU × | p99 × |\n")
                .append("|---|---|--:|--:|--:|--:|---|---|---|\n");
        for (RowResult result : results) {
            for (String entrant : result.entrants()) {
                List<String> cells = new ArrayList<>(List.of(result.title(), entrant));
                OF_LOADS.forEach(metric -> cells.add(median(result, entrant, metric)));
                for (Metric metric : List.of(Metric.THROUGHPUT, Metric.CPU, Metric.P99)) {
                    cells.add(ratio(result, entrant, metric));
                }
                line(text, cells);
            }
        }
    }

    private static void others(List<RowResult> results, StringBuilder text) {
        List<RowResult> mixed = results.stream().filter(result -> result.entrants().stream()
                .anyMatch(entrant -> !result.figures(entrant, Metric.BESIDE).isEmpty())).toList();
        if (mixed.isEmpty()) {
            return;
        }
        text.append("\n## The others in mixed loads\n\n| scenario | connector | requests/s | × |\n|---|---|--:|---|\n");
        for (RowResult result : mixed) {
            for (String entrant : result.entrants()) {
                line(text, List.of(result.title(), entrant, median(result, entrant, Metric.BESIDE), ratio(result, entrant, Metric.BESIDE)));
            }
        }
    }

    private static void counts(List<RowResult> results, StringBuilder text) {
        if (results.isEmpty()) {
            return;
        }
        text.append("\n## Counted\n\n| scenario | connector | what | figure | ratio |\n|---|---|---|--:|---|\n");
        for (RowResult result : results) {
            for (String entrant : result.entrants()) {
                for (Metric metric : shown(result, entrant)) {
                    line(text, List.of(result.title(), entrant, metric.heading(), median(result, entrant, metric),
                            ratio(result, entrant, metric)));
                }
            }
        }
    }

    private static List<Metric> shown(RowResult result, String entrant) {
        return Arrays.stream(Metric.values()).filter(metric -> !NOT_SHOWN.contains(metric))
                .filter(metric -> !result.figures(entrant, metric).isEmpty()).toList();
    }

    private static String median(RowResult result, String entrant, Metric metric) {
        Spread spread = result.figures(entrant, metric);
        return spread.isEmpty() ? "–" : metric.text(spread.median());
    }

    private static String ratio(RowResult result, String entrant, Metric metric) {
        Spread spread = result.ratio(entrant, metric, result.baseline(entrant));
        if (spread.isEmpty() || result.baseline(entrant).equals(entrant)) {
            return "";
        }
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", spread.median(), spread.least(), spread.most());
    }

    private static void remarks(List<RowResult> results, StringBuilder text) {
        List<String> remarks = new ArrayList<>();
        String earlier = results.stream().filter(RowResult::isEarlier).map(RowResult::row).collect(Collectors.joining(", "));
        if (!earlier.isEmpty()) {
            remarks.add("Of an earlier run: " + earlier);
        }
        results.forEach(result -> remarks.addAll(remarks(result)));
        if (!remarks.isEmpty()) {
            text.append("\n## Remarks\n\n");
            remarks.forEach(remark -> text.append("- ").append(remark).append('\n'));
        }
    }

    private static List<String> remarks(RowResult result) {
        List<String> remarks = new ArrayList<>();
        result.remarks().forEach((entrant, remark) -> remarks.add(result.row() + ", " + entrant + ": " + remark));
        for (String entrant : result.entrants()) {
            for (Metric metric : List.of(Metric.THROUGHPUT, Metric.CPU)) {
                Spread ratio = result.ratio(entrant, metric, result.baseline(entrant));
                if (!ratio.isEmpty() && ratio.relativeWidth() > NOISY) {
                    remarks.add(String.format(Locale.ROOT, "%s, %s: noisy, its ratio of %s varies by %.0f %%", result.row(), entrant,
                            metric.label(), 100 * ratio.relativeWidth()));
                }
            }
            Spread generator = result.figures(entrant, Metric.GENERATOR);
            if (!generator.isEmpty() && generator.median() > SATURATED_PERCENT) {
                remarks.add(result.row() + ", " + entrant + ": the load generator was the bottleneck");
            }
        }
        double strangers = result.entrants().stream().map(entrant -> result.figures(entrant, Metric.STRANGERS))
                .filter(spread -> !spread.isEmpty()).mapToDouble(Spread::most).max().orElse(0);
        if (strangers >= NOISY_STRANGERS_PERCENT) {
            remarks.add(String.format(Locale.ROOT, "%s: other processes used up to %.0f %% of the machine", result.row(), strangers));
        }
        return remarks;
    }

    /** A row's figures while the run goes on, one line for each entrant. */
    public String progress(RowResult result) {
        StringBuilder text = new StringBuilder();
        for (String entrant : result.entrants()) {
            text.append("  ").append(entrant).append(':');
            for (Metric metric : Metric.values()) {
                Spread figures = result.figures(entrant, metric);
                if (!figures.isEmpty()) {
                    text.append(' ').append(metric.text(figures.median())).append(' ').append(metric.heading());
                    String ratio = ratio(result, entrant, metric);
                    text.append(ratio.isEmpty() || NOT_SHOWN.contains(metric) ? "," : " = x" + ratio + ",");
                }
            }
            text.append(result.remarks().getOrDefault(entrant, "")).append('\n');
        }
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
