package org.catwalk.ajp.telemetry;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.catwalk.ajp.guard.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One line for each refusal, never more than a peer could be allowed to cause: one per reason and peer in {@value #INTERVAL_SECONDS}
 * seconds, and {@value #MAX_LINES_PER_INTERVAL} over all peers in the same time. What was held back is counted, and the count is part of
 * the next line for that reason and peer. Control characters are escaped, so that no peer can forge a line.
 *
 * <p>Lines are WARN or DEBUG as {@link Refusal#level()} says. The details are built only for lines that are written. Thread-safe.
 */
public final class RefusalLog {

    static final int INTERVAL_SECONDS = 10;
    static final int MAX_LINES_PER_INTERVAL = 100;
    /** Pairs of reason and peer that are told apart; all others share one entry per reason. */
    static final int MAX_ENTRIES = 1024;
    /** A line is cut at so many characters. */
    static final int MAX_DETAIL_CHARS = 1000;

    private static final String OTHERS = "other peers";
    private static final Kind ATTRIBUTE_IGNORED = new Kind("ATTRIBUTE_IGNORED", Level.WARN);
    private static final Kind CERTIFICATE_IGNORED = new Kind("CERTIFICATE_IGNORED", Level.WARN);
    private static final Map<Refusal, Kind> KINDS = new EnumMap<>(Refusal.class);

    static {
        for (Refusal reason : Refusal.values()) {
            KINDS.put(reason, new Kind(reason.name(), reason.level()));
        }
    }

    private final Logger log;
    private final LongSupplier clockNanos;
    /** All that follows is guarded by this. */
    private final Map<Key, Entry> entries = new HashMap<>();
    private final Map<Kind, Entry> overflow = new HashMap<>();
    private long windowStartNanos;
    private int linesInWindow;
    private long lastSweepNanos;
    private boolean swept;

    /** What the line begins with, and how loud it is. */
    private record Kind(String name, Level level) {
    }

    private record Key(Kind kind, String peer) {
    }

    private static final class Entry {
        long lastRefusalNanos;
        long lastLineNanos;
        long suppressed;
        boolean written;
    }

    public RefusalLog() {
        this(LoggerFactory.getLogger(RefusalLog.class), System::nanoTime);
    }

    /**
     * @param clockNanos as {@link System#nanoTime()}
     */
    RefusalLog(Logger log, LongSupplier clockNanos) {
        this.log = log;
        this.clockNanos = clockNanos;
        this.windowStartNanos = clockNanos.getAsLong();
    }

    /**
     * Writes the line for one refusal, or counts it if there were too many.
     *
     * @param peer the address of the web server, with or without {@code :port}. Lines are limited by what precedes the last colon: without
     *        that, every new connection would be a new peer. Of a bare IPv6 address it leaves out the last 16 bits, which does no harm.
     * @param detail what was found, what was expected, what to change; called only if the line is written. Must not hold a secret.
     */
    public void refused(Refusal reason, String peer, Supplier<String> detail) {
        log(KINDS.get(reason), peer, detail);
    }

    /**
     * Writes the line for a request attribute that {@code unknownAttributes="log"} dropped; throttled as refusals are.
     *
     * @param attribute its name as the guard reports it
     */
    public void attributeIgnored(String attribute, String peer) {
        log(ATTRIBUTE_IGNORED, peer, () -> "the request attribute " + attribute + " was dropped. Allow it with allowedRequestAttributes or "
                + "allowedRequestAttributesPattern on the AJP Connector, or stop sending it (JkEnvVar for mod_jk, SetEnv AJP_NAME for "
                + "mod_proxy_ajp, in httpd.conf).");
    }

    /**
     * Writes the line for a client certificate without which a request goes on; throttled as refusals are.
     *
     * @param why and what to change; nothing of the certificate
     */
    public void certificateIgnored(String peer, Supplier<String> why) {
        log(CERTIFICATE_IGNORED, peer, why);
    }

    private void log(Kind kind, String peer, Supplier<String> detail) {
        if (!isEnabled(kind)) {
            return;
        }
        long suppressed = admit(kind, peer);
        if (suppressed >= 0) {
            write(kind, peer, detail.get(), suppressed);
        }
    }

    /**
     * Writes one line for each reason and peer of which refusals were held back and not reported yet. For the background thread and for
     * stop: otherwise the count waits for the next refusal of its kind.
     */
    public void reportSuppressed() {
        Map<Key, Long> pending = takePending();
        pending.forEach((key, count) -> write(key.kind, key.peer, "", count));
    }

    private boolean isEnabled(Kind kind) {
        return kind.level == Level.DEBUG ? log.isDebugEnabled() : log.isWarnEnabled();
    }

    /** How many lines were held back since the last one, or -1 if this one has to be held back too. */
    private synchronized long admit(Kind kind, String peer) {
        long now = clockNanos.getAsLong();
        Entry entry = entry(kind, peer, now);
        entry.lastRefusalNanos = now;
        if (entry.written && now - entry.lastLineNanos < intervalNanos() || !windowHasRoom(now)) {
            entry.suppressed++;
            return -1;
        }
        linesInWindow++;
        long suppressed = entry.suppressed;
        entry.suppressed = 0;
        entry.written = true;
        entry.lastLineNanos = now;
        return suppressed;
    }

    private Entry entry(Kind kind, String peer, long now) {
        Key key = new Key(kind, withoutPort(peer));
        Entry entry = entries.get(key);
        if (entry == null) {
            sweepIfFull(now);
            if (entries.size() >= MAX_ENTRIES) {
                return overflow.computeIfAbsent(kind, any -> new Entry());
            }
            entry = new Entry();
            entries.put(key, entry);
        }
        return entry;
    }

    private static String withoutPort(String peer) {
        int colon = peer.lastIndexOf(':');
        return colon < 0 ? peer : peer.substring(0, colon);
    }

    /** Silent pairs make room; what they have left to report goes to the entry that all share. Once an interval: peers must not cause work. */
    private void sweepIfFull(long now) {
        if (entries.size() < MAX_ENTRIES || swept && now - lastSweepNanos < intervalNanos()) {
            return;
        }
        swept = true;
        lastSweepNanos = now;
        entries.entrySet().removeIf(pair -> {
            Entry old = pair.getValue();
            boolean silent = now - old.lastRefusalNanos >= intervalNanos();
            if (silent && old.suppressed > 0) {
                overflow.computeIfAbsent(pair.getKey().kind, any -> new Entry()).suppressed += old.suppressed;
            }
            return silent;
        });
    }

    private boolean windowHasRoom(long now) {
        if (now - windowStartNanos >= intervalNanos()) {
            windowStartNanos = now;
            linesInWindow = 0;
        }
        return linesInWindow < MAX_LINES_PER_INTERVAL;
    }

    private synchronized Map<Key, Long> takePending() {
        long now = clockNanos.getAsLong();
        Map<Key, Long> pending = new LinkedHashMap<>();
        entries.forEach((key, entry) -> take(pending, key, entry, now));
        overflow.forEach((kind, entry) -> take(pending, new Key(kind, OTHERS), entry, now));
        return pending;
    }

    private void take(Map<Key, Long> pending, Key key, Entry entry, long now) {
        boolean due = !entry.written || now - entry.lastLineNanos >= intervalNanos();
        if (entry.suppressed > 0 && due && windowHasRoom(now)) {
            linesInWindow++;
            pending.put(key, entry.suppressed);
            entry.suppressed = 0;
            entry.written = true;
            entry.lastLineNanos = now;
        }
    }

    private void write(Kind kind, String peer, String detail, long suppressed) {
        StringBuilder line = new StringBuilder(200);
        line.append(kind.name).append(" from ");
        escape(line, peer, 100);
        if (!detail.isEmpty()) {
            escape(line.append(": "), detail, MAX_DETAIL_CHARS);
        }
        if (suppressed > 0) {
            line.append(" (").append(suppressed).append(detail.isEmpty() ? " more, not logged)" : " more of these before, not logged)");
        }
        if (kind.level == Level.DEBUG) {
            log.debug("{}", line);
        } else {
            log.warn("{}", line);
        }
    }

    private static long intervalNanos() {
        return TimeUnit.SECONDS.toNanos(INTERVAL_SECONDS);
    }

    /** Everything that is not printable ASCII is written as an escape: line ends, terminal sequences, and what a viewer may render as either. */
    private static void escape(StringBuilder line, String text, int maxChars) {
        int end = Math.min(text.length(), maxChars);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F) {
                line.append(c);
            } else {
                line.append(String.format("\\u%04x", (int) c));
            }
        }
        if (end < text.length()) {
            line.append("...");
        }
    }
}
