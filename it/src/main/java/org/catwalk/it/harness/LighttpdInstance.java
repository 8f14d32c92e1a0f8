package org.catwalk.it.harness;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A running lighttpd that passes everything on to one AJP connector through its own module, mod_ajp13 (from lighttpd 1.4.68): an
 * implementation of the protocol that shares nothing with httpd's two. On loopback only; {@link #isInstalled()} tells whether there is one.
 */
public final class LighttpdInstance implements AutoCloseable {

    /** What to do where {@link #isInstalled()} says no. */
    public static final String HOW_TO_INSTALL = "lighttpd with mod_ajp13 and mod_magnet was not found; Debian 12 and Ubuntu 24.04"
            + " have it: apt-get install lighttpd lighttpd-modules-lua";

    private static final Path BINARY = Path.of("/usr/sbin/lighttpd");
    private static final List<Path> MODULES = List.of(Path.of("/usr/lib/lighttpd"), Path.of("/usr/lib64/lighttpd"));
    private static final int TRIES = 5;
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final ChildProcess process;
    private final URI uri;
    private final LogFile errorLog;

    private LighttpdInstance(ChildProcess process, URI uri, LogFile errorLog) {
        this.process = process;
        this.uri = uri;
        this.errorLog = errorLog;
    }

    public static boolean isInstalled() {
        return Files.isExecutable(BINARY) && MODULES.stream().anyMatch(modules ->
                Files.exists(modules.resolve("mod_ajp13.so")) && Files.exists(modules.resolve("mod_magnet.so")));
    }

    /**
     * Writes its configuration below {@code it/target/instances}, starts it and returns when it listens.
     *
     * @param secret what it sends; null for none
     */
    public static LighttpdInstance start(String name, int backendPort, String secret) {
        Path root = ItDirectory.empty("instances/" + name);
        ItDirectory.create(root.resolve("uploads"));
        ItDirectory.write(root.resolve("secret.lua"), "lighty.r.req_env[\"AJP13_SECRET\"] = \"" + secret + "\"\n");
        LogFile errorLog = new LogFile(root.resolve("error.log"));
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            int port = FreePorts.find(1).get(0);
            ItDirectory.write(root.resolve("lighttpd.conf"), configuration(root, port, backendPort, secret));
            ChildProcess process = ChildProcess.start(name, root, root.resolve("console.log"), Map.of(),
                    List.of(BINARY.toString(), "-D", "-f", "lighttpd.conf"));
            Deadline.met(START_LIMIT, () -> !process.isAlive() || errorLog.text().contains("server started"));
            if (process.isAlive()) {
                return new LighttpdInstance(process, URI.create("http://localhost:" + port), errorLog);
            }
            process.close();
        }
        throw new IllegalStateException("lighttpd did not start " + TRIES + " times in a row:\n" + errorLog.text()
                + new LogFile(root.resolve("console.log")).text());
    }

    private static String configuration(Path root, int port, int backendPort, String secret) {
        return """
                server.bind = "127.0.0.1"
                server.port = %d
                server.document-root = "%s"
                server.errorlog = "%s/error.log"
                server.upload-dirs = ("%s/uploads")
                server.modules = ("mod_magnet", "mod_ajp13")
                ajp13.server = ("" => (("host" => "127.0.0.1", "port" => %d)))
                """.formatted(port, root, root, root, backendPort)
                // mod_setenv, which its source names for this, is heard only where the client came with TLS.
                + (secret == null ? "" : "magnet.attract-raw-url-to = (\"" + root + "/secret.lua\")\n");
    }

    /** Scheme, host and port. */
    public URI uri() {
        return uri;
    }

    public LogFile errorLog() {
        return errorLog;
    }

    @Override
    public void close() {
        process.close();
    }
}
