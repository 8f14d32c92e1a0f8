package org.catwalk.it.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A virtual host of httpd, on a port of its own, that passes everything on to one AJP connector.
 *
 * @param name unique; becomes the name of mod_jk's worker
 * @param backend the AJP connector, as mod_proxy writes it: {@code ajp://127.0.0.1:PORT}, or {@code unix:PATH|ajp://localhost}
 * @param packetSize in bytes, set on the front end's side
 * @param secret to send; null for none
 * @param connections that the front end may keep open at once
 * @param tls whether httpd takes TLS and asks for (not: insists on) a client certificate
 * @param basicAuthentication whether httpd asks for {@link HttpdInstance#USER}
 * @param directives more lines for the virtual host
 * @param cping whether the front end asks with CPING before each request
 */
public record VirtualHost(String name, FrontEnd frontEnd, String backend, int packetSize, String secret, int connections,
        boolean tls, boolean basicAuthentication, boolean cping, List<String> directives) {

    public static VirtualHost to(String name, FrontEnd frontEnd, int backendPort) {
        return new VirtualHost(name, frontEnd, "ajp://127.0.0.1:" + backendPort, 8192, null, 64, false, false, false, List.of());
    }

    /** Only mod_proxy_ajp can do this. */
    public static VirtualHost overUnixSocket(String name, Path socket) {
        return new VirtualHost(name, FrontEnd.MOD_PROXY_AJP, "unix:" + socket + "|ajp://localhost", 8192, null, 64, false, false,
                false, List.of());
    }

    public VirtualHost withPacketSize(int bytes) {
        return new VirtualHost(name, frontEnd, backend, bytes, secret, connections, tls, basicAuthentication, cping, directives);
    }

    public VirtualHost withSecret(String sent) {
        return new VirtualHost(name, frontEnd, backend, packetSize, sent, connections, tls, basicAuthentication, cping, directives);
    }

    public VirtualHost withConnections(int most) {
        return new VirtualHost(name, frontEnd, backend, packetSize, secret, most, tls, basicAuthentication, cping, directives);
    }

    public VirtualHost withTls(boolean on) {
        return new VirtualHost(name, frontEnd, backend, packetSize, secret, connections, on, basicAuthentication, cping, directives);
    }

    public VirtualHost withBasicAuthentication(boolean on) {
        return new VirtualHost(name, frontEnd, backend, packetSize, secret, connections, tls, on, cping, directives);
    }

    public VirtualHost withCping(boolean on) {
        return new VirtualHost(name, frontEnd, backend, packetSize, secret, connections, tls, basicAuthentication, on,
                directives);
    }

    public VirtualHost withDirective(String line) {
        List<String> longer = new ArrayList<>(directives);
        longer.add(line);
        return new VirtualHost(name, frontEnd, backend, packetSize, secret, connections, tls, basicAuthentication, cping,
                List.copyOf(longer));
    }

    String configuration(int port, Certificates certificates, String passwordFile) {
        StringBuilder text = new StringBuilder("Listen 127.0.0.1:" + port + "\n<VirtualHost 127.0.0.1:" + port + ">\n");
        line(text, "ServerName localhost");
        line(text, "AllowEncodedSlashes NoDecode");
        if (tls) {
            tls(text, certificates);
        }
        if (basicAuthentication) {
            basicAuthentication(text, passwordFile);
        }
        switch (frontEnd) {
            case MOD_JK -> modJk(text);
            case MOD_PROXY_AJP -> modProxyAjp(text);
        }
        directives.forEach(directive -> line(text, directive));
        return text.append("</VirtualHost>\n").toString();
    }

    private static void tls(StringBuilder text, Certificates certificates) {
        line(text, "SSLEngine on");
        line(text, "SSLCertificateFile \"" + certificates.serverCertificate() + "\"");
        line(text, "SSLCertificateKeyFile \"" + certificates.serverKey() + "\"");
        line(text, "SSLCACertificateFile \"" + certificates.authorities() + "\"");
        line(text, "SSLVerifyClient optional");
        line(text, "SSLVerifyDepth 3");
        line(text, "SSLOptions +StdEnvVars +ExportCertData");
    }

    private static void basicAuthentication(StringBuilder text, String passwordFile) {
        line(text, "<Location \"/\">");
        line(text, "  AuthType Basic");
        line(text, "  AuthName \"httpd\"");
        line(text, "  AuthBasicProvider file");
        line(text, "  AuthUserFile \"" + passwordFile + "\"");
        line(text, "  Require valid-user");
        line(text, "</Location>");
    }

    private void modJk(StringBuilder text) {
        line(text, "JkMount /* " + name);
        // The client's own spelling of the URI, percent signs included, as mod_proxy_ajp passes it on with nocanon.
        line(text, "JkOptions +ForwardURICompatUnparsed");
        if (tls) {
            line(text, "JkOptions +ForwardKeySize +ForwardSSLCertChain");
        }
    }

    private void modProxyAjp(StringBuilder text) {
        line(text, "ProxyIOBufferSize " + packetSize);
        line(text, "ProxyPass \"/\" \"" + backend + "/\" nocanon"
                + (secret == null ? "" : " secret=" + secret) + (connections == 1 ? " max=1" : "") + (cping ? " ping=5" : ""));
    }

    private static void line(StringBuilder text, String line) {
        text.append("  ").append(line).append('\n');
    }

    /** The worker for workers.properties; empty for mod_proxy_ajp. */
    String workerLines() {
        if (frontEnd != FrontEnd.MOD_JK) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        worker(text, "type=ajp13");
        worker(text, "host=127.0.0.1");
        worker(text, "port=" + backend.substring(backend.lastIndexOf(':') + 1));
        worker(text, "max_packet_size=" + packetSize);
        worker(text, "connection_pool_size=" + connections);
        if (secret != null) {
            worker(text, "secret=" + secret);
        }
        if (cping) {
            worker(text, "ping_mode=A");
        }
        return text.toString();
    }

    private void worker(StringBuilder text, String assignment) {
        text.append("worker.").append(name).append('.').append(assignment).append('\n');
    }
}
