package org.catwalk.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures a row's entrants in turn, round after round, so that whatever else the machine does meets them all. A set of turns during which
 * strangers used more of the machine than is allowed is thrown away and taken again, as long as there are tries left.
 */
final class Turns {

    private final Arena arena;
    private final Schedule schedule;
    private final RowResult result;
    private final List<Row.Entrant> entrants;
    private final Map<Row.Entrant, Station> stations = new LinkedHashMap<>();
    private int triesLeft;
    private int thrownAway;

    private Turns(Arena arena, Schedule schedule, List<Row.Entrant> entrants, RowResult result) {
        this.arena = arena;
        this.schedule = schedule;
        this.entrants = entrants;
        this.result = result;
        this.triesLeft = 2 * schedule.rounds();
    }

    static RowResult take(Row row, Arena arena, Schedule schedule, List<Contestant> contestants) {
        List<Row.Entrant> entrants = row.field().apply(contestants);
        RowResult result = new RowResult(row, entrants);
        new Turns(arena, schedule, entrants, result).takeAll();
        return result;
    }

    private void takeAll() {
        try {
            entrants.forEach(this::open);
            for (int round = 0; round < schedule.rounds(); round++) {
                keep(quietSet());
            }
        } finally {
            List.copyOf(stations.keySet()).forEach(this::close);
        }
        if (thrownAway > 0) {
            result.remark(entrants.get(0).name(), thrownAway + " sets of rounds were thrown away because other processes used more than "
                    + Math.round(schedule.strangersPercent()) + " % of the machine");
        }
    }

    private void open(Row.Entrant entrant) {
        try {
            Station station = entrant.opening().open(arena, entrant.contestant());
            stations.put(entrant, station);
            station.warmUp(schedule.warmUp());
        } catch (IOException | RuntimeException e) {
            giveUp(entrant, e);
        }
    }

    private Map<Row.Entrant, Map<Metric, Double>> quietSet() {
        while (true) {
            Map<Row.Entrant, Map<Metric, Double>> figures = set();
            boolean quiet = figures.values().stream().mapToDouble(each -> each.get(Metric.STRANGERS)).max().orElse(0)
                    <= schedule.strangersPercent();
            if (quiet || triesLeft == 0) {
                return figures;
            }
            triesLeft--;
            thrownAway++;
        }
    }

    private Map<Row.Entrant, Map<Metric, Double>> set() {
        Map<Row.Entrant, Map<Metric, Double>> figures = new LinkedHashMap<>();
        for (Row.Entrant entrant : new ArrayList<>(stations.keySet())) {
            try {
                Bystanders bystanders = Bystanders.now();
                Map<Metric, Double> round = stations.get(entrant).round(schedule);
                round.put(Metric.STRANGERS, bystanders.percentSince());
                figures.put(entrant, round);
            } catch (IOException | RuntimeException e) {
                giveUp(entrant, e);
            }
        }
        return figures;
    }

    private void keep(Map<Row.Entrant, Map<Metric, Double>> set) {
        set.forEach((entrant, figures) -> result.add(entrant.name(), figures));
    }

    private void close(Row.Entrant entrant) {
        Station station = stations.remove(entrant);
        if (station == null) {
            return;
        }
        station.remark().ifPresent(text -> result.remark(entrant.name(), text));
        try {
            station.close();
        } catch (IOException e) {
            result.remark(entrant.name(), "failed at the end: " + e.getMessage());
        }
    }

    private void giveUp(Row.Entrant entrant, Exception reason) {
        close(entrant);
        arena.discard(entrant.contestant());
        result.remark(entrant.name(), "failed: " + reason.getMessage());
    }
}
