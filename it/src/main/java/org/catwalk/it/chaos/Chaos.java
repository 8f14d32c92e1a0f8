package org.catwalk.it.chaos;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.catwalk.it.fleet.Ledger;
import org.catwalk.it.fleet.Vitals;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.Deadline;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;
import org.catwalk.it.traffic.Kind;
import org.catwalk.it.traffic.Outcome;
import org.catwalk.it.traffic.Tally;
import org.catwalk.it.traffic.Traffic;
import org.catwalk.it.webapp.Payload;

/**
 * Mixed requests through httpd, both front ends, and a {@link ChaosProxy} each to Catwalk: what becomes of them, and whether anything is left
 * when it is over; see {@code it/chaos}.
 */
public final class Chaos implements AutoCloseable {

    /** What httpd and Catwalk answer when a connection between them fails; see protocol.md, "When the network fails". */
    private static final List<Integer> DOCUMENTED = List.of(400, 408, 500, 502, 503, 504);

    private static final Pattern UNEXPECTED = Pattern.compile(" SEVERE |NullPointer|IllegalState|IndexOutOfBounds|BufferOverflow|BufferUnderflow|OutOfMemory");

    private static final Map<Kind, Integer> WEIGHTS = new EnumMap<>(Map.ofEntries(Map.entry(Kind.PAGE, 40), Map.entry(Kind.DOWNLOAD, 3),
            Map.entry(Kind.UPLOAD, 12), Map.entry(Kind.CHUNKED_UPLOAD, 10), Map.entry(Kind.EVENTS, 3), Map.entry(Kind.ASYNC, 10),
            Map.entry(Kind.NON_BLOCKING, 8), Map.entry(Kind.HEAD, 5), Map.entry(Kind.NOT_FOUND, 4), Map.entry(Kind.SESSION, 10),
            Map.entry(Kind.ABORTED_DOWNLOAD, 1), Map.entry(Kind.ABORTED_UPLOAD, 1), Map.entry(Kind.ABORTED_EVENTS, 1)));
    private static final String SECRET = "chaos-secret";
    /** See load-balancing.md. */
    private static final int RECOMMENDED_RECOVERY_OPTIONS = 23;
    private static final int CLIENTS_PER_FRONT_END = 16;
    private static final Duration THOUGHT = Duration.ofMillis(20);
    /** Of Catwalk, for packets, bodies and writes, and of httpd for answers. */
    private static final int LIMIT_SECONDS = 3;
    /** Longer than each of them. */
    private static final int STALL_MILLIS = LIMIT_SECONDS * 1000 + 2000;
    /** All time limits that can come one after the other, with mod_jk's second try. */
    private static final Duration DEADLINE = Duration.ofSeconds(40);
    private static final int WARM_UP_REQUESTS = 200;
    private static final Duration AFTERMATH = Duration.ofSeconds(30);
    /** Threads and descriptors that come and go by themselves: JMX, classes, timers. */
    private static final int TOLERANCE = 8;
    private static final double MEGA = 1024 * 1024;
    private static final double HEAP_TOLERANCE_MEGA = 4;

    private final long seed;
    private final Ledger ledger;
    private final TomcatInstance tomcat;
    private final Map<FrontEnd, ChaosProxy> proxies = new EnumMap<>(FrontEnd.class);
    private final Map<FrontEnd, Vitals> vitals = new EnumMap<>(FrontEnd.class);
    private final HttpdInstance httpd;

    private Chaos(String name, long seed, int recoveryOptions) {
        this.seed = seed;
        ledger = new Ledger(ItDirectory.empty("instances/ledger-" + name).resolve("ledger"));
        TomcatInstance.Builder configuration = TomcatInstance.named(name).jvmOption("-Dfleet.node=chaos")
                .jvmOption("-Dfleet.ledger=" + ledger.path()).withoutAccessLog();
        String millis = Integer.toString(LIMIT_SECONDS * 1000);
        for (FrontEnd frontEnd : FrontEnd.values()) {
            configuration.connector(ConnectorSpec.ajp(frontEnd.name()).with("secret", SECRET).with("connectionTimeout", millis)
                    .with("keepAliveTimeout", "60000").with("packetTimeout", millis).with("writeTimeout", millis)
                    // All of them from the beginning, so that none of those that come later can pass for one of these.
                    .with("minSpareThreads", Integer.toString(3 * CLIENTS_PER_FRONT_END)));
        }
        tomcat = configuration.start();
        for (FrontEnd frontEnd : FrontEnd.values()) {
            proxies.put(frontEnd, ChaosProxy.to(tomcat.port(frontEnd.name()), seed + frontEnd.ordinal(), STALL_MILLIS));
            vitals.put(frontEnd, new Vitals(tomcat, frontEnd.name()));
        }
        httpd = startHttpd(name, recoveryOptions);
    }

    private HttpdInstance startHttpd(String name, int recoveryOptions) {
        String worker = host(FrontEnd.MOD_JK);
        HttpdInstance.Builder configuration = HttpdInstance.named("httpd-" + name)
                .workerProperty("worker." + worker + ".recovery_options=" + recoveryOptions)
                .workerProperty("worker." + worker + ".ping_timeout=" + LIMIT_SECONDS * 1000)
                .workerProperty("worker." + worker + ".reply_timeout=" + LIMIT_SECONDS * 1000)
                .workerProperty("worker." + worker + ".socket_timeout=" + LIMIT_SECONDS);
        configuration.virtualHost(VirtualHost.to(worker, FrontEnd.MOD_JK, proxies.get(FrontEnd.MOD_JK).port()).withSecret(SECRET).withCping(true));
        configuration.virtualHost(VirtualHost.to(host(FrontEnd.MOD_PROXY_AJP), FrontEnd.MOD_PROXY_AJP, proxies.get(FrontEnd.MOD_PROXY_AJP).port())
                .withSecret(SECRET).withProxyPassParameters("ping=%d timeout=%d connectiontimeout=2 retry=0".formatted(LIMIT_SECONDS, LIMIT_SECONDS)));
        return configuration.start();
    }

    private static String host(FrontEnd frontEnd) {
        return "chaos-" + frontEnd.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @param arguments requests, seed, mod_jk's recovery_options */
    public static void main(String[] arguments) {
        int requests = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : new Random().nextInt(1_000_000);
        int recoveryOptions = arguments.length > 2 ? Integer.parseInt(arguments[2]) : RECOMMENDED_RECOVERY_OPTIONS;
        Result result = run("chaos", requests, seed, recoveryOptions);
        System.out.println(result);
        System.exit(result.complaints().isEmpty() ? 0 : 1);
    }

    /**
     * @param name of the instances
     * @param requests half of them through each front end, and a few more
     * @param seed see {@link ChaosProxy}
     */
    public static Result run(String name, int requests, long seed) {
        return run(name, requests, seed, RECOMMENDED_RECOVERY_OPTIONS);
    }

    private static Result run(String name, int requests, long seed, int recoveryOptions) {
        System.out.println("Chaos with seed " + seed);
        try (Chaos chaos = new Chaos(name, seed, recoveryOptions)) {
            return chaos.run(requests);
        }
    }

    /** What became of the requests through one front end. */
    static final class Account {

        final Tally tally = new Tally();
        final Queue<Outcome> failed = new ConcurrentLinkedQueue<>();
        final Queue<String> posts = new ConcurrentLinkedQueue<>();
        final Queue<String> others = new ConcurrentLinkedQueue<>();
        final AtomicLong slowestMillis = new AtomicLong();

        void enter(Outcome outcome) {
            tally.accept(outcome);
            if (!outcome.isGood()) {
                failed.add(outcome);
            }
            (outcome.kind().isPost() ? posts : others).add(outcome.id());
            slowestMillis.accumulateAndGet(outcome.millis(), Math::max);
        }
    }

    /**
     * What came of it.
     *
     * @param complaints a line each; none if all went as documented
     */
    public record Result(long seed, double seconds, List<String> figures, List<String> complaints) {

        @Override
        public String toString() {
            return "Chaos with seed %d, %.0f seconds%n%s%n%s%n".formatted(seed, seconds, String.join("\n", figures),
                    complaints.isEmpty() ? "All as documented." : "NOT as documented:\n" + String.join("\n", complaints));
        }
    }

    private Result run(int requests) {
        List<String> figures = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        calm("before", seed - 1, complaints);
        int threads = first().threads();
        int descriptors = first().descriptors();
        List<Integer> processors = each(Vitals::processors);
        double heap = first().liveHeap() / MEGA;

        long begin = System.nanoTime();
        Map<FrontEnd, Account> accounts = storm(requests);
        double seconds = (System.nanoTime() - begin) / 1e9;
        Map<String, List<String>> runs = ledger.runs();
        accounts.forEach((frontEnd, account) -> judge(frontEnd, account, runs, figures, complaints));

        calm("afterwards", seed - 2, complaints);
        tomcat.log().text().lines().filter(line -> UNEXPECTED.matcher(line).find()).limit(10).forEach(line -> complaints.add("Tomcat's log: " + line));
        httpd.close();
        leftOver(threads, descriptors, heap, processors, figures, complaints);
        return new Result(seed, seconds, figures, complaints);
    }

    private Vitals first() {
        return vitals.get(FrontEnd.MOD_JK);
    }

    // ---- traffic

    private Map<FrontEnd, Account> storm(int requests) {
        proxies.values().forEach(proxy -> proxy.rage(true));
        Map<FrontEnd, Account> accounts = new EnumMap<>(FrontEnd.class);
        List<Traffic> traffics = new ArrayList<>();
        for (FrontEnd frontEnd : FrontEnd.values()) {
            Account account = new Account();
            accounts.put(frontEnd, account);
            traffics.add(traffic(frontEnd, seed + frontEnd.ordinal(), requests / proxies.size(), account));
        }
        traffics.forEach(Traffic::await);
        proxies.values().forEach(proxy -> proxy.rage(false));
        return accounts;
    }

    private Traffic traffic(FrontEnd frontEnd, long clientSeed, int requests, Account account) {
        Traffic.Habits habits = new Traffic.Habits(WEIGHTS, THOUGHT, DEADLINE, true);
        return Traffic.start(habits, List.<URI>of(httpd.uri(host(frontEnd))), CLIENTS_PER_FRONT_END, clientSeed,
                () -> account.tally.requests() < requests, account::enter);
    }

    /** Without chaos, every request has to be answered well. */
    private void calm(String when, long clientSeed, List<String> complaints) {
        for (FrontEnd frontEnd : FrontEnd.values()) {
            Account account = new Account();
            traffic(frontEnd, clientSeed, WARM_UP_REQUESTS, account).await();
            account.failed.forEach(outcome -> complaints.add(frontEnd + ", " + when + ", without chaos: " + outcome));
        }
    }

    // ---- what became of it

    private void judge(FrontEnd frontEnd, Account account, Map<String, List<String>> runs, List<String> figures, List<String> complaints) {
        ChaosProxy proxy = proxies.get(frontEnd);
        Map<String, Integer> failures = new TreeMap<>();
        for (Outcome outcome : account.failed) {
            String what = outcome.verdict() == Outcome.Verdict.REFUSED ? outcome.detail().replaceAll(" instead.*", "") : outcome.verdict().name();
            failures.merge(what, 1, Integer::sum);
            if (!isDocumented(frontEnd, outcome)) {
                complaints.add(frontEnd + ": " + outcome);
            }
        }
        long repeated = repeated(account.posts, runs);
        long damaged = account.posts.stream().filter(id -> runs.containsKey(id + Payload.DAMAGED)).count();
        figures.add("%s: %d requests, %d as they should be, %d left by the client, failed: %s, slowest %d ms".formatted(frontEnd,
                account.tally.requests(), account.tally.count(Outcome.Verdict.CORRECT), account.tally.count(Outcome.Verdict.LEFT), failures,
                account.slowestMillis.get()));
        figures.add("%s: %d POSTs, %d of them run twice, %d truncated and taken for complete; %d others, %d of them run twice".formatted(frontEnd,
                account.posts.size(), repeated, damaged, account.others.size(), repeated(account.others, runs)));
        figures.add("%s: %d connections, pieces by mood: %s".formatted(frontEnd, proxy.connections(), moods(proxy)));
        if (repeated + damaged > 0) {
            complaints.add("%s: %d POSTs run twice, %d truncated and taken for complete".formatted(frontEnd, repeated, damaged));
        }
        if (account.tally.count(Outcome.Verdict.CORRECT) < account.tally.requests() / 2) {
            complaints.add(frontEnd + ": most requests failed, which tries little");
        }
    }

    private static long repeated(Collection<String> ids, Map<String, List<String>> runs) {
        return ids.stream().filter(id -> runs.getOrDefault(id, List.of()).size() > 1).count();
    }

    private static String moods(ChaosProxy proxy) {
        Map<Mood, Long> pieces = new EnumMap<>(Mood.class);
        for (Mood mood : Mood.values()) {
            pieces.put(mood, proxy.pieces(mood));
        }
        return pieces.toString();
    }

    private static boolean isDocumented(FrontEnd frontEnd, Outcome outcome) {
        return switch (outcome.verdict()) {
            case REFUSED -> DOCUMENTED.stream().anyMatch(status -> outcome.detail().startsWith("status " + status));
            case CUT -> true;
            case SHORTENED -> frontEnd == FrontEnd.MOD_JK;
            default -> false;
        };
    }

    private void leftOver(int threads, int descriptors, double heap, List<Integer> processors, List<String> figures, List<String> complaints) {
        vitals.forEach((frontEnd, its) -> {
            atMost(frontEnd + ": connections", () -> its.connections(false), 0, complaints);
            atMost(frontEnd + ": buffers in use", () -> its.buffers("inUse"), 0, complaints);
            atMost(frontEnd + ": processors in the midst of a request", its::busyProcessors, 0, complaints);
            // One for each request at a time, kept for the next; those that were lost would have been replaced by new ones.
            atMost(frontEnd + ": processors", its::processors, 2 * CLIENTS_PER_FRONT_END, complaints);
        });
        atMost("threads", first()::threads, threads + TOLERANCE, complaints);
        atMost("descriptors", first()::descriptors, descriptors + TOLERANCE, complaints);
        atMost("live heap in MB", () -> (int) (first().liveHeap() / MEGA), (int) (heap + HEAP_TOLERANCE_MEGA), complaints);
        figures.add("left: connections %s, buffers in use %s, processors %s (%s before), threads %d (%d before), descriptors %d (%d before), live heap %.1f MB (%.1f before)"
                .formatted(each(its -> its.connections(false)), each(its -> its.buffers("inUse")), each(Vitals::processors), processors, first().threads(),
                        threads, first().descriptors(), descriptors, first().liveHeap() / MEGA, heap));
    }

    private List<Integer> each(ToIntFunction<Vitals> figure) {
        return vitals.values().stream().mapToInt(figure).boxed().toList();
    }

    private static void atMost(String what, IntSupplier now, int limit, List<String> complaints) {
        if (!Deadline.met(AFTERMATH, () -> now.getAsInt() <= limit)) {
            complaints.add("%s: %d left, %d expected at the most".formatted(what, now.getAsInt(), limit));
        }
    }

    @Override
    public void close() {
        httpd.close();
        proxies.values().forEach(ChaosProxy::close);
        tomcat.close();
    }
}
