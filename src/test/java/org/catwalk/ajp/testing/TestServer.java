package org.catwalk.ajp.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.ServletException;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardThreadExecutor;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.IntrospectionUtils;
import org.awaitility.Awaitility;
import org.catwalk.ajp.AjpProtocol;
import org.catwalk.ajp.ConnectorInternals;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.telemetry.Counters;

/**
 * A Tomcat in this process with our connector on a free loopback port, and servlets that a test writes as lambdas. Closing it proves that
 * it leaves nothing behind: no thread, port, MBean, connection or buffer.
 */
public final class TestServer implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final MBeanServer MBEANS = ManagementFactory.getPlatformMBeanServer();

    static {
        // Most of what is waited for is there at once; Awaitility's tenth of a second, hundreds of times, is not.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
    }

    private final Tomcat tomcat;
    private final Connector connector;
    private final String domain;
    private final Path base;
    private final LogLines log;

    /** Describes a server before it starts. */
    public static final class Builder {

        private final Map<String, String> attributes = new LinkedHashMap<>();
        private final Map<String, Application> servlets = new LinkedHashMap<>();
        private final List<Consumer<Context>> contexts = new ArrayList<>();

        private Builder() {
            attributes.put("secretRequired", "false");
            // Many tests stop a server whose connections are in a state that no drain would wait for the end of.
            attributes.put("drainTimeout", "100");
        }

        /** An attribute of the Connector, set as server.xml sets it. */
        public Builder attribute(String name, String value) {
            attributes.put(name, value);
            return this;
        }

        /** A servlet that supports asynchronous requests. */
        public Builder servlet(String pattern, Application application) {
            servlets.put(pattern, application);
            return this;
        }

        /** Whatever else the web application needs. */
        public Builder context(Consumer<Context> change) {
            contexts.add(change);
            return this;
        }

        public TestServer start() {
            return new TestServer(this, tomcat -> { });
        }

        /** With an Executor of Tomcat's beside the Connector, as server.xml can have it. */
        public TestServer startWithExecutor(String name, int threads) {
            return new TestServer(this, tomcat -> {
                StandardThreadExecutor executor = new StandardThreadExecutor();
                executor.setName(name);
                executor.setMaxThreads(threads);
                executor.setMinSpareThreads(1);
                tomcat.getService().addExecutor(executor);
                ((AjpProtocol) tomcat.getConnector().getProtocolHandler()).setExecutor(executor);
            });
        }

        /** With one user who can log in. */
        public TestServer startWithUser(String name, String password, String role) {
            return new TestServer(this, tomcat -> {
                tomcat.addUser(name, password);
                tomcat.addRole(name, role);
            });
        }
    }

    /** Without a secret, unless the test sets one. */
    public static Builder with() {
        return new Builder();
    }

    private TestServer(Builder builder, Consumer<Tomcat> change) {
        log = LogLines.capture();
        domain = "catwalk-test-" + NUMBER.incrementAndGet();
        base = temporaryDirectory();
        tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.getEngine().setName(domain);
        connector = new Connector(AjpProtocol.class.getName());
        connector.setPort(0);
        builder.attributes.forEach((name, value) -> {
            if (!IntrospectionUtils.setProperty(connector, name, value)) {
                throw new IllegalArgumentException("The Connector has no attribute " + name);
            }
        });
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", null);
        builder.servlets.forEach((pattern, application) -> {
            Wrapper wrapper = Tomcat.addServlet(context, "servlet " + pattern, new ApplicationServlet(application));
            wrapper.setAsyncSupported(true);
            context.addServletMappingDecoded(pattern, wrapper.getName());
        });
        builder.contexts.forEach(each -> each.accept(context));
        change.accept(tomcat);
        try {
            tomcat.start();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("catwalk-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ------------------------------------------------------------------ asking it

    public int port() {
        return connector.getLocalPort();
    }

    public AjpClient connect() {
        return connectFrom(null);
    }

    /** @param from the address of the web server's side, one of this machine's of the connector's kind; null for any */
    public AjpClient connectFrom(InetAddress from) {
        return AjpClient.connect(new InetSocketAddress(protocol().getAddress(), port()), from);
    }

    /** One request on a connection of its own. */
    public Answer exchange(Request request) {
        try (AjpClient client = connect()) {
            return client.exchange(request);
        }
    }

    public Answer get(String uri) {
        return exchange(Request.get(uri));
    }

    // ------------------------------------------------------------------ looking into it

    public Connector connector() {
        return connector;
    }

    public Tomcat tomcat() {
        return tomcat;
    }

    public AjpProtocol protocol() {
        return (AjpProtocol) connector.getProtocolHandler();
    }

    public LogLines log() {
        return log;
    }

    public Counters counters() {
        return ConnectorInternals.counters(protocol());
    }

    public long refused(Refusal reason) {
        return counters().value(reason);
    }

    /** An attribute of the MBean that monitors read threads and connections from. */
    public long threadPool(String attribute) {
        return number("ThreadPool", attribute);
    }

    /** An attribute of the MBean that monitors read request statistics from. */
    public long global(String attribute) {
        return number("GlobalRequestProcessor", attribute);
    }

    private long number(String type, String attribute) {
        return ((Number) attribute(type, attribute)).longValue();
    }

    /** An attribute of the one MBean of this type. */
    public Object attribute(String type, String attribute) {
        try {
            return MBEANS.getAttribute(mbean(type), attribute);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls an operation without parameters. */
    public Object invoke(String type, String operation) {
        try {
            return MBEANS.invoke(mbean(type), operation, new Object[0], new String[0]);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectName mbean(String type) throws JMException {
        Set<ObjectName> names = MBEANS.queryNames(new ObjectName(domain + ":type=" + type + ",*"), null);
        assertThat(names).as("MBeans of type " + type).hasSize(1);
        return names.iterator().next();
    }

    /** Names of the MBeans that this server has registered. */
    public Set<ObjectName> mbeans() {
        try {
            return MBEANS.queryNames(new ObjectName(domain + ":*"), null);
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Buffers that requests and connections hold now: small and large inbound ones, output. */
    public int[] buffersInUse() {
        return ConnectorInternals.endpoint(protocol()).buffers().outstanding();
    }

    /** Live threads that this connector has started. */
    public List<String> threads() {
        // Without the port, as some threads are named before the port is known.
        String prefix = "ajp-nio-" + protocol().getAddress().getHostAddress() + "-auto-" + protocol().getNameIndex() + "-";
        Thread[] all = new Thread[Thread.activeCount() * 2 + 50];
        int n = Thread.enumerate(all);
        return Stream.of(all).limit(n).map(Thread::getName).filter(name -> name.startsWith(prefix)).toList();
    }

    /** Connections go to them in turn. */
    public int eventLoops() {
        return (int) threads().stream().filter(name -> name.contains("-Poller")).count();
    }

    /** Waits until no request is in flight and nobody holds a buffer or a thread. */
    public void awaitQuiet() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            // Negative if nobody counts them, as with virtual threads.
            assertThat(threadPool("currentThreadsBusy")).as("busy threads").isNotPositive();
            assertThat(buffersInUse()).as("buffers in use").containsOnly(0);
        });
    }

    /** Waits until the connector has let go of all connections but these. */
    public void awaitConnections(int expected) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(threadPool("connectionCount")).as("connections").isEqualTo(expected));
    }

    /** Shows that the connector serves, as after every mistreatment of another connection. */
    public void assertServes() {
        try (AjpClient client = connect()) {
            client.ping();
        }
    }

    // ------------------------------------------------------------------ ending it

    public void stop() {
        try {
            tomcat.stop();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        int port = port();
        try {
            tomcat.stop();
            tomcat.destroy();
            assertLeavesNothing(port);
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        } finally {
            log.close();
            delete(base);
        }
    }

    private void assertLeavesNothing(int port) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(threads()).as("threads after stop").isEmpty());
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(buffersInUse()).as("buffers in use after stop").containsOnly(0));
        assertThat(mbeans()).as("MBeans after stop").isEmpty();
        assertThat(ConnectorInternals.endpoint(protocol()).getConnections()).as("connections after stop").isEmpty();
        if (port > 0) {
            assertPortIsFree(port);
        }
    }

    private void assertPortIsFree(int port) {
        try (AjpClient late = AjpClient.connect(new InetSocketAddress(protocol().getAddress(), port), null)) {
            throw new AssertionError("Port " + port + " still takes connections after stop");
        } catch (UncheckedIOException e) {
            assertThat(e.getCause()).isInstanceOf(ConnectException.class);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs an {@link Application}. */
    private static final class ApplicationServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final transient Application application;

        ApplicationServlet(Application application) {
            this.application = application;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
            application.service(request, response);
        }
    }
}
