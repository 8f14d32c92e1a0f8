package org.catwalk.ajp.telemetry;

import java.util.EnumMap;
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

    private final Logger log;
    private final LongSupplier clockNanos;
    /** Guarded by this; in the order of the last line written, so that the eldest come first. */
    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private final Map<Refusal, Entry> overflow = new EnumMap<>(Refusal.class);
    private long windowStartNanos;
    private int linesInWindow;

    private record Key(Refusal reason, String peer) {
    }

    private static final class Entry {
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
     * @param peer the address of the web server, or what else names the connection
     * @param detail what was found, what was expected, what to change; called only if the line is written. Must not hold a secret.
     */
    public void refused(Refusal reason, String peer, Supplier<String> detail) {
        if (!isEnabled(reason)) {
            return;
        }
        long suppressed = admit(reason, peer);
        if (suppressed >= 0) {
            write(reason, peer, detail.get(), suppressed);
        }
    }

    /**
     * Writes one line for each reason and peer of which refusals were held back and not reported yet. For the background thread and for
     * stop: otherwise the count waits for the next refusal of its kind.
     */
    public void reportSuppressed() {
        Map<Key, Long> pending = takePending();
        pending.forEach((key, count) -> write(key.reason, key.peer, "", count));
    }

    private boolean isEnabled(Refusal reason) {
        return reason.level() == Level.DEBUG ? log.isDebugEnabled() : log.isWarnEnabled();
    }

    /** How many lines were held back since the last one, or -1 if this one has to be held back too. */
    private synchronized long admit(Refusal reason, String peer) {
        long now = clockNanos.getAsLong();
        Entry entry = entry(reason, peer, now);
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

    private Entry entry(Refusal reason, String peer, long now) {
        Key key = new Key(reason, peer);
        Entry entry = entries.get(key);
        if (entry == null) {
            if (entries.size() >= MAX_ENTRIES) {
                // Only what is silent and has nothing left to report makes room; the rest is bounded by the shared entries.
                entries.values().removeIf(old -> old.suppressed == 0 && now - old.lastLineNanos >= intervalNanos());
            }
            if (entries.size() >= MAX_ENTRIES) {
                return overflow.computeIfAbsent(reason, any -> new Entry());
            }
            entry = new Entry();
            entries.put(key, entry);
        }
        return entry;
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
        overflow.forEach((reason, entry) -> take(pending, new Key(reason, OTHERS), entry, now));
        return pending;
    }

    private void take(Map<Key, Long> pending, Key key, Entry entry, long now) {
        if (entry.suppressed > 0 && now - entry.lastLineNanos >= intervalNanos() && windowHasRoom(now)) {
            linesInWindow++;
            pending.put(key, entry.suppressed);
            entry.suppressed = 0;
            entry.lastLineNanos = now;
        }
    }

    private void write(Refusal reason, String peer, String detail, long suppressed) {
        StringBuilder line = new StringBuilder(200);
        line.append(reason.name()).append(" from ");
        escape(line, peer, 100);
        if (!detail.isEmpty()) {
            escape(line.append(": "), detail, MAX_DETAIL_CHARS);
        }
        if (suppressed > 0) {
            line.append(" (").append(suppressed).append(detail.isEmpty() ? " more, not logged)" : " more of these before, not logged)");
        }
        if (reason.level() == Level.DEBUG) {
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
