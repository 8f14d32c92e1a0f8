package org.catwalk.ajp.logging;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.Marker;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes to java.util.logging, with the levels that JULI uses (ERROR is SEVERE, DEBUG is FINE, TRACE is FINER).
 */
final class JdkLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    private static final String OWN_NAME = JdkLogger.class.getName();

    /** Computed, because the drop-in jar carries SLF4J under another name. */
    private static final String SLF4J_PACKAGE = org.slf4j.Logger.class.getPackageName() + ".";

    /** Held for good: the log manager itself keeps loggers by weak reference, and their configured level with them. */
    private final transient Logger logger;

    JdkLogger(String name) {
        this.name = name;
        this.logger = Logger.getLogger(name);
    }

    @Override
    public boolean isTraceEnabled() {
        return logger.isLoggable(Level.FINER);
    }

    @Override
    public boolean isDebugEnabled() {
        return logger.isLoggable(Level.FINE);
    }

    @Override
    public boolean isInfoEnabled() {
        return logger.isLoggable(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return logger.isLoggable(Level.WARNING);
    }

    @Override
    public boolean isErrorEnabled() {
        return logger.isLoggable(Level.SEVERE);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            org.slf4j.event.Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
        String message = MessageFormatter.basicArrayFormat(pattern, arguments);
        StackWalker.StackFrame source = StackWalker.getInstance().walk(frames ->
                frames.filter(frame -> isSource(frame.getClassName())).findFirst().orElseThrow());
        logger.logp(jdkLevel(level), source.getClassName(), source.getMethodName(), message, thrown);
    }

    private static boolean isSource(String className) {
        return !className.equals(OWN_NAME) && !className.startsWith(SLF4J_PACKAGE);
    }

    private static Level jdkLevel(org.slf4j.event.Level level) {
        return switch (level) {
            case TRACE -> Level.FINER;
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARN -> Level.WARNING;
            case ERROR -> Level.SEVERE;
        };
    }
}
