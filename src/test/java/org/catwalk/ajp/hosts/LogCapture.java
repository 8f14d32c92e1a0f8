package org.catwalk.ajp.hosts;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What JULI logs meanwhile, from any class loader, instead of writing it to the console. */
public final class LogCapture extends Handler implements AutoCloseable {

    private final Logger logger;
    private final Level before;
    private final boolean toParentsBefore;
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    private LogCapture(String name, Level level) {
        logger = Logger.getLogger(name);
        before = logger.getLevel();
        toParentsBefore = logger.getUseParentHandlers();
        logger.setLevel(level);
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    /**
     * Captures from now on, until {@link #close()}.
     *
     * @param name of a logger and all below it
     * @param level and worse
     */
    public static LogCapture of(String name, Level level) {
        return new LogCapture(name, level);
    }

    /** Level and message of each, in order. */
    public List<String> lines() {
        return records.stream().map(record -> record.getLevel() + " " + record.getMessage()).toList();
    }

    /** What lies at the bottom of each exception that was logged, every one once. */
    public List<String> causes() {
        return records.stream().filter(record -> record.getThrown() != null).map(record -> rootOf(record.getThrown()).toString()).distinct().toList();
    }

    private static Throwable rootOf(Throwable thrown) {
        return thrown.getCause() == null ? thrown : rootOf(thrown.getCause());
    }

    @Override
    public void publish(LogRecord record) {
        records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(before);
        logger.setUseParentHandlers(toParentsBefore);
    }
}
