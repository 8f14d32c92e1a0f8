package org.catwalk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.catwalk.bench.report.Charts;
import org.catwalk.bench.report.CsvReport;
import org.catwalk.bench.report.MarkdownReport;

/** Runs the rows and writes the report anew after each of them. */
public final class Bench {

    private Bench() {
    }

    public static void main(String[] arguments) throws IOException {
        Path repository = Path.of(System.getProperty("bench.repository")).toAbsolutePath().normalize();
        Options options;
        List<Row> rows;
        List<Contestant> contestants;
        try {
            options = Options.parse(arguments, repository);
            rows = options.chosenRows();
            contestants = options.contestants();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        Files.createDirectories(options.results());
        Map<String, RowResult> results = options.add() ? EarlierResults.in(options.results(), options.everybody()) : new LinkedHashMap<>();
        Surroundings surroundings = Surroundings.of(options);
        MarkdownReport report = new MarkdownReport(surroundings);
        try (Arena arena = new Arena(options.jdk(), repository.resolve("it/bench/target/logs"), options.schedule().firstWarmUp())) {
            Runtime.getRuntime().addShutdownHook(new Thread(arena::close, "stop-servers"));
            for (Row row : rows) {
                System.err.println(row.id() + " ...");
                RowResult result = Turns.take(row, arena, options.schedule(), contestants);
                results.put(row.id(), result);
                System.err.print(report.progress(result));
                write(report, inOrder(results), options.results());
            }
        }
        System.out.println(report.text(inOrder(results)));
        if (options.readme() != null) {
            String directory = repository.relativize(options.results()).toString();
            new ReadmeSection(repository.resolve("README.md"), options.readme()).replace(
                    report.shortText(inOrder(results), directory, charts(options.results())));
        }
    }

    private static List<RowResult> inOrder(Map<String, RowResult> results) {
        return Rows.all().stream().map(row -> results.get(row.id())).filter(Objects::nonNull).toList();
    }

    private static List<String> charts(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".svg")).sorted().toList();
        }
    }

    private static void write(MarkdownReport report, List<RowResult> results, Path directory) throws IOException {
        String text = report.text(results);
        List<String> charts = List.of();
        try {
            charts = Charts.write(results, directory);
        } catch (RuntimeException | Error e) {
            // Drawing needs fonts, which a server may not have.
            text += "\nNo charts: " + e + "\n";
        }
        if (!charts.isEmpty()) {
            text += charts.stream().map(file -> "![" + file.replace(".svg", "") + "](" + file + ")\n")
                    .collect(Collectors.joining("\n", "\n## Charts\n\n", ""));
        }
        Files.writeString(directory.resolve("results.md"), text);
        Files.writeString(directory.resolve("results.csv"), CsvReport.text(results));
    }
}
