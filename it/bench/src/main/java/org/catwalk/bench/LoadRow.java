package org.catwalk.bench;

import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.catwalk.bench.load.LoadGenerator;

/** Throughput, latency and CPU under one load. The figures are the first group's; CPU is shared out among the requests of all groups. */
final class LoadRow implements Row {

    /** Opens the connections of a load. */
    interface Load {

        void addTo(LoadGenerator generator, Contestant contestant) throws IOException;
    }

    /** Attributes that a contestant needs for this row. */
    interface Setting {

        Setting DEFAULTS = contestant -> Map.of();

        Map<String, String> attributes(Contestant contestant);
    }

    private final String id;
    private final String title;
    private final List<Goal> goals;
    private final Setting setting;
    private final Load load;

    LoadRow(String id, String title, Setting setting, Load load, Goal... goals) {
        this.id = id;
        this.title = title;
        this.goals = List.of(goals);
        this.setting = setting;
        this.load = load;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public List<Goal> goals() {
        return goals;
    }

    @Override
    public void run(Arena arena, Schedule schedule, List<Contestant> contestants, RowResult into) {
        Map<Contestant, Station> stations = new LinkedHashMap<>();
        for (Contestant contestant : contestants) {
            attempt(arena, contestant, stations, into, () -> {
                Station station = new Station(arena.server(inThisRow(contestant)));
                stations.put(contestant, station);
                load.addTo(station.generator, contestant);
                station.generator.run(schedule.ramp(), schedule.warmUp(), () -> { }, () -> { });
            });
        }
        for (int round = 0; round < schedule.rounds(); round++) {
            for (Contestant contestant : List.copyOf(stations.keySet())) {
                attempt(arena, contestant, stations, into,
                        () -> into.add(contestant.name(), stations.get(contestant).round(schedule)));
            }
        }
        for (Contestant contestant : List.copyOf(stations.keySet())) {
            attempt(arena, contestant, stations, into, () -> stations.get(contestant).generator.close());
        }
    }

    private Contestant inThisRow(Contestant contestant) {
        return contestant.with(setting.attributes(contestant));
    }

    private interface Step {
        void take() throws IOException;
    }

    private void attempt(Arena arena, Contestant contestant, Map<Contestant, Station> stations, RowResult into, Step step) {
        try {
            step.take();
        } catch (IOException e) {
            stations.remove(contestant);
            arena.discard(inThisRow(contestant));
            into.remark(contestant.name(), "failed: " + e.getMessage());
        }
    }

    /** A server and the connections to it. */
    private static final class Station {

        private final ServerProcess server;
        private final LoadGenerator generator;
        private double cpuSeconds;

        Station(ServerProcess server) throws IOException {
            this.server = server;
            this.generator = new LoadGenerator(server.port());
        }

        Map<Metric, Double> round(Schedule schedule) throws IOException {
            LoadGenerator.Round round = generator.run(schedule.ramp(), schedule.round(),
                    () -> cpuSeconds = -server.cpuSeconds(), () -> cpuSeconds += server.cpuSeconds());
            LoadGenerator.Seen first = round.groups().get(0);
            long allRequests = round.groups().stream().mapToLong(LoadGenerator.Seen::requests).sum();
            Map<Metric, Double> figures = new EnumMap<>(Metric.class);
            figures.put(Metric.THROUGHPUT, first.requests() / round.seconds());
            figures.put(Metric.CPU, allRequests == 0 ? Double.NaN : cpuSeconds * 1e6 / allRequests);
            figures.put(Metric.GENERATOR, 100 * round.ownCpuSeconds() / round.seconds());
            latencies(first.latencyNanos(), figures);
            return figures;
        }

        private static void latencies(Histogram nanos, Map<Metric, Double> figures) {
            figures.put(Metric.P50, nanos.getValueAtPercentile(50) / 1e3);
            figures.put(Metric.P99, nanos.getValueAtPercentile(99) / 1e3);
            figures.put(Metric.MAX, nanos.getMaxValue() / 1e3);
        }
    }
}
