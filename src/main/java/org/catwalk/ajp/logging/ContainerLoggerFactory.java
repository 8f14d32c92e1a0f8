package org.catwalk.ajp.logging;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * Loggers of the container around us: JULI in a Tomcat, java.util.logging where there is none (the command line).
 */
final class ContainerLoggerFactory implements ILoggerFactory {

    private final ConcurrentMap<String, Logger> loggers = new ConcurrentHashMap<>();
    private final Function<String, Logger> container;

    ContainerLoggerFactory() {
        this(isJuliPresent() ? JuliLogger::of : JdkLogger::new);
    }

    ContainerLoggerFactory(Function<String, Logger> container) {
        this.container = container;
    }

    @Override
    public Logger getLogger(String name) {
        Logger known = loggers.get(name);
        return known != null ? known : loggers.computeIfAbsent(name, this::create);
    }

    /**
     * Tomcat's log manager keeps loggers per context class loader. The thread may be serving a web application at this moment, whose
     * logging.properties are not ours and whose class loader we must not hold on to.
     */
    private Logger create(String name) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ContainerLoggerFactory.class.getClassLoader());
        try {
            return container.apply(name);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static boolean isJuliPresent() {
        try {
            Class.forName("org.apache.juli.logging.LogFactory", true, ContainerLoggerFactory.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError noTomcatAroundUs) {
            return false;
        }
    }
}
