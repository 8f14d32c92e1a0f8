package org.catwalk.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.bench.load.Exchange;

/** Every row that there is, in the order of the table. */
final class Rows {

    private static final int MEGABYTE = 1 << 20;
    private static final String PACKET_SIZE = "packetSize";

    private Rows() {
    }

    static List<Row> all() {
        List<Row> rows = new ArrayList<>();
        rows.add(closedLoop("small-1", "small GET, 1 connection", small(), 1, 1, Goal.throughput(1.5), Goal.cpu(.45)));
        rows.add(closedLoop("small-8", "small GET, 8 connections", small(), 8, 8, Goal.throughput(2.4), Goal.cpu(.38)));
        rows.add(closedLoop("small-64", "small GET, 64 connections", small(), 64, 64, Goal.throughput(2.4), Goal.cpu(.42)));
        rows.add(closedLoop("small-512", "small GET, 512 connections, 16 active", small(), 512, 16, Goal.throughput(2.2), Goal.cpu(.40),
                Goal.latency(Metric.P99, 1 / 3.0)));
        rows.add(closedLoop("get-10k", "10 KB GET, 8 connections", Exchange.get("/page", 10 * 1024), 8, 8, Goal.throughput(2.3),
                Goal.cpu(.40)));
        rows.add(closedLoop("get-1m", "1 MB GET, 8 connections", Exchange.get("/large", MEGABYTE), 8, 8, Goal.throughput(2.0),
                Goal.cpu(.55)));
        rows.add(closedLoop("get-1m-whole", "1 MB GET in one write, 8 connections", Exchange.get("/large-whole", MEGABYTE), 8, 8));
        rows.add(closedLoop("post-1m", "1 MB POST, 8 KB packets, 8 connections", Exchange.post(MEGABYTE, Packets.MIN_PACKET_SIZE), 8, 8,
                Goal.throughput(2.4), Goal.cpu(.22)));
        rows.add(new LoadRow("post-1m-64k", "1 MB POST, 64 KB packets (stock: 8 KB), 8 connections",
                contestant -> contestant.isCatwalk() ? Map.of(PACKET_SIZE, "65536") : Map.of(),
                (generator, contestant) -> generator.closedLoop(Exchange.post(MEGABYTE,
                        contestant.isCatwalk() ? Packets.MAX_PACKET_SIZE : Packets.MIN_PACKET_SIZE), 8, 8),
                Goal.throughput(5), Goal.cpu(.18)));
        rows.add(closedLoop("cping-get", "CPING + small GET, 8 connections", small().afterCping(), 8, 8, Goal.throughput(1.5),
                Goal.cpu(.60)));
        rows.add(beside("beside-sleep", "small GET, 8 connections, beside 20 that sleep 50 ms", Exchange.get("/sleep/50", 20), 20,
                Goal.latency(Metric.P99, .5)));
        rows.add(beside("beside-compute", "small GET, 8 connections, beside 8 that compute 2 ms", Exchange.get("/compute/2000", 20), 8,
                Goal.latency(Metric.P99, .5), Goal.latency(Metric.P50, 1 / 3.0)));
        // 250 connections keep all 200 threads busy; 100 CPINGs a second on 64 connections, of which a late answer holds up none.
        rows.add(new LoadRow("cping-busy", "CPING, 100/s, while all maxThreads sleep", LoadRow.Setting.DEFAULTS,
                (generator, contestant) -> generator.openLoop(Exchange.cping(), 64, 100)
                        .closedLoop(Exchange.get("/sleep/500", 20), 250, 250),
                Goal.atMost(Metric.P99, 1000)));
        rows.add(new LoadRow("open-small", "small GET, 5,000/s on 64 connections (open loop)", LoadRow.Setting.DEFAULTS,
                (generator, contestant) -> generator.openLoop(small(), 64, 5000)));
        return rows;
    }

    private static Exchange small() {
        return Exchange.get("/small", 20);
    }

    private static Row closedLoop(String id, String title, Exchange exchange, int connections, int active, Goal... goals) {
        return new LoadRow(id, title, LoadRow.Setting.DEFAULTS,
                (generator, contestant) -> generator.closedLoop(exchange, connections, active), goals);
    }

    private static Row beside(String id, String title, Exchange slow, int slowConnections, Goal... goals) {
        return new LoadRow(id, title, LoadRow.Setting.DEFAULTS, (generator, contestant) -> generator.closedLoop(small(), 8, 8)
                .closedLoop(slow, slowConnections, slowConnections), goals);
    }
}
