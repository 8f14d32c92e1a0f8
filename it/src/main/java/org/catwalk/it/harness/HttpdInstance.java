package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * A running httpd (event MPM with one child process, unless {@link Mpm} says otherwise) with a ServerRoot of its own, on
 * loopback only. One {@link VirtualHost} per port.
 */
public final class HttpdInstance implements AutoCloseable {

    /** Who may pass where httpd asks for basic authentication. */
    public static final String USER = "alice";
    public static final String PASSWORD = "alice-at-httpd";

    /** The name of mod_jk's status worker, if there is one. */
    public static final String STATUS_WORKER = "jk-status";

    private static final int TRIES = 5;
    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final Path root;
    /** Where people look for the logs; differs from root if httpd could not work there. */
    private final Path wanted;
    private final ChildProcess process;
    private final Map<String, URI> uris;
    private final Certificates certificates;

    private HttpdInstance(Path root, Path wanted, ChildProcess process, Map<String, URI> uris, Certificates certificates) {
        this.root = root;
        this.wanted = wanted;
        this.process = process;
        this.uris = uris;
        this.certificates = certificates;
    }

    public static Builder named(String name) {
        return new Builder(name);
    }

    /** Scheme, host and port of the virtual host of that name. */
    public URI uri(String virtualHost) {
        URI uri = uris.get(virtualHost);
        if (uri == null) {
            throw new IllegalArgumentException("No virtual host " + virtualHost + " in " + uris.keySet());
        }
        return uri;
    }

    /** The authority behind the TLS virtual hosts and their clients. */
    public Certificates certificates() {
        return certificates;
    }

    public LogFile errorLog() {
        return new LogFile(root.resolve("logs/error.log"));
    }

    public LogFile modJkLog() {
        return new LogFile(root.resolve("logs/mod_jk.log"));
    }

    /** What it was started with. */
    public Path httpdConf() {
        return root.resolve("conf/httpd.conf");
    }

    public Path workersProperties() {
        return root.resolve("conf/workers.properties");
    }

    /** Completes when the process has ended, for whatever reason. */
    public CompletableFuture<?> onExit() {
        return process.onExit();
    }

    public long pid() {
        return process.pid();
    }

    /** Its processes that serve clients, by their pids. */
    public Set<Long> servingPids() {
        return ProcessHandle.of(process.pid()).stream().flatMap(ProcessHandle::children).map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    /** {@code apachectl graceful}: new processes take over, the old ones end with their last request. Returns when the new ones serve. */
    public HttpdInstance reload() {
        LogFile.Mark log = errorLog().mark();
        process.signal("USR1");
        if (!Deadline.met(START_LIMIT, () -> log.text().contains("resuming normal operations"))) {
            throw new IllegalStateException("httpd did not go on after a graceful restart:\n" + log.text());
        }
        return this;
    }

    @Override
    public void close() {
        process.close();
        if (!root.equals(wanted)) {
            ItDirectory.deleteRecursively(wanted.resolve("logs"));
            ItDirectory.copyRecursively(root.resolve("logs"), wanted.resolve("logs"));
        }
    }

    /** What to start. */
    public static final class Builder {

        /** See {@link #mainServer}. */
        public static final String PORT = "@PORT@";

        private final String name;
        private final List<VirtualHost> hosts = new ArrayList<>();
        private final List<String> directives = new ArrayList<>();
        private final List<String> workerProperties = new ArrayList<>();
        private final List<String> modules = new ArrayList<>();
        private String mainServer = "";
        private Mpm mpm = Mpm.chosen();
        private boolean statusWorker;
        private boolean hasModJkDirectives = true;

        private Builder(String name) {
            this.name = name;
        }

        public Builder virtualHost(VirtualHost host) {
            hosts.add(host);
            return this;
        }

        /** Instead of the one that the run is about. */
        public Builder mpm(Mpm other) {
            mpm = other;
            return this;
        }

        /** A line for the main server. */
        public Builder directive(String line) {
            directives.add(line);
            return this;
        }

        /** A complete line for workers.properties. */
        public Builder workerProperty(String line) {
            workerProperties.add(line);
            return this;
        }

        /**
         * Directives behind all others, virtual hosts among them, as somebody wrote them. {@value #PORT} in them stands for a port of
         * 127.0.0.1 on which the server then listens, {@link HttpdInstance#uri uri("main")}; JkWorkersFile names
         * {@code conf/workers.properties}.
         */
        public Builder mainServer(String text) {
            mainServer = text;
            return this;
        }

        /** Leaves JkWorkersFile and the like, which httpd takes once only, to a file that {@link #directive} includes. */
        public Builder withoutModJkDirectives() {
            hasModJkDirectives = false;
            return this;
        }

        /** Loads a module beside those that every instance has, for instance {@code headers}. */
        public Builder module(String module) {
            modules.add(module);
            return this;
        }

        /** Adds mod_jk's status worker, which a virtual host can mount with JkMount. */
        public Builder statusWorker() {
            statusWorker = true;
            return this;
        }

        /** Writes the ServerRoot below {@code it/target/instances}, starts httpd and returns when it listens. */
        public HttpdInstance start() {
            HttpdInstallation installation = HttpdInstallation.find(mpm);
            Path wanted = ItDirectory.empty("instances/" + name);
            Path root = reachableForOthers(wanted);
            for (String directory : new String[] {"logs", "run", "htdocs"}) {
                ItDirectory.create(root.resolve(directory));
            }
            Certificates certificates = hosts.stream().anyMatch(VirtualHost::tls)
                    ? Certificates.createIn(root.resolve("certificates")) : null;
            ItDirectory.write(root.resolve("passwords"), USER + ":{SHA}" + sha1(PASSWORD) + "\n");
            for (int attempt = 1; attempt <= TRIES; attempt++) {
                HttpdInstance started = tryToStart(installation, root, wanted, certificates);
                if (started != null) {
                    return started;
                }
            }
            throw new IllegalStateException("httpd found its ports taken " + TRIES + " times in a row.");
        }

        private HttpdInstance tryToStart(HttpdInstallation installation, Path root, Path wanted, Certificates certificates) {
            Map<String, URI> uris = new LinkedHashMap<>();
            StringBuilder virtualHosts = new StringBuilder();
            List<Integer> ports = FreePorts.find(hosts.size() + 1);
            for (int i = 0; i < hosts.size(); i++) {
                VirtualHost host = hosts.get(i);
                virtualHosts.append(host.configuration(ports.get(i), certificates, root.resolve("passwords").toString()));
                uris.put(host.name(), host.uri(ports.get(i)));
            }
            if (!mainServer.isEmpty()) {
                String port = ports.get(hosts.size()).toString();
                virtualHosts.append("Listen 127.0.0.1:").append(port).append('\n').append(mainServer.replace(PORT, port)).append('\n');
                uris.put("main", URI.create("http://localhost:" + port));
            }
            ItDirectory.write(root.resolve("conf/httpd.conf"), mainConfiguration(installation, root) + virtualHosts);
            ItDirectory.write(root.resolve("conf/workers.properties"), workers());
            LogFile.Mark log = new LogFile(root.resolve("logs/error.log")).mark();
            LogFile.Mark console = new LogFile(root.resolve("logs/console.log")).mark();
            // In a session of its own, unlike with -DFOREGROUND: the prefork MPM ends its whole process group, which would be Maven's too.
            ChildProcess process = ChildProcess.start("httpd " + name, root, root.resolve("logs/console.log"), Map.of(),
                    List.of(installation.binary().toString(), "-d", root.toString(), "-f", "conf/httpd.conf", "-DNO_DETACH"));
            Deadline.met(START_LIMIT, () -> !process.isAlive() || log.text().contains("resuming normal operations"));
            if (process.isAlive() && log.text().contains("resuming normal operations")) {
                return new HttpdInstance(root, wanted, process, uris, certificates);
            }
            process.close();
            String said = console.text() + log.text();
            if (said.contains("Address already in use")) {
                return null;
            }
            throw new IllegalStateException("httpd did not start within " + START_LIMIT + ":\n" + said);
        }

        private String mainConfiguration(HttpdInstallation installation, Path root) {
            boolean asRoot = isRoot();
            StringBuilder text = new StringBuilder(installation.loadModuleLines(mpm, modules));
            if (asRoot) {
                text.append("User www-data\nGroup www-data\n");
            }
            text.append("""
                    ServerName localhost
                    DefaultRuntimeDir "run"
                    PidFile "run/httpd.pid"
                    DocumentRoot "%s/htdocs"
                    ErrorLog "logs/error.log"
                    LogLevel warn
                    LogFormat "%%p %%>s %%B %%D \\"%%r\\"" it
                    CustomLog "logs/access.log" it
                    MaxKeepAliveRequests 0
                    Timeout 60
                    KeepAlive On
                    KeepAliveTimeout 2
                    LimitRequestLine 100000
                    LimitRequestFieldSize 100000
                    LimitRequestFields 300
                    SSLSessionCache none
                    ProxyRequests Off
                    """.formatted(root)).append(mpm.directives());
            if (hasModJkDirectives) {
                text.append("""
                        JkLogFile "logs/mod_jk.log"
                        JkLogLevel info
                        JkShmFile "run/mod_jk.shm"
                        """);
            }
            if (hasModJkDirectives && !mainServer.contains("JkWorkersFile")) {
                text.append("JkWorkersFile \"conf/workers.properties\"\n");
            }
            directives.forEach(line -> text.append(line).append('\n'));
            return text.toString();
        }

        private String workers() {
            String names = hosts.stream().filter(host -> host.frontEnd() == FrontEnd.MOD_JK).map(VirtualHost::name)
                    .collect(Collectors.joining(","));
            StringBuilder text = new StringBuilder(names.isEmpty() ? "" : "worker.list=" + names + (statusWorker ? "," + STATUS_WORKER : "") + "\n");
            if (statusWorker) {
                text.append("worker." + STATUS_WORKER + ".type=status\n");
            }
            hosts.forEach(host -> text.append(host.workerLines()));
            workerProperties.forEach(line -> text.append(line).append('\n'));
            return text.toString();
        }

        /**
         * {@code wanted}, or a fresh directory in the system's temporary one if httpd's children, who give up root, could not get
         * there.
         */
        private static Path reachableForOthers(Path wanted) {
            if (!isRoot()) {
                return wanted;
            }
            try {
                for (Path step = wanted; step != null; step = step.getParent()) {
                    if (!Files.getPosixFilePermissions(step).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                        Path elsewhere = Files.createTempDirectory("catwalk-it-httpd-");
                        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxr-xr-x"));
                        Runtime.getRuntime().addShutdownHook(new Thread(() -> ItDirectory.deleteRecursively(elsewhere)));
                        return elsewhere;
                    }
                }
                return wanted;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static boolean isRoot() {
            return "root".equals(System.getProperty("user.name"));
        }

        private static String sha1(String password) {
            try {
                return Base64.getEncoder().encodeToString(
                        MessageDigest.getInstance("SHA-1").digest(password.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
