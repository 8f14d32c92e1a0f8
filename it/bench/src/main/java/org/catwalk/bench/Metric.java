package org.catwalk.bench;

import java.util.Locale;

/** What is measured. The name of each constant is its column in the CSV file. */
public enum Metric {

    THROUGHPUT("requests/s", "throughput", "/s", 0),
    /** User and system time of the server process per request. */
    CPU("CPU µs", "CPU", "µs", 1),
    /** Of the other connections in a mixed load. */
    BESIDE("requests/s of the others", "throughput of the others", "/s", 0),
    P50("p50 µs", "p50", "µs", 0),
    P90("p90 µs", "p90", "µs", 0),
    P99("p99 µs", "p99", "µs", 0),
    MAX("max µs", "max", "µs", 0),
    /** How busy the load generator's only thread was: near 100 % it is the bottleneck, and the server is better than it looks. */
    GENERATOR("generator %", "generator", "%", 0),
    /** How much of the machine other processes used meanwhile. */
    STRANGERS("strangers %", "strangers", "%", 0),
    SYSTEM_CALLS("system calls", "system calls", "", 1),
    SWITCHES("context switches", "switches", "", 2),
    /** Of the whole server, per request. */
    ALLOCATED("bytes allocated", "allocation", "bytes", 0),
    /** Of the connector and Coyote without a container, per request. */
    BARE_ALLOCATED("bytes allocated without a container", "allocation without a container", "bytes", 0),
    /** Of the connector's own classes, per request, estimated from samples. */
    OWN_ALLOCATED("bytes allocated by the connector's own classes", "allocation by its own classes", "bytes", 1),
    /** On the heap, per idle connection. */
    HEAP("heap bytes", "heap", "bytes", 0),
    /** In direct buffers, per idle connection. */
    DIRECT("direct buffer bytes", "direct buffers", "bytes", 0),
    MEGABYTES("MB/s", "throughput", "MB/s", 1);

    private final String heading;
    private final String label;
    private final String unit;
    private final int decimals;

    Metric(String heading, String label, String unit, int decimals) {
        this.heading = heading;
        this.label = label;
        this.unit = unit;
        this.decimals = decimals;
    }

    /** Column heading: what and in which unit. */
    public String heading() {
        return heading;
    }

    /** In goals. */
    public String label() {
        return label;
    }

    public String text(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    public String textWithUnit(double value) {
        return (text(value) + " " + unit).strip();
    }
}
