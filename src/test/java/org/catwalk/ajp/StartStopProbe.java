package org.catwalk.ajp;

import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.stream.Collectors;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.catwalk.ajp.hosts.LogCapture;

/** Starts a Tomcat with our connector five times, sends a request each time, and answers what is left of it all, as readable lines. */
public final class StartStopProbe implements Supplier<List<String>> {

    private final List<String> left = new ArrayList<>();

    @Override
    public List<String> get() {
        try (LogCapture log = LogCapture.of("org", Level.WARNING)) {
            Set<String> threads = threads();
            for (int i = 0; i < 5; i++) {
                cycle();
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!threads.containsAll(threads()) && System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            threads().stream().filter(name -> !threads.contains(name)).forEach(name -> left.add("thread " + name));
            left.addAll(log.lines());
            return left;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void cycle() throws Exception {
        Path base = Files.createTempDirectory("start-stop-probe");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.getHost();
        Connector connector = new Connector("org.catwalk.ajp.AjpProtocol");
        connector.setPort(0);
        connector.setProperty("secret", JmxProbe.SECRET);
        tomcat.getService().addConnector(connector);
        tomcat.start();
        int port = connector.getLocalPort();
        JmxProbe.request(port);
        tomcat.stop();
        tomcat.destroy();
        Files.deleteIfExists(base);
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(new ObjectName("Tomcat:*"), null)) {
            left.add("MBean " + name);
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            left.add("port " + socket.getPort());
        } catch (ConnectException free) {
            // As it should be.
        }
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.toCollection(TreeSet::new));
    }
}
