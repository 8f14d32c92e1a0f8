package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.management.ObjectName;

/**
 * A running Tomcat: an unmodified distribution, a CATALINA_BASE of its own, a JVM of its own. Connectors listen on ports that
 * the kernel chooses; {@link #port(String)} tells which.
 *
 * <p>Applications: {@code /app} and {@code /form} (see {@code it/src/main/webapps}), and Tomcat's own {@code /manager}.
 */
public final class TomcatInstance implements AutoCloseable {

    /** Realm user with the role that {@code /app/members/*} asks for. Its password differs from httpd's on purpose. */
    public static final String MEMBER = "alice";
    public static final String MEMBER_PASSWORD = "alice-in-tomcat";
    /** Realm user of {@code /manager}. */
    public static final String OPERATOR = "operator";
    public static final String OPERATOR_PASSWORD = "operator-in-tomcat";

    private static final Duration START_LIMIT = Duration.ofSeconds(150);

    private final Path base;
    private final ChildProcess process;
    private final Jmx jmx;
    private final Map<String, ObjectName> connectors = new LinkedHashMap<>();

    private final boolean launched;

    private TomcatInstance(Path base, ChildProcess process, List<ConnectorSpec> specs, boolean launched) {
        this.base = base;
        this.process = process;
        this.launched = launched;
        awaitStart();
        this.jmx = Jmx.attachTo(pid());
        // A Service lists its connectors in the order of server.xml, whatever ports they got.
        ObjectName[] names = (ObjectName[]) jmx.attribute("*:type=Service", "connectorNames");
        for (int i = 0; i < specs.size(); i++) {
            connectors.put(specs.get(i).name(), names[i]);
        }
    }

    private void awaitStart() {
        Deadline.met(START_LIMIT, () -> !process.isAlive() || log().text().contains("Server startup in ["));
        if (!process.isAlive() || !log().text().contains("Server startup in [")) {
            process.close();
            throw new IllegalStateException("Tomcat did not start within " + START_LIMIT + ". Its log:\n" + log().text());
        }
    }

    /** A Tomcat of {@link TomcatDistribution#underTest()} to configure and start. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** The port that the connector of that name listens on. */
    public int port(String connector) {
        return (Integer) jmx.attribute(connectorBean(connector), "localPort");
    }

    /** The MBean {@code Catalina:type=Connector,...} of the connector of that name. */
    public ObjectName connectorBean(String connector) {
        return Objects.requireNonNull(connectors.get(connector), () -> "No connector " + connector + " in " + connectors.keySet());
    }

    /** The MBean {@code Catalina:type=ThreadPool,...} of the AJP connector of that name. */
    public ObjectName threadPoolBean(String connector) {
        return jmx.only("Catalina:type=ThreadPool,name=\"" + protocolName(connector) + "\"");
    }

    /** Catwalk's counters for the connector of that name, {@code Catalina:type=AjpStatistics,...}. */
    public ObjectName statisticsBean(String connector) {
        return jmx.only("Catalina:type=AjpStatistics,name=\"" + protocolName(connector) + "\"");
    }

    /** The name that its MBeans and threads carry, for instance {@code ajp-nio-127.0.0.1-auto-3}; without the port, see port=0. */
    public String protocolName(String connector) {
        return "ajp-nio-127.0.0.1-" + connectorBean(connector).getKeyProperty("port");
    }

    public Jmx jmx() {
        return jmx;
    }

    /** Everything that Tomcat logs, and its standard output. */
    public LogFile log() {
        return process.output();
    }

    public LogFile accessLog() {
        return new LogFile(base.resolve("logs/access.log"));
    }

    /** Completes when the process has ended, for whatever reason. */
    public CompletableFuture<?> onExit() {
        return process.onExit();
    }

    /** Of the Java process, which under a launcher is not always the same. */
    public long pid() {
        return launched ? ProcessHandle.of(process.pid()).stream().flatMap(ProcessHandle::children).map(ProcessHandle::pid).findFirst()
                .orElseThrow(() -> new IllegalStateException(process + " has no Tomcat running")) : process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends Tomcat with SIGKILL, as the kernel does when memory runs out: it cleans nothing up. */
    public void kill() {
        jmx.close();
        process.kill();
    }

    /** Sends a signal by its name: STOP hangs it, CONT lets it go on. */
    public void signal(String name) {
        process.signal(name);
    }

    /** Ends Tomcat with SIGTERM, as a service manager would, so that its shutdown hook stops the connectors in order. */
    @Override
    public void close() {
        jmx.close();
        process.close();
    }

    /** What to start. */
    public static final class Builder {

        private final String name;
        private TomcatDistribution distribution = TomcatDistribution.underTest();
        private final List<ConnectorSpec> connectors = new ArrayList<>();
        private final List<String> serviceXml = new ArrayList<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private final Map<String, Path> applications = new LinkedHashMap<>();
        private final List<String> engineXml = new ArrayList<>();
        private String route = "route1";
        private boolean accessLog = true;
        private Path serverXmlFile;
        private List<String> launcher = List.of();

        private Builder(String name) {
            this.name = name;
        }

        public Builder distribution(TomcatDistribution chosen) {
            distribution = chosen;
            return this;
        }

        public Builder connector(ConnectorSpec spec) {
            connectors.add(spec);
            return this;
        }

        /** A program, with its own arguments, that is given Tomcat's command and starts it, as its only child. */
        public Builder under(List<String> program) {
            launcher = program;
            return this;
        }

        /** Uses this file as it is; connectors and applications' realms are then its business. */
        public Builder serverXml(Path file) {
            serverXmlFile = file;
            return this;
        }

        /** Text for inside {@code <Service>}, ahead of the connectors; for executors. */
        public Builder serviceXml(String xml) {
            serviceXml.add(xml);
            return this;
        }

        /** Text for inside {@code <Engine>}; for clusters and valves. */
        public Builder engineXml(String xml) {
            engineXml.add(xml);
            return this;
        }

        /** What this Tomcat is called by a balancer, and what its session ids end with. */
        public Builder route(String jvmRoute) {
            route = jvmRoute;
            return this;
        }

        public Builder jvmOption(String option) {
            jvmOptions.add(option);
            return this;
        }

        /** One more, at {@code /name}, from a directory in which it lies unpacked. */
        public Builder application(String name, Path documents) {
            applications.put(name, documents);
            return this;
        }

        /** For those who count what Tomcat writes. */
        public Builder withoutAccessLog() {
            accessLog = false;
            return this;
        }

        /** Writes CATALINA_BASE below {@code it/target/instances}, starts Tomcat and returns when it serves. */
        public TomcatInstance start() {
            Path base = ItDirectory.empty("instances/" + name + "-" + distribution.version());
            writeConfiguration(base);
            List<String> command = new ArrayList<>(launcher);
            command.addAll(command(base));
            ChildProcess process = ChildProcess.start("Tomcat " + name, base, base.resolve("logs/catalina.log"), Map.of(), command);
            return new TomcatInstance(base, process, connectors, !launcher.isEmpty());
        }

        private void writeConfiguration(Path base) {
            for (String directory : new String[] {"lib", "logs", "temp", "work", "webapps"}) {
                ItDirectory.create(base.resolve(directory));
            }
            copy(distribution.home().resolve("conf/catalina.properties"), base.resolve("conf/catalina.properties"));
            copy(distribution.home().resolve("conf/web.xml"), base.resolve("conf/web.xml"));
            if (serverXmlFile != null) {
                copy(serverXmlFile, base.resolve("conf/server.xml"));
            } else {
                ItDirectory.write(base.resolve("conf/server.xml"), serverXml());
            }
            ItDirectory.write(base.resolve("conf/tomcat-users.xml"), usersXml());
            ItDirectory.write(base.resolve("conf/logging.properties"), launcher.isEmpty() ? LOGGING : LOGGING + TO_FILE);
            for (String application : new String[] {"app", "form"}) {
                context(base, application, WebApplication.forTomcat(distribution, application).toString());
            }
            context(base, "manager", "${catalina.home}/webapps/manager");
            applications.forEach((name, documents) -> context(base, name, documents.toString()));
            if (Connector.underTest() == Connector.CATWALK) {
                Path jar = CatwalkJar.find();
                copy(jar, base.resolve("lib").resolve(jar.getFileName()));
            }
        }

        private static void context(Path base, String name, String documents) {
            ItDirectory.write(base.resolve("conf/Catalina/localhost/" + name + ".xml"),
                    "<Context docBase=\"" + documents + "\"" + (name.equals("manager") ? " privileged=\"true\"" : "") + "/>\n");
        }

        private String serverXml() {
            StringBuilder xml = new StringBuilder("""
                    <Server port="-1">
                      <Listener className="org.apache.catalina.core.JreMemoryLeakPreventionListener"/>
                      <Listener className="org.apache.catalina.mbeans.GlobalResourcesLifecycleListener"/>
                      <Listener className="org.apache.catalina.core.ThreadLocalLeakPreventionListener"/>
                      <GlobalNamingResources>
                        <Resource name="UserDatabase" auth="Container" type="org.apache.catalina.UserDatabase"
                            factory="org.apache.catalina.users.MemoryUserDatabaseFactory" pathname="conf/tomcat-users.xml"/>
                      </GlobalNamingResources>
                      <Service name="Catalina">
                    """);
            serviceXml.forEach(text -> xml.append(text).append('\n'));
            connectors.forEach(spec -> xml.append(spec.xml()));
            return xml.append("""
                        <Engine name="Catalina" defaultHost="localhost" jvmRoute="%s">
                          %s
                          <Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase"/>
                          <Host name="localhost" appBase="webapps" autoDeploy="false">
                    """.formatted(route, String.join("\n", engineXml))).append(accessLog ? ACCESS_LOG : "").append("""
                          </Host>
                        </Engine>
                      </Service>
                    </Server>
                    """).toString();
        }

        private static final String ACCESS_LOG = """
                        <Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs" prefix="access"
                            suffix=".log" rotatable="false" buffered="false"
                            pattern="%p %s %b %D &quot;%r&quot; %{X-Request-Id}i"/>
                """;

        private static String usersXml() {
            return """
                    <tomcat-users>
                      <user username="%s" password="%s" roles="member"/>
                      <user username="bob" password="bob-in-tomcat" roles="stranger"/>
                      <user username="%s" password="%s" roles="manager-gui,manager-status,manager-script"/>
                    </tomcat-users>
                    """.formatted(MEMBER, MEMBER_PASSWORD, OPERATOR, OPERATOR_PASSWORD);
        }

        private List<String> command(Path base) {
            Path bin = distribution.home().resolve("bin");
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-Xmx768m", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8"));
            for (String opened : new String[] {"java.lang", "java.lang.reflect", "java.io", "java.util", "java.util.concurrent"}) {
                command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
            }
            command.add("--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED");
            command.addAll(jvmOptions);
            new LinkedHashMap<>(systemProperties(base)).forEach((name, value) -> command.add("-D" + name + "=" + value));
            command.addAll(List.of("-cp", bin.resolve("bootstrap.jar") + java.io.File.pathSeparator + bin.resolve("tomcat-juli.jar"),
                    "org.apache.catalina.startup.Bootstrap", "start"));
            return command;
        }

        private Map<String, String> systemProperties(Path base) {
            Map<String, String> properties = new HashMap<>();
            properties.put("catalina.home", distribution.home().toString());
            properties.put("catalina.base", base.toString());
            properties.put("java.io.tmpdir", base.resolve("temp").toString());
            properties.put("java.util.logging.config.file", base.resolve("conf/logging.properties").toString());
            properties.put("java.util.logging.manager", "org.apache.juli.ClassLoaderLogManager");
            return properties;
        }

        private static void copy(Path from, Path to) {
            try {
                Files.createDirectories(to.getParent());
                Files.copy(from, to);
            } catch (IOException e) {
                throw new UncheckedIOException("Could not copy " + from + " to " + to, e);
            }
        }

        private static final String LOGGING = """
                handlers = java.util.logging.ConsoleHandler
                .handlers = java.util.logging.ConsoleHandler
                java.util.logging.ConsoleHandler.level = ALL
                java.util.logging.ConsoleHandler.formatter = org.apache.juli.OneLineFormatter
                java.util.logging.ConsoleHandler.encoding = UTF-8
                org.catwalk.ajp.level = FINE
                """;
        /** Java has no console any more once it has inherited a socket. To the same file. */
        private static final String TO_FILE = """
                handlers = org.apache.juli.FileHandler
                .handlers = org.apache.juli.FileHandler
                org.apache.juli.FileHandler.directory = ${catalina.base}/logs
                org.apache.juli.FileHandler.prefix = catalina
                org.apache.juli.FileHandler.rotatable = false
                org.apache.juli.FileHandler.formatter = org.apache.juli.OneLineFormatter
                """;
    }
}
