package org.catwalk.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.catwalk.bench.Metric;
import org.catwalk.bench.RowResult;

/** Every figure of every round: {@code row,entrant,round,metric,value}. */
public final class CsvReport {

    private CsvReport() {
    }

    public static String text(List<RowResult> results) {
        StringBuilder text = new StringBuilder("row,entrant,round,metric,value\n");
        for (RowResult result : results) {
            for (String entrant : result.entrants()) {
                int number = 0;
                for (Map<Metric, Double> round : result.rounds(entrant)) {
                    number++;
                    for (Map.Entry<Metric, Double> figure : round.entrySet()) {
                        text.append(String.format(Locale.ROOT, "%s,\"%s\",%d,%s,%.3f%n", result.row(), entrant, number,
                                figure.getKey(), figure.getValue()));
                    }
                }
            }
        }
        return text.toString();
    }
}
