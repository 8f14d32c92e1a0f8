package org.catwalk.ajp.telemetry;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.ReflectionException;
import javax.management.openmbean.OpenMBeanAttributeInfoSupport;
import javax.management.openmbean.OpenType;

import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.guard.Secrets;

/**
 * The statistics for JMX, read only: one attribute for each counter; tables of web servers, buffers and secrets; what the connections do.
 * Every description begins with the unit. The registering side chooses the name.
 */
public final class TelemetryMBean implements DynamicMBean {

    /** The buckets of the table are powers of two of a microsecond: from 64 microseconds to 67 seconds. */
    private static final int SMALLEST_BUCKET = 6;
    private static final int LARGEST_BUCKET = 26;

    private record Readable(MBeanAttributeInfo info, Supplier<Object> value) {
    }

    private record Bucket(String le, long requests) {
    }

    private static final OpenTable<PeerStatistics.Row> PEERS = new OpenTable<PeerStatistics.Row>("peers",
            "What each web server has done, by its address; at most 256 are told apart, the rest is in the row others")
            .text("peer", "Address of the web server, local for one without, others for all that have no row", PeerStatistics.Row::peer)
            .number("open", "Number of connections open now", PeerStatistics.Row::open)
            .number("connections", "Number of connections let in", PeerStatistics.Row::connections)
            .number("requests", "Number of forward requests received", PeerStatistics.Row::requests)
            .number("errors", "Number of requests refused, answered with a status from 400 on, or broken off", PeerStatistics.Row::errors)
            .number("pings", "Number of CPING packets received", PeerStatistics.Row::pings)
            .number("bytesIn", "Bytes received, all packets with their headers", PeerStatistics.Row::bytesIn)
            .number("bytesOut", "Bytes sent, all packets with their headers", PeerStatistics.Row::bytesOut)
            .number("lastSeenMillis", "Milliseconds since 1970 when a byte from there was read last; late by up to a second",
                    PeerStatistics.Row::seenMillis);

    private static final OpenTable<BufferUse> BUFFERS = new OpenTable<BufferUse>("buffers", "The buffers for packets, by kind")
            .text("kind", "Kind of buffer: small and large for packets from web servers, output for packets to them", BufferUse::kind)
            .number("bytes", "Bytes of one buffer", BufferUse::bytes)
            .number("inUse", "Number of buffers that requests and connections hold now", BufferUse::inUse)
            .number("kept", "Number of buffers that wait to be used again", BufferUse::kept)
            .number("keptAtMost", "Number of buffers that may wait to be used again", BufferUse::keptAtMost)
            .number("inUseAtMost", "Number of buffers that may be in use at one time, -1 without limit", BufferUse::inUseAtMost);

    private static final OpenTable<DurationHistogram.Snapshot> FIRST_BYTE = new OpenTable<DurationHistogram.Snapshot>("timeToFirstByte",
            "From the last byte of a forward request to the first byte of its response, waiting for a thread included, refused requests not; "
                    + "percentiles are of all requests since the start and at most an eighth too large")
            .number("requests", "Number of requests measured", DurationHistogram.Snapshot::count)
            .number("sumMicros", "Microseconds of all requests together", DurationHistogram.Snapshot::sumMicros)
            .number("p50Micros", "Microseconds that half of the requests did not exceed", times -> times.percentileMicros(50))
            .number("p95Micros", "Microseconds that 95 of 100 requests did not exceed", times -> times.percentileMicros(95))
            .number("p99Micros", "Microseconds that 99 of 100 requests did not exceed", times -> times.percentileMicros(99))
            .number("maxMicros", "Microseconds of the slowest request", DurationHistogram.Snapshot::maxMicros);

    private static final OpenTable<Bucket> FIRST_BYTE_BUCKETS = new OpenTable<Bucket>("timeToFirstByteBuckets",
            "The same as a cumulative histogram, from which a monitor can tell the percentiles of any time")
            .text("le", "Seconds, the upper bound of the bucket; +Inf for all requests", Bucket::le)
            .number("requests", "Number of requests that took less", Bucket::requests);

    private static final OpenTable<WindowUse> BODY_WINDOW = new OpenTable<WindowUse>("bodyWindowUse",
            "How far ahead request bodies were asked for, which bodyWindow limits")
            .number("asks", "Number of times that body data was asked for, several packets in one go being one", WindowUse::asks)
            .fraction("mean", "Packets outstanding after an ask, on average", WindowUse::mean)
            .number("max", "Packets outstanding after an ask, at the most", WindowUse::max);

    private static final OpenTable<Map<ConnectionState, Integer>> CONNECTIONS = connections();

    private static final OpenTable<Secrets.Use> SECRETS = new OpenTable<Secrets.Use>("secrets",
            "The valid secrets by where they are configured, and their use; never a secret itself")
            .text("source", "Where it is configured: secret, secrets[N], or secretFile and the line", Secrets.Use::source)
            .number("uses", "Number of requests admitted with it", Secrets.Use::uses)
            .number("lastUsedMillis", "Milliseconds since 1970 when it was used last, 0 for never", Secrets.Use::lastUsedMillis);

    private final Map<String, Readable> attributes = new LinkedHashMap<>();

    /**
     * @param gauges asked at each read, so that a connector that was started again shows its present state
     */
    public TelemetryMBean(Counters counters, Gauges gauges) {
        for (Counters.Event event : Counters.Event.values()) {
            add(event.counterName(), Long.class, "Number of " + event.description(), () -> counters.value(event));
        }
        add("refused", Long.class, "Number of refusals, all reasons together", counters::refused);
        for (Refusal reason : Refusal.values()) {
            add(reason.counterName(), Long.class, "Number of " + reason.description(), () -> counters.value(reason));
        }
        addRow("connections", CONNECTIONS, gauges::connections);
        addTable("peers", PEERS, () -> counters.peers().rows());
        addTable("buffers", BUFFERS, gauges::buffers);
        addRow("timeToFirstByte", FIRST_BYTE, () -> counters.firstBytes().snapshot());
        addTable("timeToFirstByteBuckets", FIRST_BYTE_BUCKETS, () -> buckets(counters.firstBytes().snapshot()));
        addRow("bodyWindowUse", BODY_WINDOW, counters::bodyWindow);
        add("drainState", String.class, "State: serving; draining, when every answer ends its connection; or drained, when none is left",
                gauges::drainState);
        addTable("secrets", SECRETS, gauges::secrets);
        add("secretUses", String[].class, "Lines, one for each valid secret: position, where it is configured, requests admitted with it, and "
                + "when last", () -> gauges.secrets().stream().map(TelemetryMBean::line).toArray(String[]::new));
    }

    private static OpenTable<Map<ConnectionState, Integer>> connections() {
        OpenTable<Map<ConnectionState, Integer>> table = new OpenTable<>("connections", "The connections by what they do now");
        for (ConnectionState state : ConnectionState.values()) {
            table.number(state.stateName(), "Number of connections " + state.description(), counts -> counts.getOrDefault(state, 0));
        }
        return table;
    }

    private static List<Bucket> buckets(DurationHistogram.Snapshot times) {
        List<Bucket> buckets = new ArrayList<>();
        for (int power = SMALLEST_BUCKET; power <= LARGEST_BUCKET; power++) {
            buckets.add(new Bucket(BigDecimal.valueOf(1L << power, 6).toPlainString(), times.countBelow(power)));
        }
        buckets.add(new Bucket("+Inf", times.count()));
        return buckets;
    }

    private void add(String name, Class<?> type, String description, Supplier<Object> value) {
        attributes.put(name, new Readable(new MBeanAttributeInfo(name, type.getName(), description, true, false, false), value));
    }

    private <T> void addRow(String name, OpenTable<T> table, Supplier<T> value) {
        addOpen(name, table.rowType(), () -> table.row(value.get()));
    }

    private <T> void addTable(String name, OpenTable<T> table, Supplier<List<T>> rows) {
        addOpen(name, table.tableType(), () -> table.table(rows.get()));
    }

    private void addOpen(String name, OpenType<?> type, Supplier<Object> value) {
        OpenMBeanAttributeInfoSupport info = new OpenMBeanAttributeInfoSupport(name, type.getDescription(), type, true, false, false);
        attributes.put(name, new Readable(info, value));
    }

    private static String line(Secrets.Use use) {
        String last = use.lastUsedMillis() == 0 ? "never" : Instant.ofEpochMilli(use.lastUsedMillis()).toString();
        return use.position() + " (" + use.source() + "): used " + use.uses() + " times, last " + last;
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
        Readable readable = attributes.get(name);
        if (readable == null) {
            throw new AttributeNotFoundException("No attribute " + name);
        }
        return readable.value.get();
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList found = new AttributeList();
        for (String name : names) {
            Readable readable = attributes.get(name);
            if (readable != null) {
                found.add(new Attribute(name, readable.value.get()));
            }
        }
        return found;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException("No attribute can be set, " + attribute.getName() + " neither");
    }

    @Override
    public AttributeList setAttributes(AttributeList ignored) {
        return new AttributeList();
    }

    @Override
    public Object invoke(String action, Object[] parameters, String[] signature) throws ReflectionException {
        throw new ReflectionException(new NoSuchMethodException(action), "There are no operations");
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        List<MBeanAttributeInfo> infos = new ArrayList<>();
        attributes.values().forEach(readable -> infos.add(readable.info));
        return new MBeanInfo(TelemetryMBean.class.getName(), "What the AJP connector has counted since it was created",
                infos.toArray(MBeanAttributeInfo[]::new), null, null, null);
    }
}
