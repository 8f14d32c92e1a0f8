package org.catwalk.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.VirtualHost;

/** An httpd of the integration tests' harness with one virtual host, in front of one server. */
final class Httpd implements Closeable {

    private static final String HOST = "bench";

    private final HttpdInstance instance;
    private final int port;

    private Httpd(HttpdInstance instance, int port) {
        this.instance = instance;
        this.port = port;
    }

    /** Passes everything on through mod_jk, or mod_proxy_ajp, with packets of 8 KB. */
    static Httpd ajp(String name, FrontEnd frontEnd, int backendPort) throws IOException {
        HttpdInstance instance = builder(name).virtualHost(VirtualHost.to(HOST, frontEnd, backendPort)).start();
        return new Httpd(instance, instance.uri(HOST).getPort());
    }

    /** Passes everything on through mod_proxy_http, which keeps its connections open as the AJP modules do. */
    static Httpd http(String name, int backendPort) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        HttpdInstance instance = builder(name).directive("LoadModule proxy_http_module \"" + modules() + "/mod_proxy_http.so\"")
                .directive("Listen 127.0.0.1:" + port).directive("<VirtualHost 127.0.0.1:" + port + ">")
                .directive("ProxyPass \"/\" \"http://127.0.0.1:" + backendPort + "/\"").directive("</VirtualHost>").start();
        return new Httpd(instance, port);
    }

    private static HttpdInstance.Builder builder(String name) {
        return HttpdInstance.named("bench-" + name.replaceAll("[^a-z0-9]+", "-")).directive("MaxKeepAliveRequests 0")
                .directive("KeepAliveTimeout 60");
    }

    private static Path modules() {
        String given = System.getProperty("httpd.modules", "");
        Path debian = Path.of("/usr/lib/apache2/modules");
        return !given.isEmpty() ? Path.of(given) : Files.exists(debian) ? debian : Path.of("/usr/lib64/httpd/modules");
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        instance.close();
    }
}
