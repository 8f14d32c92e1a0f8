package org.catwalk.ajp.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Reads every line that is logged, stack traces included, as a log file would have it. Forgets what is read. */
final class WatchfulLog extends Handler {

    private final List<Logger> loggers = List.of(Logger.getLogger("org.catwalk.ajp"), Logger.getLogger("org.apache"));
    private final Formatter formatter = new SimpleFormatter();
    private final List<String> lines = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    static WatchfulLog open() {
        WatchfulLog log = new WatchfulLog();
        log.setLevel(Level.ALL);
        log.loggers.forEach(logger -> logger.addHandler(log));
        return log;
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        String line = formatter.format(entry);
        lines.add(line);
        boolean ours = entry.getLoggerName().startsWith("org.catwalk.ajp.");
        if (ours && entry.getMessage().chars().anyMatch(c -> c < ' ')) {
            errors.add("More than one line: " + line);
        }
        if (entry.getLevel().intValue() >= Level.SEVERE.intValue() && !(entry.getThrown() instanceof FuzzApplication.Deliberate)) {
            errors.add(line);
        }
    }

    /** A line of another log, such as the access log. */
    synchronized void add(String line) {
        lines.add(line);
    }

    /** @throws AssertionError if a line holds a secret, two lines are in one, or an error was logged that no application made */
    synchronized void check(boolean secretsAreSecret) {
        try {
            if (!errors.isEmpty()) {
                throw new AssertionError("Logged: " + errors);
            }
            for (String line : lines) {
                if (secretsAreSecret && Sesame.isIn(line)) {
                    throw new AssertionError("The secret is in the log: " + line);
                }
            }
        } finally {
            errors.clear();
            lines.clear();
        }
    }

    @Override
    public void flush() {
        // Nothing is buffered.
    }

    @Override
    public void close() {
        loggers.forEach(logger -> logger.removeHandler(this));
    }
}
