package org.catwalk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads back what {@code CsvReport} wrote, so that a long run can be done in pieces. */
final class EarlierResults {

    /** row,"entrant",round,metric,value */
    private static final Pattern LINE = Pattern.compile("([^,]+),\"([^\"]*)\",([0-9]+),([A-Z_0-9]+),([-0-9.]+)");

    private EarlierResults() {
    }

    /**
     * @param contestants who may have taken part; figures of others are left out
     * @return by row; empty if there was no earlier run
     */
    static Map<String, RowResult> in(Path directory, List<Contestant> contestants) throws IOException {
        Map<String, RowResult> results = new LinkedHashMap<>();
        Path csv = directory.resolve("results.csv");
        if (!Files.exists(csv)) {
            return results;
        }
        Map<String, Map<String, Map<Integer, Map<Metric, Double>>>> figures = new LinkedHashMap<>();
        for (String line : Files.readAllLines(csv)) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                figures.computeIfAbsent(matcher.group(1), row -> new LinkedHashMap<>())
                        .computeIfAbsent(matcher.group(2), entrant -> new TreeMap<>())
                        .computeIfAbsent(Integer.valueOf(matcher.group(3)), round -> new EnumMap<>(Metric.class))
                        .put(Metric.valueOf(matcher.group(4)), Double.valueOf(matcher.group(5)));
            }
        }
        for (Row row : Rows.all()) {
            if (figures.containsKey(row.id())) {
                results.put(row.id(), result(row, contestants, figures.get(row.id())));
            }
        }
        return results;
    }

    private static RowResult result(Row row, List<Contestant> contestants, Map<String, Map<Integer, Map<Metric, Double>>> figures) {
        List<Row.Entrant> entrants = row.field().apply(contestants).stream().filter(entrant -> figures.containsKey(entrant.name())).toList();
        RowResult result = new RowResult(row, entrants);
        entrants.forEach(entrant -> figures.get(entrant.name()).values().forEach(round -> result.add(entrant.name(), round)));
        return result.ofEarlierRun();
    }
}
