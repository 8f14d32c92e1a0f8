package org.catwalk.it.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.catwalk.it.fleet.Fleet;
import org.catwalk.it.fleet.Node;
import org.catwalk.it.fleet.Vitals;
import org.catwalk.it.harness.Deadline;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.traffic.Kind;
import org.catwalk.it.traffic.Tally;
import org.catwalk.it.traffic.Traffic;

/**
 * Two Tomcats with Catwalk behind httpd, mod_jk and a balancer, and clients that never rest, every answer checked. Looks at heap, threads,
 * descriptors, buffers and connections meanwhile, writes them down, draws them, and judges whether anything grows; see {@code it/soak}.
 */
public final class Soak {

    /** Of two hundred requests, roughly. */
    private static final Map<Kind, Integer> WEIGHTS = new EnumMap<>(Map.ofEntries(Map.entry(Kind.PAGE, 80), Map.entry(Kind.DOWNLOAD, 10),
            Map.entry(Kind.UPLOAD, 14), Map.entry(Kind.CHUNKED_UPLOAD, 14), Map.entry(Kind.EVENTS, 8), Map.entry(Kind.ASYNC, 16),
            Map.entry(Kind.NON_BLOCKING, 12), Map.entry(Kind.HEAD, 8), Map.entry(Kind.NOT_FOUND, 8), Map.entry(Kind.SESSION, 20),
            Map.entry(Kind.SLOW_READER, 1), Map.entry(Kind.SLOW_UPLOAD, 1), Map.entry(Kind.ABORTED_DOWNLOAD, 1),
            Map.entry(Kind.ABORTED_UPLOAD, 1), Map.entry(Kind.ABORTED_EVENTS, 1)));
    /** As many as take about half of a core, with httpd and both Tomcats. */
    private static final int CLIENTS = 56;
    private static final Duration THOUGHT = Duration.ofMillis(60);
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration LAST_WORDS = Duration.ofSeconds(30);
    /** Descriptors that a Tomcat may open late, for classes and the like. */
    private static final int LATE_DESCRIPTORS = 6;
    /** For each node, in the summary. */
    private static final int CLASSES_NAMED = 12;
    private static final String HTTPD = "httpd";
    private static final double MEGA = 1024 * 1024;

    private final Fleet fleet;
    private final Path directory;
    private final Duration duration;
    private final int clients;
    private final Tally tally = new Tally();
    private final Samples samples = new Samples();
    private final Map<Node, Vitals> vitals = new LinkedHashMap<>();
    /** The most descriptors that were open beside those of connections: files of Tomcat, and selectors that are kept for the next wait. */
    private final Map<Node, Integer> besidesConnections = new LinkedHashMap<>();

    /** Bytes by class, when the time for warming up was over and when they were looked at last. */
    private final Map<Node, Map<String, Long>> warmHeap = new LinkedHashMap<>();
    private final Map<Node, Map<String, Long>> lastHeap = new LinkedHashMap<>();

    private Soak(Fleet fleet, Path directory, Duration duration, int clients) {
        this.fleet = fleet;
        this.directory = directory;
        this.duration = duration;
        this.clients = clients;
        fleet.nodes().forEach(node -> vitals.put(node, new Vitals(node)));
    }

    /**
     * What came of it.
     *
     * @param directory with samples.csv, summary.md and the charts
     * @param cores how much of the machine it took, clients included: 1 for one core
     * @param growth a line for each class that takes more of a heap than after warming up, the most first
     */
    public record Result(Judgement judgement, Tally tally, Path directory, double seconds, double cores, List<String> growth) {

        /** In Markdown. */
        public String summary() {
            StringBuilder text = new StringBuilder("# Soak\n\n%d requests in %.0f seconds, %d errors; %.0f MB in bodies; %.2f cores, clients included.\n\n"
                    .formatted(tally.requests(), seconds, tally.errors(), tally.bytes() / MEGA, cores));
            text.append(tally.table()).append("\n| source | gauge | second third | last third | flat up to |\n|---|---|---|---|---|\n");
            for (Trend trend : judgement.trends()) {
                Gauge gauge = trend.of().gauge();
                text.append("| %s | %s, %s | %.1f | %.1f | %s |\n".formatted(trend.of().source(), gauge.label(), gauge.unit(), trend.secondThird(),
                        trend.lastThird(), gauge.isJudged() ? "%.1f".formatted(gauge.limit(trend.secondThird())) : "not judged"));
            }
            text.append("\nWhat takes more of the heap than after a third of the time:\n\n");
            growth.forEach(line -> text.append("- ").append(line).append('\n'));
            text.append('\n').append(judgement.isGood() ? "No error, no growth, nothing left over.\n" : "**Not good:**\n\n");
            judgement.complaints().forEach(line -> text.append("- ").append(line).append('\n'));
            tally.examples().forEach(outcome -> text.append("- ").append(outcome).append('\n'));
            return text.toString();
        }
    }

    /** @param arguments minutes, clients */
    public static void main(String[] arguments) {
        double minutes = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 60;
        int clients = arguments.length > 1 ? Integer.parseInt(arguments[1]) : CLIENTS;
        Result result = run("soak", Duration.ofSeconds(Math.round(minutes * 60)), clients);
        System.out.println(result.summary());
        System.out.println("Samples and charts are in " + result.directory());
        System.exit(result.judgement().isGood() ? 0 : 1);
    }

    /** @param name of the directory below {@code it/target} that the results go to, and of the instances */
    public static Result run(String name, Duration duration, int clients) {
        try (Fleet fleet = Fleet.named(name).start()) {
            return new Soak(fleet, ItDirectory.empty(name), duration, clients).run();
        }
    }

    private Result run() {
        long begin = System.nanoTime();
        double processorBefore = processorSeconds();
        Traffic.Habits habits = new Traffic.Habits(WEIGHTS, THOUGHT, DEADLINE, false);
        BooleanSupplier goesOn = () -> System.nanoTime() - begin < duration.toNanos();
        Traffic traffic = Traffic.start(habits, List.of(fleet.at(FrontEnd.MOD_JK, "/")), clients, 1, goesOn, tally);
        watch(begin, goesOn);
        double seconds = secondsSince(begin);
        double cores = (processorSeconds() - processorBefore) / seconds;
        traffic.await();
        Judgement judgement = Judgement.of(tally, samples, seconds, leftOver());
        Result result = new Result(judgement, tally, directory, seconds, cores, growth());
        write(result);
        return result;
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    // ---- while it runs

    /** Often enough for thirty points at least; a garbage collection at each of those only where minutes are long. */
    private void watch(long begin, BooleanSupplier goesOn) {
        long everyNanos = Math.min(TimeUnit.SECONDS.toNanos(5), duration.toNanos() / 60);
        int heapEvery = (int) Math.max(2, Math.min(12, duration.toNanos() / everyNanos / 60));
        long next = begin;
        for (int i = 0; goesOn.getAsBoolean(); i++) {
            look(secondsSince(begin), i % heapEvery == 0);
            if (i % (heapEvery * 10) == 0) {
                System.out.printf("%5.1f minutes: %d requests, %d errors%n", secondsSince(begin) / 60, tally.requests(), tally.errors());
            }
            next += everyNanos;
            for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private List<String> growth() {
        List<String> lines = new ArrayList<>();
        lastHeap.forEach((node, bytes) -> bytes.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue() - warmHeap.get(node).getOrDefault(entry.getKey(), 0L)))
                .filter(entry -> entry.getValue() > 0).sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(CLASSES_NAMED)
                .forEach(entry -> lines.add("%s: %+.0f KB %s".formatted(node.name(), entry.getValue() / 1024.0, entry.getKey()))));
        return lines;
    }

    private void look(double seconds, boolean heap) {
        vitals.forEach((node, its) -> {
            Map<Gauge, Double> values = new EnumMap<>(Gauge.class);
            values.put(Gauge.THREADS, (double) its.threads());
            int descriptors = its.descriptors();
            int connections = its.connections(false);
            besidesConnections.merge(node, descriptors - connections, Math::max);
            values.put(Gauge.DESCRIPTORS, (double) descriptors);
            values.put(Gauge.DIRECT_MEMORY, its.directMemory() / MEGA);
            values.put(Gauge.RESIDENT, its.resident() / MEGA);
            int inUse = its.buffers("inUse");
            values.put(Gauge.BUFFERS_IN_USE, (double) inUse);
            values.put(Gauge.BUFFERS, (double) inUse + its.buffers("kept"));
            values.put(Gauge.CONNECTIONS, (double) connections);
            values.put(Gauge.ACTIVE, (double) its.connections(true));
            values.put(Gauge.PROCESSORS, (double) its.processors());
            if (heap) {
                values.put(Gauge.LIVE_HEAP, its.liveHeap() / MEGA);
                if (seconds > duration.toSeconds() / 3.0) {
                    Map<String, Long> now = its.heapByClass();
                    warmHeap.putIfAbsent(node, now);
                    lastHeap.put(node, now);
                }
            }
            samples.add(seconds, node.name(), values);
        });
        samples.add(seconds, HTTPD, Gauge.DESCRIPTORS,
                httpdProcesses().mapToLong(ProcessHandle::pid).mapToInt(Vitals::descriptors).sum());
    }

    private Stream<ProcessHandle> httpdProcesses() {
        ProcessHandle httpd = ProcessHandle.of(fleet.httpd().pid()).orElseThrow();
        return Stream.concat(Stream.of(httpd), httpd.descendants());
    }

    private double processorSeconds() {
        Stream<ProcessHandle> servers = vitals.keySet().stream().map(node -> ProcessHandle.of(node.tomcat().pid()).orElseThrow());
        return Stream.of(servers, httpdProcesses(), Stream.of(ProcessHandle.current())).flatMap(each -> each)
                .mapToDouble(process -> process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9).sum();
    }

    // ---- afterwards

    /** @return a line for everything that is still there although nobody asks any more, and then although httpd has gone */
    private List<String> leftOver() {
        List<String> found = new ArrayList<>();
        vitals.forEach((node, its) -> {
            awaitNone(node, "connections with a request after the last client has left", () -> its.connections(true), 0, found);
            awaitNone(node, "buffers in use after the last client has left", () -> its.buffers("inUse"), 0, found);
        });
        fleet.httpd().close();
        vitals.forEach((node, its) -> {
            awaitNone(node, "connections after httpd has gone", () -> its.connections(false), 0, found);
            awaitNone(node, "descriptors after httpd has gone", its::descriptors, besidesConnections.get(node) + LATE_DESCRIPTORS, found);
        });
        return found;
    }

    private interface Count {
        int now();
    }

    private static void awaitNone(Node node, String what, Count count, int atMost, List<String> complaints) {
        if (!Deadline.met(LAST_WORDS, () -> count.now() <= atMost)) {
            complaints.add("%s: %d %s, %d expected at the most".formatted(node.name(), count.now(), what, atMost));
        }
    }

    private void write(Result result) {
        try {
            Files.write(directory.resolve("samples.csv"), samples.csv());
            Files.writeString(directory.resolve("summary.md"), result.summary());
            Charts.write(samples, directory);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write to " + directory, e);
        }
    }
}
