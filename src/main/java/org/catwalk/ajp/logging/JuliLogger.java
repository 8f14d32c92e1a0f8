package org.catwalk.ajp.logging;

import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes to a JULI log. The only class that knows JULI, and never loaded where there is none.
 */
final class JuliLogger extends LegacyAbstractLogger {

    private static final long serialVersionUID = 1L;

    /** JULI's own implementation, in front of java.util.logging; operators may put another in its place. */
    private static final String STOCK_LOG = "org.apache.juli.logging.DirectJDKLog";

    private final transient Log log;

    JuliLogger(String name, Log log) {
        this.name = name;
        this.log = log;
    }

    /**
     * The logger for what JULI has configured under this name. JULI's stock implementation takes whoever calls it for the source of a
     * message, and Tomcat's formatters print the source: behind it, we write to the same java.util.logging logger and name the source.
     */
    static Logger of(String name) {
        Log log = LogFactory.getLog(name);
        return log.getClass().getName().equals(STOCK_LOG) ? new JdkLogger(name) : new JuliLogger(name, log);
    }

    @Override
    public boolean isTraceEnabled() {
        return log.isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return log.isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return log.isInfoEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        return log.isWarnEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        return log.isErrorEnabled();
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
        String message = MessageFormatter.basicArrayFormat(pattern, arguments);
        switch (level) {
            case TRACE -> log.trace(message, thrown);
            case DEBUG -> log.debug(message, thrown);
            case INFO -> log.info(message, thrown);
            case WARN -> log.warn(message, thrown);
            case ERROR -> log.error(message, thrown);
        }
    }
}
