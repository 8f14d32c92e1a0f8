package org.catwalk.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.catwalk.bench.load.Exchange;
import org.catwalk.bench.load.LoadGenerator;

/** The servers of a run. Each is started when it is first wanted and stays up, idle, while others are measured. */
final class Arena implements AutoCloseable {

    private final Path jdk;
    private final Path logs;
    private final Duration firstWarmUp;
    private final Map<Contestant, ServerProcess> servers = new HashMap<>();

    /** @param firstWarmUp small requests that a server has to answer before its first row */
    Arena(Path jdk, Path logs, Duration firstWarmUp) {
        this.jdk = jdk;
        this.logs = logs;
        this.firstWarmUp = firstWarmUp;
    }

    ServerProcess server(Contestant contestant) throws IOException {
        ServerProcess running = servers.get(contestant);
        if (running == null) {
            running = fresh(contestant);
            servers.put(contestant, running);
            if (contestant.kind() != Contestant.Kind.HTTP) {
                warmUp(running);
            }
        }
        return running;
    }

    /** A server that nobody else uses and that the caller closes. */
    ServerProcess fresh(Contestant contestant) throws IOException {
        return ServerProcess.start(contestant, jdk, logs);
    }

    /** The contestant's connector without a container, likewise. */
    ServerProcess bare(Contestant contestant) throws IOException {
        return ServerProcess.startBare(contestant, jdk, logs);
    }

    void warmUp(ServerProcess server) throws IOException {
        try (LoadGenerator load = new LoadGenerator(server.port())
                .closedLoop(Exchange.get("/small", 20), 8, 8)) {
            load.run(Duration.ZERO, firstWarmUp, () -> { }, () -> { });
        }
    }

    /** Ends a server that has misbehaved; the next who wants it gets a new one. */
    void discard(Contestant contestant) {
        ServerProcess server = servers.remove(contestant);
        if (server != null) {
            server.close();
        }
    }

    @Override
    public void close() {
        servers.values().forEach(ServerProcess::close);
        servers.clear();
    }
}
