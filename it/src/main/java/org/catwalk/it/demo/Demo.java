package org.catwalk.it.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TomcatDistribution;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;

/**
 * httpd with mod_jk (and, beside it, mod_proxy_ajp) in front of Tomcat with Catwalk, on free loopback ports, until Ctrl-C.
 *
 * <p>{@code --once}: one request through mod_jk, its answer on standard output, and the end; the exit code is 0 if it was 200.
 * {@code -Ddemo.name}: directory below it/target/instances, for those who run several.
 */
public final class Demo {

    private static final String PAGE = "/app/demo";
    private static final String SECRET = "demo-secret";

    private Demo() {
    }

    public static void main(String[] arguments) throws Exception {
        List<String> options = List.of(arguments);
        if (!options.isEmpty() && options.get(0).startsWith("--fleet")) {
            System.exit(FleetDemo.run(options));
        }
        boolean once = options.contains("--once");
        if (options.size() > (once ? 1 : 0)) {
            System.err.println("Unknown arguments " + options + ". Usage: it/demo [--once], or it/demo --fleet and further commands, which it tells.");
            System.exit(2);
        }
        int exitCode = 0;
        String name = System.getProperty("demo.name", "demo");
        try (TomcatInstance tomcat = startTomcat(name); HttpdInstance httpd = startHttpd("httpd-" + name, tomcat.port("catwalk"))) {
            if (once) {
                exitCode = ask(address(httpd, "mod-jk", PAGE), System.out) ? 0 : 1;
            } else {
                announce(httpd);
                CompletableFuture.anyOf(tomcat.onExit(), httpd.onExit()).join();
                exitCode = 1;
                if (!isShuttingDown()) {
                    System.err.println("Tomcat or httpd has ended by itself; see it/target/instances/*/logs.");
                }
            }
        }
        System.exit(exitCode);
    }

    /** Ctrl-C reaches the child processes too, and some are quicker. */
    static boolean isShuttingDown() {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> { }));
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static TomcatInstance startTomcat(String name) {
        return TomcatInstance.named(name)
                .distribution(TomcatDistribution.of(TomcatDistribution.NEWEST))
                .connector(ConnectorSpec.ajp("catwalk").with("secret", SECRET))
                .start();
    }

    private static HttpdInstance startHttpd(String name, int ajpPort) {
        return HttpdInstance.named(name)
                .virtualHost(VirtualHost.to("mod-jk", FrontEnd.MOD_JK, ajpPort).withSecret(SECRET))
                .virtualHost(VirtualHost.to("mod-jk-tls", FrontEnd.MOD_JK, ajpPort).withSecret(SECRET).withTls(true))
                .virtualHost(VirtualHost.to("mod-proxy-ajp", FrontEnd.MOD_PROXY_AJP, ajpPort).withSecret(SECRET))
                .start();
    }

    private static void announce(HttpdInstance httpd) {
        System.out.println();
        System.out.println("httpd -> AJP 1.3 -> Catwalk -> Tomcat " + TomcatDistribution.NEWEST + " is running. Open");
        System.out.println("  through mod_jk            " + address(httpd, "mod-jk", PAGE));
        System.out.println("  through mod_jk with TLS   " + address(httpd, "mod-jk-tls", PAGE) + "   (a certificate of its own: curl -k)");
        System.out.println("  through mod_proxy_ajp     " + address(httpd, "mod-proxy-ajp", PAGE));
        System.out.println("  Tomcat's status page      " + address(httpd, "mod-jk", "/manager/status") + "   ("
                + TomcatInstance.OPERATOR + " / " + TomcatInstance.OPERATOR_PASSWORD + ")");
        System.out.println("Ctrl-C ends it.");
    }

    private static URI address(HttpdInstance httpd, String virtualHost, String path) {
        URI uri = httpd.uri(virtualHost);
        return URI.create(uri.getScheme() + "://127.0.0.1:" + uri.getPort() + path);
    }

    static boolean ask(URI page, PrintStream out) throws IOException {
        try (RawConnection connection = RawConnection.to(page)) {
            Reply reply = connection.request("GET", page, "Accept: text/plain", "User-Agent: it/demo", "Connection: close").readReply();
            out.println("GET " + page);
            out.println("HTTP/1.1 " + reply.status() + " " + reply.reason());
            reply.headers().forEach((name, values) -> values.forEach(value -> out.println(name + ": " + value)));
            out.println();
            out.println(reply.text());
            return reply.status() == 200 && !reply.isCut();
        }
    }
}
