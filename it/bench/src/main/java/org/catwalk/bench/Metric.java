package org.catwalk.bench;

import java.util.Locale;

/** What is measured. The name of each constant is its column in the CSV file. */
public enum Metric {

    THROUGHPUT("req/s", "throughput", 0),
    /** User and system time of the server process per request. */
    CPU("CPU µs", "CPU", 1),
    P50("p50 µs", "p50", 0),
    P99("p99 µs", "p99", 0),
    MAX("max µs", "max", 0),
    /** How busy the load generator's only thread was: near 100 % it is the bottleneck, and the server is better than it looks. */
    GENERATOR("generator %", "generator", 0),
    /** How much of the machine other processes used meanwhile. */
    STRANGERS("strangers %", "strangers", 0),
    SYSTEM_CALLS("system calls", "system calls", 1),
    SWITCHES("context switches", "switches", 2),
    /** Of the whole server, per request. */
    ALLOCATED("bytes allocated", "allocation", 0),
    /** By the connector's own code, per request, sampled. */
    OWN_ALLOCATED("bytes allocated by the connector", "own allocation", 1),
    /** On the heap, per idle connection. */
    HEAP("heap bytes", "heap", 0),
    /** In direct buffers, per idle connection. */
    DIRECT("direct bytes", "direct", 0),
    MEGABYTES("MB/s", "throughput", 1);

    private final String unit;
    private final String label;
    private final int decimals;

    Metric(String unit, String label, int decimals) {
        this.unit = unit;
        this.label = label;
        this.decimals = decimals;
    }

    /** Column heading. */
    public String unit() {
        return unit;
    }

    /** In goals. */
    public String label() {
        return label;
    }

    public String text(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
