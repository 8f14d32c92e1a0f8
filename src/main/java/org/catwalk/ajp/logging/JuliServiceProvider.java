package org.catwalk.ajp.logging;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Makes SLF4J write to Tomcat's JULI. In the drop-in jar both this class and SLF4J are under our own package, so that no web application
 * can see or disturb them.
 *
 * <p>Markers are accepted and ignored; the diagnostic context keeps nothing: JULI has neither.
 */
public final class JuliServiceProvider implements SLF4JServiceProvider {

    /** Any SLF4J 2.0.x; SLF4J's own providers state it this way. */
    private static final String REQUESTED_API_VERSION = "2.0.99";

    private final ILoggerFactory loggers = new ContainerLoggerFactory();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return REQUESTED_API_VERSION;
    }

    @Override
    public void initialize() {
        // Nothing to wait for: loggers are made when they are asked for.
    }
}
