package org.catwalk.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** All rounds of one row: for each contestant the figures of its first, second, ... round, which were taken one right after the other. */
public final class RowResult {

    private final String row;
    private final String title;
    private final List<Goal> goals;
    private final String baseline;
    private final Map<String, List<Map<Metric, Double>>> rounds = new LinkedHashMap<>();
    private final Map<String, String> remarks = new LinkedHashMap<>();

    /** @param baseline the contestant that the others are compared with */
    RowResult(String row, String title, List<Goal> goals, String baseline) {
        this.row = row;
        this.title = title;
        this.goals = goals;
        this.baseline = baseline;
    }

    void add(String contestant, Map<Metric, Double> round) {
        rounds.computeIfAbsent(contestant, name -> new ArrayList<>()).add(new EnumMap<>(round));
    }

    /** Notes why there are no figures, or what is to be known about them. */
    void remark(String contestant, String text) {
        rounds.computeIfAbsent(contestant, name -> new ArrayList<>());
        remarks.merge(contestant, text, (one, two) -> one + "; " + two);
    }

    public String row() {
        return row;
    }

    public String title() {
        return title;
    }

    public List<Goal> goals() {
        return goals;
    }

    public Set<String> contestants() {
        return rounds.keySet();
    }

    public List<Map<Metric, Double>> rounds(String contestant) {
        return rounds.getOrDefault(contestant, List.of());
    }

    public Map<String, String> remarks() {
        return remarks;
    }

    public boolean isBaseline(String contestant) {
        return baseline.equals(contestant);
    }

    public Spread figures(String contestant, Metric metric) {
        return Spread.of(rounds(contestant).stream().map(round -> round.get(metric)).filter(Objects::nonNull).toList());
    }

    /** Of each round's figure to the baseline's of the same round. */
    public Spread ratio(String contestant, Metric metric) {
        List<Map<Metric, Double>> own = rounds(contestant);
        List<Map<Metric, Double>> base = rounds(baseline);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(own.size(), base.size()); i++) {
            Double figure = own.get(i).get(metric);
            Double reference = base.get(i).get(metric);
            if (figure != null && reference != null && reference != 0) {
                ratios.add(figure / reference);
            }
        }
        return Spread.of(ratios);
    }
}
