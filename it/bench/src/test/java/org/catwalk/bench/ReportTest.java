package org.catwalk.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.catwalk.bench.report.Charts;
import org.catwalk.bench.report.CsvReport;
import org.catwalk.bench.report.MarkdownReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final Contestant STOCK = Contestant.named("stock", null);
    private static final Contestant CATWALK = Contestant.named("catwalk", Path.of("catwalk.jar"));

    private final MarkdownReport report = new MarkdownReport(new Surroundings(List.of("Machine: a quiet one")));

    @Test
    void takesTheMedianOfTheRatiosRoundByRound() {
        RowResult result = result("small-8", Goal.throughput(2.4));
        // The machine becomes slower and slower; the ratios are 2, 3 and 2.5 all the same.
        rounds(result, Metric.THROUGHPUT, new double[] {1000, 500, 100}, new double[] {2000, 1500, 250});

        assertThat(result.ratio("catwalk", Metric.THROUGHPUT, "stock").median()).isEqualTo(2.5);
        assertThat(report.text(List.of(result))).contains("- Machine: a quiet one",
                "| small-8 | small-8 title | catwalk | throughput ≥ 2.40× | 2.50× (2.00× to 3.00×) | yes |",
                "small-8, catwalk: noisy, its ratio of throughput varies by 40 %");
    }

    @Test
    void saysNoWhereAGoalIsMissed() {
        RowResult result = result("small-8", Goal.cpu(.38));
        rounds(result, Metric.CPU, new double[] {40}, new double[] {20});

        assertThat(report.text(List.of(result))).contains("| CPU ≤ 0.38× | 0.50× (0.50× to 0.50×) | **no** |");
    }

    @Test
    void saysWhatWasNotMeasured() {
        RowResult result = result("heap-idle", Goal.atMost(Metric.HEAP, 2048));
        result.remark("catwalk", "failed: connection refused");

        assertThat(report.text(List.of(result))).contains("| heap ≤ 2,048 bytes | not measured | ? |",
                "heap-idle, catwalk: failed: connection refused");
    }

    @Test
    void writesEveryRoundAsCsv() {
        RowResult result = result("small-8");
        rounds(result, Metric.P99, new double[] {1000, 2000}, new double[] {500, 600.5});

        assertThat(CsvReport.text(List.of(result))).contains("small-8,\"stock\",2,P99,2000.000", "small-8,\"catwalk\",2,P99,600.500");
    }

    @Test
    void readsBackWhatItWrote(@TempDir Path directory) throws IOException {
        Row row = Rows.all().stream().filter(each -> each.id().equals("small-8")).findFirst().orElseThrow();
        RowResult result = new RowResult(row, row.field().apply(List.of(STOCK, CATWALK)));
        rounds(result, Metric.THROUGHPUT, new double[] {1000, 500}, new double[] {2000, 1500});
        Files.writeString(directory.resolve("results.csv"), CsvReport.text(List.of(result)));

        Map<String, RowResult> read = EarlierResults.in(directory, List.of(STOCK, CATWALK));

        assertThat(CsvReport.text(List.copyOf(read.values()))).isEqualTo(CsvReport.text(List.of(result)));
        assertThat(read.get("small-8").judged()).containsExactly("catwalk");
    }

    @Test
    void putsAShortTableBetweenTheMarkers(@TempDir Path directory) throws IOException {
        RowResult result = result("small-8", Goal.throughput(2.4));
        rounds(result, Metric.THROUGHPUT, new double[] {1000}, new double[] {2000});
        Path readme = Files.writeString(directory.resolve("README.md"), "before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n");

        new ReadmeSection(readme, "figures").replace(report.shortText(List.of(result), "results", List.of("cpu.svg")));

        assertThat(Files.readString(readme)).startsWith("before\n<!-- figures -->\n- Machine").endsWith("<!-- /figures -->\nafter\n")
                .contains("| small-8 title | 1,000 → 2,000 | 2.00 |", "![cpu](results/cpu.svg)").doesNotContain("old");
    }

    @Test
    void saysWhichMarkersAreMissing(@TempDir Path directory) throws IOException {
        Path readme = Files.writeString(directory.resolve("README.md"), "no markers");

        assertThatThrownBy(() -> new ReadmeSection(readme, "figures").replace("")).hasMessageContaining("<!-- figures -->");
    }

    @Test
    void drawsWhatThereAreFiguresFor(@TempDir Path directory) throws IOException {
        RowResult one = result("small-1");
        RowResult eight = result("small-8");
        for (RowResult result : List.of(one, eight)) {
            rounds(result, Metric.THROUGHPUT, new double[] {1000}, new double[] {2000});
        }

        assertThat(Charts.write(List.of(one, eight), directory)).contains("throughput.svg", "connections-throughput.svg")
                .doesNotContain("packets-get-cpu.svg");
        assertThat(Files.readString(directory.resolve("throughput.svg"))).contains("<svg", ">catwalk<");
    }

    private static RowResult result(String id, Goal... goals) {
        Row row = Row.forAll(id, id + " title", (arena, contestant) -> null, goals);
        return new RowResult(row, row.field().apply(List.of(STOCK, CATWALK)));
    }

    private static void rounds(RowResult result, Metric metric, double[] stock, double[] catwalk) {
        for (int i = 0; i < stock.length; i++) {
            result.add("stock", Map.of(metric, stock[i]));
            result.add("catwalk", Map.of(metric, catwalk[i]));
        }
    }
}
