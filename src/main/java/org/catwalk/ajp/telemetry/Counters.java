package org.catwalk.ajp.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import org.catwalk.ajp.guard.Refusal;

/**
 * What the connector has counted since it started. Writing is cheap and never blocks; reading sums up and is for monitors.
 */
public final class Counters {

    /** Events that are counted beside the refusals. The most frequent ones are counted by {@link Traffic}, apart for each connection. */
    public enum Event {

        FORWARD_REQUESTS("forwardRequests", "forward requests received", Traffic.Item.REQUESTS),
        BODY_PACKETS("bodyPackets", "request body packets received"),
        CPINGS("cpings", "CPING packets received", Traffic.Item.PINGS),
        CPONGS("cpongs", "CPONG packets sent; fewer than cpings if cping=\"ready\" found no free thread, or if the web server left no room for one", Traffic.Item.CPONGS),
        SEND_HEADERS("sendHeaders", "SEND_HEADERS packets sent", Traffic.Item.SEND_HEADERS),
        SEND_BODY_CHUNKS("sendBodyChunks", "SEND_BODY_CHUNK packets sent, without flush packets", Traffic.Item.SEND_BODY_CHUNKS),
        FLUSHES("flushes", "flush packets sent: SEND_BODY_CHUNK without data"),
        GET_BODY_CHUNKS("getBodyChunks", "GET_BODY_CHUNK packets sent"),
        END_RESPONSES_REUSE("endResponsesReuse", "END_RESPONSE packets sent with reuse=1", Traffic.Item.END_RESPONSES_REUSE),
        END_RESPONSES_CLOSE("endResponsesClose", "END_RESPONSE packets sent with reuse=0"),
        CONNECTIONS_ACCEPTED("connectionsAccepted", "connections accepted"),
        LOOP_TAKEOVERS("loopTakeovers", "requests from whose thread the event loop was taken because they ran for longer than foretold"),
        LOOP_HELPS("loopHelps", "calls for a second thread because one could not run at once all the requests that it had found"),
        CONNECTIONS_EVICTED("connectionsEvicted", "connections closed to make room for a new one: idle ones, or where none is, with the end of an answer"),
        REQUESTS_CUT("requestsCut", "requests that had no answer when the connector stopped, at the end of drainTimeout"),
        CLIENT_ABORTS("clientAborts", "requests whose client or web server went away before the response was complete"),
        ATTRIBUTES_IGNORED("attributesIgnored", "request attributes dropped because of unknownAttributes");

        private final String counterName;
        private final String description;
        /** What connections count of it; null if they count nothing. */
        private final Traffic.Item item;

        Event(String counterName, String description) {
            this(counterName, description, null);
        }

        Event(String counterName, String description, Traffic.Item item) {
            this.counterName = counterName;
            this.description = description;
            this.item = item;
        }

        /** Its JMX name; never changes once released. */
        public String counterName() {
            return counterName;
        }

        /** What it counts. */
        public String description() {
            return description;
        }
    }

    /** By ordinal. */
    private final LongAdder[] refusals = adders(Refusal.values().length);
    private final LongAdder[] events = adders(Event.values().length);
    private final PeerStatistics peers = new PeerStatistics();
    private final DurationHistogram firstBytes = new DurationHistogram();
    private final WindowUse bodyWindow = new WindowUse();

    private static LongAdder[] adders(int number) {
        return Stream.generate(LongAdder::new).limit(number).toArray(LongAdder[]::new);
    }

    public void count(Refusal reason) {
        refusals[reason.ordinal()].increment();
    }

    public void count(Event event) {
        events[event.ordinal()].increment();
    }

    /** For events that come in numbers, such as several packets in one write. */
    public void add(Event event, long number) {
        events[event.ordinal()].add(number);
    }

    /** What each web server has done. */
    public PeerStatistics peers() {
        return peers;
    }

    /** From the last byte of a forward request to the first of its response, by whatever thread; refused requests are not counted. */
    public DurationHistogram firstBytes() {
        return firstBytes;
    }

    /** How far ahead request bodies are asked for. */
    public WindowUse bodyWindow() {
        return bodyWindow;
    }

    public long value(Refusal reason) {
        return refusals[reason.ordinal()].sum();
    }

    public long value(Event event) {
        return events[event.ordinal()].sum() + (event.item == null ? 0 : peers.total(event.item));
    }

    /** All refusals together. */
    public long refused() {
        return Stream.of(refusals).mapToLong(LongAdder::sum).sum();
    }

    /** Every counter by its JMX name, events first. */
    public Map<String, Long> values() {
        Map<String, Long> values = new LinkedHashMap<>();
        for (Event event : Event.values()) {
            values.put(event.counterName(), value(event));
        }
        for (Refusal reason : Refusal.values()) {
            values.put(reason.counterName(), value(reason));
        }
        return values;
    }
}
