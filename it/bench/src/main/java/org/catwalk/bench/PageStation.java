package org.catwalk.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP clients in front of httpd: 16 connections that ask for a page of 10 KB, driven by wrk. CPU is the Java server's. */
final class PageStation implements Station {

    private static final int CONNECTIONS = 16;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern REQUESTS = Pattern.compile("([0-9]+) requests in");
    private static final Pattern MEDIAN = Pattern.compile("50%\\s+([0-9.]+)(us|ms|s)");
    private static final Pattern TAIL = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s)");
    private static final Pattern TROUBLE = Pattern.compile("(Non-2xx.*|Socket errors: connect [0-9]+, read [0-9]+, write [0-9]+.*)");

    private final ServerProcess server;
    private final Httpd httpd;

    PageStation(ServerProcess server, Httpd httpd) {
        this.server = server;
        this.httpd = httpd;
    }

    @Override
    public void warmUp(Duration duration) throws IOException {
        // httpd and wrk leave the server fewer requests in that time than a generator of its own would.
        Duration each = duration.multipliedBy(2);
        server.carryUntilCompiled(each, () -> wrk(each));
    }

    @Override
    public Map<Metric, Double> round(Schedule schedule) throws IOException {
        double cpuSeconds = -server.cpuSeconds();
        String said = wrk(schedule.round());
        cpuSeconds += server.cpuSeconds();
        Matcher trouble = TROUBLE.matcher(said);
        if (trouble.find()) {
            throw new IOException("wrk saw " + trouble.group());
        }
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.THROUGHPUT, number(RATE, said));
        figures.put(Metric.CPU, cpuSeconds * 1e6 / number(REQUESTS, said));
        figures.put(Metric.P50, number(MEDIAN, said));
        figures.put(Metric.P99, number(TAIL, said));
        return figures;
    }

    private String wrk(Duration duration) throws IOException {
        long seconds = Math.max(2, duration.toSeconds());
        Process wrk = new ProcessBuilder(List.of("wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", "--latency",
                "http://127.0.0.1:" + httpd.port() + "/page")).redirectErrorStream(true).start();
        try {
            if (!wrk.waitFor(seconds + 30, TimeUnit.SECONDS)) {
                wrk.destroyForcibly();
                throw new IOException("wrk did not end");
            }
            return new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (InterruptedException e) {
            wrk.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Times become microseconds. */
    private static double number(Pattern pattern, String said) throws IOException {
        Matcher matcher = pattern.matcher(said);
        if (!matcher.find()) {
            throw new IOException("wrk said " + said);
        }
        double number = Double.parseDouble(matcher.group(1));
        if (matcher.groupCount() == 1) {
            return number;
        }
        return number * switch (matcher.group(2)) {
            case "us" -> 1;
            case "ms" -> 1e3;
            default -> 1e6;
        };
    }

    @Override
    public void close() {
        httpd.close();
    }
}
