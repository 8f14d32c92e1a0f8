package org.catwalk.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.catwalk.bench.load.LoadGenerator;

/** System calls and context switches of the server per request, counted by perf, which slows nothing down noticeably. */
final class SystemCallStation implements Station {

    private static final Duration COUNTED = Duration.ofSeconds(2);
    private static final String SYSTEM_CALLS = "raw_syscalls:sys_enter";
    private static final String SWITCHES = "context-switches";

    private final ServerProcess server;
    private final LoadGenerator generator;
    private Process perf;
    private String unavailable;

    private SystemCallStation(ServerProcess server, LoadGenerator generator) {
        this.server = server;
        this.generator = generator;
    }

    static SystemCallStation open(ServerProcess server, LoadStation.Load load) throws IOException {
        LoadGenerator generator = new LoadGenerator(server.port());
        load.addTo(generator);
        return new SystemCallStation(server, generator);
    }

    @Override
    public void warmUp(Duration duration) throws IOException {
        generator.run(Duration.ZERO, duration, () -> { }, () -> { });
    }

    @Override
    public Map<Metric, Double> round(Schedule schedule) throws IOException {
        // perf counts inside the measured time: it needs a moment to attach to all threads.
        LoadGenerator.Round round = generator.run(schedule.ramp(), COUNTED.plusSeconds(1), this::startCounting, () -> { });
        double perSecond = round.groups().get(0).requests() / round.seconds();
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        counts().forEach((metric, count) -> figures.put(metric, count / (double) COUNTED.toSeconds() / perSecond));
        return figures;
    }

    private void startCounting() {
        try {
            perf = new ProcessBuilder("perf", "stat", "-x,", "-e", SYSTEM_CALLS, "-e", SWITCHES, "-p", Long.toString(server.pid()),
                    "--", "sleep", Long.toString(COUNTED.toSeconds())).redirectErrorStream(true).start();
        } catch (IOException e) {
            unavailable = "perf is not installed";
        }
    }

    private Map<Metric, Long> counts() throws IOException {
        Map<Metric, Long> counts = new EnumMap<>(Metric.class);
        if (perf == null) {
            return counts;
        }
        String said;
        try {
            if (!perf.waitFor(10, TimeUnit.SECONDS)) {
                perf.destroyForcibly();
            }
            said = new String(perf.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        // Fields: count, unit, event, ...
        said.lines().map(line -> line.split(",")).filter(fields -> fields.length > 2 && fields[0].matches("[0-9]+")).forEach(fields -> {
            if (fields[2].equals(SYSTEM_CALLS)) {
                counts.put(Metric.SYSTEM_CALLS, Long.parseLong(fields[0]));
            } else if (fields[2].equals(SWITCHES)) {
                counts.put(Metric.SWITCHES, Long.parseLong(fields[0]));
            }
        });
        if (counts.size() < 2) {
            unavailable = "perf does not count here: " + said.strip().lines().findFirst().orElse("no output");
        }
        return counts;
    }

    @Override
    public Optional<String> remark() {
        return Optional.ofNullable(unavailable);
    }

    @Override
    public void close() throws IOException {
        generator.close();
    }
}
