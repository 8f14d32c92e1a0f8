package org.catwalk.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** All rounds of one row: everybody's first round was taken one right after the other, then everybody's second, and so on. */
public final class RowResult {

    private final Row row;
    private final Map<String, Row.Entrant> entrants = new LinkedHashMap<>();
    private final Map<String, List<Map<Metric, Double>>> rounds = new LinkedHashMap<>();
    private final Map<String, String> remarks = new LinkedHashMap<>();
    private boolean earlier;

    RowResult(Row row, List<Row.Entrant> entrants) {
        this.row = row;
        for (Row.Entrant entrant : entrants) {
            this.entrants.put(entrant.name(), entrant);
            rounds.put(entrant.name(), new ArrayList<>());
        }
    }

    void add(String entrant, Map<Metric, Double> round) {
        rounds.get(entrant).add(new EnumMap<>(round));
    }

    /** Notes why there are no figures, or what is to be known about them. */
    void remark(String entrant, String text) {
        remarks.merge(entrant, text, (one, two) -> one + "; " + two);
    }

    /** Says that the figures were read back. */
    RowResult ofEarlierRun() {
        earlier = true;
        return this;
    }

    /** Whether the figures are not of this run. */
    public boolean isEarlier() {
        return earlier;
    }

    public String row() {
        return row.id();
    }

    public String title() {
        return row.title();
    }

    /** For {@link #judged} entrants. */
    public List<Goal> goals() {
        return row.goals();
    }

    /** Names, in the order in which they took their turns. */
    public Set<String> entrants() {
        return entrants.keySet();
    }

    /** Those whom the goals are meant for. */
    public List<String> judged() {
        return entrants.values().stream().filter(Row.Entrant::judged).map(Row.Entrant::name).toList();
    }

    public List<Map<Metric, Double>> rounds(String entrant) {
        return rounds.getOrDefault(entrant, List.of());
    }

    /** By entrant. */
    public Map<String, String> remarks() {
        return remarks;
    }

    /** Whom an entrant is compared with: itself for a baseline. */
    public String baseline(String entrant) {
        return entrants.get(entrant).baseline();
    }

    public Spread figures(String entrant, Metric metric) {
        return Spread.of(rounds(entrant).stream().map(round -> round.get(metric)).filter(Objects::nonNull).toList());
    }

    /** Of each round's figure to the reference's of the same round; empty for unknown references. */
    public Spread ratio(String entrant, Metric metric, String reference) {
        List<Map<Metric, Double>> own = rounds(entrant);
        List<Map<Metric, Double>> base = rounds(reference);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(own.size(), base.size()); i++) {
            Double figure = own.get(i).get(metric);
            Double other = base.get(i).get(metric);
            if (figure != null && other != null && other != 0) {
                ratios.add(figure / other);
            }
        }
        return Spread.of(ratios);
    }
}
