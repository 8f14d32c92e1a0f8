package org.catwalk.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.bench.load.Exchange;
import org.catwalk.it.harness.FrontEnd;

/** Every row that there is, in the order of the tables. */
final class Rows {

    private static final int MEGABYTE = 1 << 20;
    private static final String PACKET_SIZE = "packetSize";

    private Rows() {
    }

    static List<Row> all() {
        List<Row> rows = new ArrayList<>();
        rows.addAll(small());
        rows.addAll(large());
        rows.addAll(mixed());
        rows.addAll(counted());
        rows.addAll(distant());
        rows.add(throughHttpd());
        rows.addAll(scaling());
        return rows;
    }

    private static List<Row> small() {
        return List.of(
                closed("small-1", "small GET, 1 connection", smallGet(), 1, 1, Goal.throughput(1.5), Goal.cpu(.45), undertow()),
                closed("small-8", "small GET, 8 connections", smallGet(), 8, 8, Goal.throughput(2.4), Goal.cpu(.38), undertow()),
                closed("small-64", "small GET, 64 connections", smallGet(), 64, 64, Goal.throughput(2.4), Goal.cpu(.42), undertow()),
                closed("small-512", "small GET, 512 connections, 16 active", smallGet(), 512, 16, Goal.throughput(2.2), Goal.cpu(.40),
                        Goal.latency(Metric.P99, 1 / 3.0), undertow()),
                closed("cping-get", "CPING + small GET, 8 connections", smallGet().afterCping(), 8, 8, Goal.throughput(1.5),
                        Goal.cpu(.60), undertow()),
                row("open-small", "small GET, 5,000/s on 64 connections, open loop", generator -> generator.openLoop(smallGet(), 64, 5000)));
    }

    private static List<Row> large() {
        return List.of(
                closed("get-10k", "10 KB GET, 8 connections", Exchange.get("/page", 10 * 1024), 8, 8, Goal.throughput(2.3),
                        Goal.cpu(.40)),
                closed("get-1m", "1 MB GET, 8 connections", Exchange.get("/large", MEGABYTE), 8, 8, Goal.throughput(2.0), Goal.cpu(.55)),
                closed("get-1m-whole", "1 MB GET in one write, 8 connections", Exchange.get("/large-whole", MEGABYTE), 8, 8),
                closed("post-1m", "1 MB POST, 8 KB packets, 8 connections", Exchange.post(MEGABYTE, Packets.MIN_PACKET_SIZE), 8, 8,
                        Goal.throughput(2.4), Goal.cpu(.22)),
                Row.forAll("post-1m-64k", "1 MB POST, 64 KB packets (others: 8 KB), 8 connections", (arena, contestant) -> {
                    int packetSize = contestant.isCatwalk() ? Packets.MAX_PACKET_SIZE : Packets.MIN_PACKET_SIZE;
                    return loaded(arena, contestant.isCatwalk() ? withPacketSize(contestant, packetSize) : contestant,
                            generator -> generator.closedLoop(Exchange.post(MEGABYTE, packetSize), 8, 8));
                }, Goal.throughput(5), Goal.cpu(.18)));
    }

    private static List<Row> mixed() {
        return List.of(
                beside("beside-sleep", "small GET, 8 connections, beside 20 that sleep 50 ms", Exchange.get("/sleep/50", 20), 20,
                        Goal.latency(Metric.P99, .5)),
                beside("beside-compute", "small GET, 8 connections, beside 8 that compute 2 ms", Exchange.get("/compute/2000", 20), 8,
                        Goal.latency(Metric.P99, .5), Goal.latency(Metric.P50, 1 / 3.0)),
                varying(8), varying(64),
                // 250 connections keep all 200 threads busy; 64 are enough for 100 CPINGs a second even if each waits half a second.
                row("cping-busy", "CPING, 100/s open loop, while all maxThreads sleep", generator -> generator
                        .openLoop(Exchange.cping(), 64, 100).closedLoop(Exchange.get("/sleep/500", 20), 250, 250),
                        Goal.atMost(Metric.P99, 1000)));
    }

    private static Row varying(int connections) {
        return closed("varying-" + connections, "GET that is small 19 times and sleeps 10 ms once, " + connections + " connections",
                Exchange.get("/varying", 20), connections, connections, Goal.latency(Metric.P50, 1));
    }

    private static List<Row> counted() {
        return List.of(
                calls("calls-small-8", "small GET, 8 connections", smallGet(), 8, Goal.atMost(Metric.SYSTEM_CALLS, 3)),
                calls("calls-small-64", "small GET, 64 connections", smallGet(), 64),
                calls("calls-get-1m", "1 MB GET, 8 connections", Exchange.get("/large", MEGABYTE), 8),
                calls("calls-post-1m", "1 MB POST, 8 KB packets, 8 connections", Exchange.post(MEGABYTE, Packets.MIN_PACKET_SIZE), 8),
                Row.forAll("heap-idle", "memory of an idle connection, 2,000 connections", IdleHeapStation::open,
                        Goal.atMost(Metric.HEAP, 2048)),
                Row.forAll("allocation", "allocation per small GET, 8 connections", AllocationStation::open,
                        // Timers allocate now and then, whatever the requests.
                        Goal.atMost(Metric.OWN_ALLOCATED, .5)));
    }

    private static List<Row> distant() {
        return List.of(
                direct("upload-1ms", 1), direct("upload-5ms", 5),
                throughModJk("upload-jk-1ms", 1, new Goal(Metric.MEGABYTES, Goal.BASELINE, true, 5)), throughModJk("upload-jk-5ms", 5));
    }

    private static Row direct(String id, int roundTripMillis) {
        return Row.forAll(id, "1 MB POST, 8 KB packets, 1 connection, " + roundTripMillis + " ms round trip", (arena, contestant) -> {
            ServerProcess server = arena.server(contestant);
            DelayingProxy network = new DelayingProxy(server.port(), Duration.ofMillis(roundTripMillis));
            Exchange upload = Exchange.post(MEGABYTE, Packets.MIN_PACKET_SIZE);
            return LoadStation.open(server, network.port(), generator -> generator.closedLoop(upload, 1, 1)).alsoClosing(network)
                    .lastingAtLeast(Duration.ofSeconds(4));
        });
    }

    private static Row throughModJk(String id, int roundTripMillis, Goal... goals) {
        return Row.forAll(id, "20 MB upload through httpd and mod_jk, 8 KB packets, " + roundTripMillis + " ms round trip behind it",
                (arena, contestant) -> UploadStation.open(arena.server(contestant), Duration.ofMillis(roundTripMillis)), goals);
    }

    /** Both AJP modules in front of every chosen connector, and HTTP as the way around AJP. */
    private static Row throughHttpd() {
        List<Goal> goals = List.of(Goal.throughput(1), Goal.latency(Metric.P99, 1), Goal.cpu(.6));
        return new Row("httpd-10k", "10 KB GET through httpd, 16 client connections", goals, contestants -> {
            List<Contestant> ajp = contestants.stream().filter(each -> each.kind() != Contestant.Kind.HTTP).toList();
            List<Row.Entrant> entrants = new ArrayList<>();
            for (Contestant each : ajp) {
                entrants.add(new Row.Entrant("mod_jk, " + each.name(), "mod_jk, " + ajp.get(0).name(), each.isCatwalk(), each,
                        (arena, contestant) -> page(arena, contestant, FrontEnd.MOD_JK)));
            }
            for (Contestant each : ajp) {
                entrants.add(new Row.Entrant("mod_proxy_ajp, " + each.name(), "mod_proxy_ajp, " + ajp.get(0).name(), false, each,
                        (arena, contestant) -> page(arena, contestant, FrontEnd.MOD_PROXY_AJP)));
            }
            entrants.add(new Row.Entrant("mod_proxy_http, HTTP/1.1", "mod_jk, " + ajp.get(0).name(), false,
                    Contestant.named("http", null), (arena, contestant) -> {
                        ServerProcess server = arena.server(contestant);
                        return new PageStation(server, Httpd.http("http", server.port()));
                    }));
            return entrants;
        });
    }

    private static Station page(Arena arena, Contestant contestant, FrontEnd frontEnd) throws IOException {
        ServerProcess server = arena.server(contestant);
        return new PageStation(server, Httpd.ajp(frontEnd + "-" + contestant.name(), frontEnd, server.port()));
    }

    private static List<Row> scaling() {
        List<Row> rows = new ArrayList<>();
        rows.add(closed("small-512-all", "small GET, 512 connections, all active", smallGet(), 512, 512));
        rows.add(closed("small-2000-all", "small GET, 2,000 connections, all active", smallGet(), 2000, 2000));
        for (int kilobytes = 8; kilobytes <= 64; kilobytes *= 2) {
            int packetSize = kilobytes * 1024;
            rows.add(Row.forAll("packets-get-" + kilobytes + "k", "1 MB GET, packets of " + kilobytes + " KB, 8 connections",
                    (arena, contestant) -> loaded(arena, withPacketSize(contestant, packetSize),
                            generator -> generator.closedLoop(Exchange.get("/large", MEGABYTE), 8, 8))).onTomcat());
            rows.add(Row.forAll("packets-post-" + kilobytes + "k", "1 MB POST, packets of " + kilobytes + " KB, 8 connections",
                    (arena, contestant) -> loaded(arena, withPacketSize(contestant, packetSize),
                            generator -> generator.closedLoop(Exchange.post(MEGABYTE, packetSize), 8, 8))).onTomcat());
        }
        return rows;
    }

    /** The default is not set, so that rows with it share a server with those that name none. */
    private static Contestant withPacketSize(Contestant contestant, int packetSize) {
        return packetSize == Packets.MIN_PACKET_SIZE ? contestant : contestant.with(Map.of(PACKET_SIZE, Integer.toString(packetSize)));
    }

    private static Exchange smallGet() {
        return Exchange.get("/small", 20);
    }

    private static Goal undertow() {
        return new Goal(Metric.THROUGHPUT, "undertow", true, 1.5);
    }

    private static Row closed(String id, String title, Exchange exchange, int connections, int active, Goal... goals) {
        return row(id, title, generator -> generator.closedLoop(exchange, connections, active), goals);
    }

    private static Row beside(String id, String title, Exchange slow, int slowConnections, Goal... goals) {
        return row(id, title, generator -> generator.closedLoop(smallGet(), 8, 8).closedLoop(slow, slowConnections, slowConnections),
                goals);
    }

    private static Row calls(String id, String what, Exchange exchange, int connections, Goal... goals) {
        return Row.forAll(id, "system calls per " + what, (arena, contestant) -> SystemCallStation.open(arena.server(contestant),
                generator -> generator.closedLoop(exchange, connections, connections)), goals);
    }

    private static Row row(String id, String title, LoadStation.Load load, Goal... goals) {
        return Row.forAll(id, title, (arena, contestant) -> loaded(arena, contestant, load), goals);
    }

    private static Station loaded(Arena arena, Contestant contestant, LoadStation.Load load) throws IOException {
        ServerProcess server = arena.server(contestant);
        return LoadStation.open(server, server.port(), load);
    }
}
