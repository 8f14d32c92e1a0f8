package org.catwalk.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.catwalk.bench.load.Exchange;
import org.catwalk.bench.load.LoadGenerator;

/**
 * Bytes allocated per small GET: by the whole server and by the connector without a container, as the JVM counts them; by the connector's
 * own classes, as the flight recorder's samples of another run tell.
 */
final class AllocationStation implements Station {

    private static final int CONNECTIONS = 8;
    private static final Exchange SMALL = Exchange.get("/small", 20);

    private final Loaded whole;
    /** Null where a connector cannot be had without its container. */
    private final Loaded bare;
    private String largest;

    private AllocationStation(Loaded whole, Loaded bare) {
        this.whole = whole;
        this.bare = bare;
    }

    static AllocationStation open(Arena arena, Contestant contestant) throws IOException {
        Loaded whole = new Loaded(arena.server(contestant));
        return new AllocationStation(whole,
                contestant.kind() == Contestant.Kind.UNDERTOW ? null : new Loaded(arena.bare(contestant)));
    }

    @Override
    public void warmUp(Duration duration) throws IOException {
        whole.run(duration, () -> { }, () -> { });
        if (bare != null) {
            bare.run(duration.multipliedBy(4), () -> { }, () -> { });
        }
    }

    @Override
    public Map<Metric, Double> round(Schedule schedule) throws IOException {
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.ALLOCATED, whole.bytesPerRequest(schedule.round()));
        if (bare != null) {
            figures.put(Metric.BARE_ALLOCATED, bare.bytesPerRequest(schedule.round()));
        }
        Loaded recorded = bare == null ? whole : bare;
        String[] sampled = {""};
        LoadGenerator.Round round = recorded.run(schedule.round(), () -> recorded.ask("sample"), () -> sampled[0] = recorded.ask("sampled"));
        String[] answer = sampled[0].split(" ", 2);
        figures.put(Metric.OWN_ALLOCATED, Long.parseLong(answer[0]) / (double) round.groups().get(0).requests());
        largest = answer.length > 1 ? "sampled in the connector's code, bytes by class: " + answer[1] : null;
        return figures;
    }

    @Override
    public Optional<String> remark() {
        return Optional.ofNullable(largest);
    }

    @Override
    public void close() throws IOException {
        whole.generator.close();
        if (bare != null) {
            bare.generator.close();
            bare.server.close();
        }
    }

    /** A server and its load. */
    private static final class Loaded {

        private final ServerProcess server;
        private final LoadGenerator generator;
        private long bytes;

        Loaded(ServerProcess server) throws IOException {
            this.server = server;
            this.generator = new LoadGenerator(server.port()).closedLoop(SMALL, CONNECTIONS, CONNECTIONS);
        }

        LoadGenerator.Round run(Duration duration, Runnable atStart, Runnable atEnd) throws IOException {
            return generator.run(Duration.ofMillis(200), duration, atStart, atEnd);
        }

        double bytesPerRequest(Duration duration) throws IOException {
            LoadGenerator.Round round = run(duration, () -> bytes = -allocated(), () -> bytes += allocated());
            return bytes / (double) round.groups().get(0).requests();
        }

        private long allocated() {
            return Long.parseLong(ask("allocated"));
        }

        String ask(String command) {
            try {
                return server.command(command);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
