package org.catwalk.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.catwalk.bench.load.LoadGenerator;

/**
 * Bytes allocated per request: by the whole server, counted by the JVM, and by the connector's own code, estimated from the flight
 * recorder's samples of a second run.
 */
final class AllocationStation implements Station {

    private final ServerProcess server;
    private final LoadGenerator generator;
    private long allocated;
    private String sampled = "";
    private String largest;

    private AllocationStation(ServerProcess server, LoadGenerator generator) {
        this.server = server;
        this.generator = generator;
    }

    static AllocationStation open(ServerProcess server, LoadStation.Load load) throws IOException {
        LoadGenerator generator = new LoadGenerator(server.port());
        load.addTo(generator);
        return new AllocationStation(server, generator);
    }

    @Override
    public void warmUp(Duration duration) throws IOException {
        generator.run(Duration.ZERO, duration, () -> { }, () -> { });
    }

    @Override
    public Map<Metric, Double> round(Schedule schedule) throws IOException {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        LoadGenerator.Round counted = generator.run(schedule.ramp(), schedule.round(),
                () -> allocated = -Long.parseLong(ask("allocated")), () -> allocated += Long.parseLong(ask("allocated")));
        figures.put(Metric.ALLOCATED, allocated / (double) counted.groups().get(0).requests());
        LoadGenerator.Round recorded = generator.run(schedule.ramp(), schedule.round(), () -> ask("sample"),
                () -> sampled = ask("sampled"));
        String[] answer = sampled.split(" ", 2);
        figures.put(Metric.OWN_ALLOCATED, Long.parseLong(answer[0]) / (double) recorded.groups().get(0).requests());
        largest = answer.length > 1 ? "sampled in the connector's code, bytes by class: " + answer[1] : null;
        return figures;
    }

    private String ask(String command) {
        try {
            return server.command(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<String> remark() {
        return Optional.ofNullable(largest);
    }

    @Override
    public void close() throws IOException {
        generator.close();
    }
}
