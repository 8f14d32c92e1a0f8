package org.catwalk.bench;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.catwalk.bench.load.LoadGenerator;

/**
 * Throughput, latency and CPU under one load. The figures are the first group's, beside the throughput of the others; where there are others,
 * a request's CPU is not told, since it would depend on the mix.
 */
final class LoadStation implements Station {

    /** Opens the connections of a load. */
    interface Load {

        void addTo(LoadGenerator generator) throws IOException;
    }

    private final ServerProcess server;
    private final LoadGenerator generator;
    private double cpuSeconds;
    private Closeable between = () -> { };
    private Duration atLeast = Duration.ZERO;

    private LoadStation(ServerProcess server, LoadGenerator generator) {
        this.server = server;
        this.generator = generator;
    }

    /** @param port the server's own, or that of something in between */
    static LoadStation open(ServerProcess server, int port, Load load) throws IOException {
        LoadGenerator generator = new LoadGenerator(port);
        try {
            load.addTo(generator);
        } catch (IOException e) {
            generator.close();
            throw e;
        }
        return new LoadStation(server, generator);
    }

    /** @param inBetween what the load passes through */
    LoadStation alsoClosing(Closeable inBetween) {
        between = inBetween;
        return this;
    }

    /** @param shortest of a round, where requests are few */
    LoadStation lastingAtLeast(Duration shortest) {
        atLeast = shortest;
        return this;
    }

    @Override
    public void warmUp(Duration duration) throws IOException {
        server.carryUntilCompiled(duration, () -> generator.run(Duration.ZERO, duration, () -> { }, () -> { }));
    }

    @Override
    public Map<Metric, Double> round(Schedule schedule) throws IOException {
        Duration lasting = schedule.round().compareTo(atLeast) < 0 ? atLeast : schedule.round();
        LoadGenerator.Round round = generator.run(schedule.ramp(), lasting, () -> cpuSeconds = -server.cpuSeconds(),
                () -> cpuSeconds += server.cpuSeconds());
        List<LoadGenerator.Seen> groups = round.groups();
        if (groups.get(0).requests() == 0) {
            throw new IOException("No request was answered in " + lasting);
        }
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.THROUGHPUT, groups.get(0).requests() / round.seconds());
        if (groups.size() == 1) {
            figures.put(Metric.CPU, cpuSeconds * 1e6 / groups.get(0).requests());
        } else {
            figures.put(Metric.BESIDE, groups.stream().skip(1).mapToLong(LoadGenerator.Seen::requests).sum() / round.seconds());
        }
        figures.put(Metric.GENERATOR, 100 * round.ownCpuSeconds() / round.seconds());
        Histogram nanos = groups.get(0).latencyNanos();
        figures.put(Metric.P50, nanos.getValueAtPercentile(50) / 1e3);
        figures.put(Metric.P90, nanos.getValueAtPercentile(90) / 1e3);
        figures.put(Metric.P99, nanos.getValueAtPercentile(99) / 1e3);
        figures.put(Metric.MAX, nanos.getMaxValue() / 1e3);
        return figures;
    }

    @Override
    public void close() throws IOException {
        generator.close();
        between.close();
    }
}
