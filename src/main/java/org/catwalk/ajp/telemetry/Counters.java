package org.catwalk.ajp.telemetry;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import org.catwalk.ajp.guard.Refusal;

/**
 * What the connector has counted since it started. Writing is cheap and never blocks; reading sums up and is for monitors.
 */
public final class Counters {

    /** Events that are counted beside the refusals. */
    public enum Event {

        FORWARD_REQUESTS("forwardRequests", "forward requests received"),
        BODY_PACKETS("bodyPackets", "request body packets received"),
        CPINGS("cpings", "CPING packets received"),
        CPONGS("cpongs", "CPONG packets sent; fewer than cpings if cping=\"ready\" found no free thread"),
        SEND_HEADERS("sendHeaders", "SEND_HEADERS packets sent"),
        SEND_BODY_CHUNKS("sendBodyChunks", "SEND_BODY_CHUNK packets sent, without flush packets"),
        FLUSHES("flushes", "flush packets sent: SEND_BODY_CHUNK without data"),
        GET_BODY_CHUNKS("getBodyChunks", "GET_BODY_CHUNK packets sent"),
        END_RESPONSES_REUSE("endResponsesReuse", "END_RESPONSE packets sent with reuse=1"),
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

        Event(String counterName, String description) {
            this.counterName = counterName;
            this.description = description;
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

    private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);
    private final Map<Event, LongAdder> events = new EnumMap<>(Event.class);
    private final PeerStatistics peers = new PeerStatistics();
    private final DurationHistogram firstBytes = new DurationHistogram();
    private final WindowUse bodyWindow = new WindowUse();

    public Counters() {
        // Filled once and only read afterwards, so that the maps need no lock.
        for (Refusal reason : Refusal.values()) {
            refusals.put(reason, new LongAdder());
        }
        for (Event event : Event.values()) {
            events.put(event, new LongAdder());
        }
    }

    public void count(Refusal reason) {
        refusals.get(reason).increment();
    }

    public void count(Event event) {
        events.get(event).increment();
    }

    /** For events that come in numbers, such as several packets in one write. */
    public void add(Event event, long number) {
        events.get(event).add(number);
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
        return refusals.get(reason).sum();
    }

    public long value(Event event) {
        return events.get(event).sum();
    }

    /** All refusals together. */
    public long refused() {
        return refusals.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Every counter by its JMX name, events first. */
    public Map<String, Long> values() {
        Map<String, Long> values = new LinkedHashMap<>();
        events.forEach((event, adder) -> values.put(event.counterName(), adder.sum()));
        refusals.forEach((reason, adder) -> values.put(reason.counterName(), adder.sum()));
        return values;
    }
}
