package org.catwalk.it.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.catwalk.it.fleet.Fleet;
import org.catwalk.it.fleet.Node;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.Jmx;
import org.catwalk.it.harness.Reply;

/**
 * Two Tomcats behind one httpd. A second terminal kills or drains one of them, by way of a file that names the processes; a node that was
 * killed is started again after a while.
 */
final class FleetDemo {

    private static final String PAGE = "/app/demo";
    private static final long DOWN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private FleetDemo() {
    }

    /** @return the exit code */
    static int run(List<String> options) throws IOException {
        String command = options.get(0);
        if (command.equals("--fleet")) {
            if (options.size() == 1) {
                return serve();
            }
            if (options.equals(List.of("--fleet", "--once"))) {
                return tryOnce();
            }
        } else if (options.size() == 2 && List.of("--fleet-drain", "--fleet-resume", "--fleet-kill").contains(command)) {
            return tell(command, options.get(1));
        }
        System.err.println("Unknown arguments " + options + ". Usage: it/demo --fleet [--once] | --fleet-drain a | --fleet-resume a | --fleet-kill a");
        return 2;
    }

    private static Fleet start() {
        return Fleet.named(System.getProperty("demo.name", "demo-fleet")).start();
    }

    // ------------------------------------------------------------------ the first terminal

    private static int serve() throws IOException {
        ItDirectory.create(file().getParent());
        try (Fleet fleet = start()) {
            write(fleet);
            announce(fleet);
            while (!fleet.httpd().onExit().isDone()) {
                for (Node node : fleet.nodes()) {
                    if (!node.isUp() && !Demo.isShuttingDown()) {
                        startAgain(fleet, node);
                    }
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        return 1;
    }

    private static void startAgain(Fleet fleet, Node node) throws IOException {
        System.out.println("Node " + node.name() + " has ended; it starts again in ten seconds.");
        LockSupport.parkNanos(DOWN_NANOS);
        if (!Demo.isShuttingDown()) {
            node.start();
            write(fleet);
            System.out.println("Node " + node.name() + " serves again.");
        }
    }

    private static void announce(Fleet fleet) {
        System.out.println();
        System.out.println("httpd -> AJP 1.3 -> two Tomcats with Catwalk, a and b, are running. Open");
        System.out.println("  through mod_jk               " + address(fleet, FrontEnd.MOD_JK, PAGE));
        System.out.println("  mod_jk's status worker       " + address(fleet, FrontEnd.MOD_JK, "/jk-status"));
        System.out.println("  through mod_proxy_balancer   " + address(fleet, FrontEnd.MOD_PROXY_AJP, PAGE));
        System.out.println("  its manager                  " + address(fleet, FrontEnd.MOD_PROXY_AJP, "/balancer-manager"));
        System.out.println("and, in a second terminal, while the page goes on working");
        System.out.println("  it/demo --fleet-drain a      empties node a; --fleet-resume a lets it serve again");
        System.out.println("  it/demo --fleet-kill a       kill -9");
        System.out.println("Ctrl-C ends it.");
    }

    private static URI address(Fleet fleet, FrontEnd frontEnd, String path) {
        URI uri = fleet.at(frontEnd, path);
        return URI.create("http://127.0.0.1:" + uri.getPort() + path);
    }

    /** A request, the death of the node that answered it, and the same request again. */
    private static int tryOnce() throws IOException {
        try (Fleet fleet = start()) {
            URI page = fleet.at(FrontEnd.MOD_JK, PAGE);
            boolean good = Demo.ask(page, System.out);
            Client client = Client.plain();
            String first = nodeIn(client.get(page));
            System.out.println("Answered by node " + first + ", which is killed now.");
            fleet.node(first).kill();
            String second = nodeIn(client.get(page));
            System.out.println("Answered by node " + second + ".");
            return good && second != null && !second.equals(first) ? 0 : 1;
        }
    }

    private static String nodeIn(Reply reply) {
        return reply.status() != 200 ? null : reply.text().lines().map(String::strip).filter(line -> line.startsWith("node "))
                .map(line -> line.substring("node ".length()).strip()).findFirst().orElse(null);
    }

    // ------------------------------------------------------------------ the second terminal

    private static int tell(String command, String name) throws IOException {
        Properties pids = new Properties();
        if (Files.exists(file())) {
            try (InputStream in = Files.newInputStream(file())) {
                pids.load(in);
            }
        }
        String pid = pids.getProperty(name);
        if (pid == null || ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty()) {
            System.err.println("Found no running node " + name + ", known are " + pids.stringPropertyNames() + ". Start them with it/demo --fleet.");
            return 1;
        }
        if (command.equals("--fleet-kill")) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            System.out.println("Node " + name + " is killed.");
            return 0;
        }
        try (Jmx jmx = Jmx.attachTo(Long.parseLong(pid))) {
            var handler = jmx.only("Catalina:type=ProtocolHandler,*");
            Object left = jmx.invoke(handler, command.equals("--fleet-drain") ? "drain" : "resume");
            System.out.println("Node " + name + " is " + jmx.attribute(handler, "drainState") + (left == null ? "." : ", connections left: " + left));
        }
        return 0;
    }

    private static Path file() {
        return ItDirectory.root().resolve(System.getProperty("demo.name", "demo-fleet")).resolve("pids.properties");
    }

    private static void write(Fleet fleet) throws IOException {
        Properties pids = new Properties();
        fleet.nodes().stream().filter(Node::isUp).forEach(node -> pids.setProperty(node.name(), Long.toString(node.tomcat().pid())));
        try (OutputStream out = Files.newOutputStream(file())) {
            pids.store(out, "The nodes of it/demo --fleet");
        }
    }
}
