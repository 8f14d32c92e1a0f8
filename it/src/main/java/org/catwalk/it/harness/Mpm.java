package org.catwalk.it.harness;

import java.util.Locale;

/** How httpd handles its clients, {@code -Dhttpd.mpm}: with threads, or with a process each. */
public enum Mpm {

    /** One process, so that all requests share its connections to Tomcat. */
    EVENT("""
            StartServers 1
            ServerLimit 1
            ThreadLimit 64
            ThreadsPerChild 64
            MaxRequestWorkers 64
            MinSpareThreads 1
            MaxSpareThreads 64
            """),

    /** A thread for each client, also while the client only keeps its connection open; several processes, each with connections of its own. */
    WORKER("""
            StartServers 2
            ServerLimit 4
            ThreadLimit 16
            ThreadsPerChild 16
            MaxRequestWorkers 64
            MinSpareThreads 1
            MaxSpareThreads 64
            """),

    /** A process, and therefore a connection to Tomcat, for each client that is served at the same time. */
    PREFORK("""
            StartServers 2
            ServerLimit 64
            MaxRequestWorkers 64
            MinSpareServers 1
            MaxSpareServers 64
            """);

    private final String directives;

    Mpm(String directives) {
        this.directives = directives;
    }

    static Mpm chosen() {
        String given = System.getProperty("httpd.mpm");
        return given == null || given.isEmpty() ? EVENT : valueOf(given.toUpperCase(Locale.ROOT));
    }

    String module() {
        return "mpm_" + name().toLowerCase(Locale.ROOT);
    }

    /** How many it may start, a line each. */
    String directives() {
        return directives;
    }
}
