package org.catwalk.ajp.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Everything that Tomcat and our connector log while this is open, kept here instead of being written to the build's output. */
public final class LogLines implements AutoCloseable {

    /** How many are open: a test may have two servers. */
    private static final AtomicInteger OPEN = new AtomicInteger();

    /** Held on to, because java.util.logging itself holds its loggers weakly. */
    private final Logger ours = Logger.getLogger("org.catwalk.ajp");
    private final Logger tomcats = Logger.getLogger("org.apache");
    private final List<LogRecord> records = new ArrayList<>();
    private final Handler handler = new Handler() {

        @Override
        public void publish(LogRecord entry) {
            synchronized (records) {
                records.add(entry);
            }
        }

        @Override
        public void flush() {
            // Nothing is buffered.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    public static LogLines capture() {
        return new LogLines();
    }

    private LogLines() {
        OPEN.incrementAndGet();
        handler.setLevel(Level.ALL);
        for (Logger logger : List.of(ours, tomcats)) {
            logger.addHandler(handler);
            logger.setUseParentHandlers(false);
        }
        ours.setLevel(Level.FINE);
        tomcats.setLevel(Level.INFO);
    }

    /** All messages, with level and logger, and with the stack trace's first line if there is one. */
    public List<String> all() {
        synchronized (records) {
            return records.stream().map(LogLines::text).toList();
        }
    }

    /** Messages of the refusal log. */
    public List<String> refusals() {
        synchronized (records) {
            return records.stream().filter(e -> e.getLoggerName().endsWith(".RefusalLog")).map(LogRecord::getMessage).toList();
        }
    }

    /** Warnings and errors that are no refusals and not about the test's own configuration: what should not be there in a test that expects none. */
    public List<String> complaints() {
        synchronized (records) {
            return records.stream().filter(e -> e.getLevel().intValue() >= Level.WARNING.intValue())
                    .filter(e -> !e.getLoggerName().endsWith(".RefusalLog") && !e.getLoggerName().endsWith(".StartReport"))
                    .map(LogLines::text).toList();
        }
    }

    /** Leaves out what is not for operators: debug lines of a hundred thousand requests are a load of their own. */
    public void withoutDebug() {
        ours.setLevel(Level.INFO);
    }

    public void clear() {
        synchronized (records) {
            records.clear();
        }
    }

    private static String text(LogRecord entry) {
        String line = entry.getLevel() + " " + entry.getLoggerName() + " " + entry.getMessage();
        return entry.getThrown() == null ? line : line + " | " + entry.getThrown();
    }

    @Override
    public void close() {
        for (Logger logger : List.of(ours, tomcats)) {
            logger.removeHandler(handler);
        }
        if (OPEN.decrementAndGet() > 0) {
            return;
        }
        for (Logger logger : List.of(ours, tomcats)) {
            logger.setUseParentHandlers(true);
            logger.setLevel(null);
        }
    }
}
