package org.catwalk.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.catwalk.bench.load.Exchange;
import org.catwalk.bench.load.LoadGenerator;

/**
 * Memory that a connection costs which has served a request and now waits for the next: what is in use after a collection with 2,000 such
 * connections, less what is in use without them. The server is a fresh one that has served requests on few connections.
 */
final class IdleHeapStation implements Station {

    private static final int CONNECTIONS = 2000;
    private static final int AT_ONCE = 8;
    private static final Exchange SMALL = Exchange.get("/small", 20);

    private final ServerProcess server;

    private IdleHeapStation(ServerProcess server) {
        this.server = server;
    }

    static IdleHeapStation open(Arena arena, Contestant contestant) throws IOException {
        return new IdleHeapStation(arena.fresh(contestant));
    }

    @Override
    public void warmUp(Duration duration) throws IOException {
        try (LoadGenerator generator = new LoadGenerator(server.port()).closedLoop(SMALL, AT_ONCE, AT_ONCE)) {
            generator.run(Duration.ZERO, duration.plusSeconds(2), () -> { }, () -> { });
        }
    }

    @Override
    public Map<Metric, Double> round(Schedule schedule) throws IOException {
        long[] without = inUse();
        try (LoadGenerator generator = new LoadGenerator(server.port()).closedLoop(SMALL, CONNECTIONS, AT_ONCE)) {
            // Each request goes to the connection that has been idle longest.
            for (long requests = 0; requests < 2 * CONNECTIONS;) {
                requests += generator.run(Duration.ZERO, Duration.ofMillis(300), () -> { }, () -> { }).groups().get(0).requests();
            }
            long[] with = inUse();
            Map<Metric, Double> figures = new EnumMap<>(Metric.class);
            figures.put(Metric.HEAP, (with[0] - without[0]) / (double) CONNECTIONS);
            figures.put(Metric.DIRECT, (with[1] - without[1]) / (double) CONNECTIONS);
            return figures;
        }
    }

    /** Bytes on the heap and in direct buffers, once the connections of an earlier round are gone. */
    private long[] inUse() throws IOException {
        long[] least = {Long.MAX_VALUE, Long.MAX_VALUE};
        for (int i = 0; i < 3; i++) {
            String[] answer = server.command("heap").split(" ");
            least[0] = Math.min(least[0], Long.parseLong(answer[0]));
            least[1] = Math.min(least[1], Long.parseLong(answer[1]));
        }
        return least;
    }

    @Override
    public void close() {
        server.close();
    }
}
