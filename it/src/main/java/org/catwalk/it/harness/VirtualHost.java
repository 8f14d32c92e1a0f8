package org.catwalk.it.harness;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A virtual host of httpd, on a port of its own, that passes everything on to one AJP connector. Immutable; each {@code with} method
 * gives a changed copy.
 */
public final class VirtualHost {

    /** Unique; becomes the name of mod_jk's worker. */
    private final String name;
    private final FrontEnd frontEnd;
    /** The AJP connector, as mod_proxy writes it: {@code ajp://127.0.0.1:PORT}, or {@code unix:PATH|ajp://localhost}. */
    private final String backend;
    private String address = "127.0.0.1";
    private int packetSize = 8192;
    private String secret;
    private int connections = 64;
    private boolean tls;
    private boolean basicAuthentication;
    private boolean cping;
    private boolean canonicalPaths;
    private String proxyPassParameters = "";
    private List<String> directives = List.of();
    /** Members of a balancer, by route; empty if there is one backend. */
    private Map<String, Integer> members = Map.of();
    private List<String> memberProperties = List.of();

    private VirtualHost(String name, FrontEnd frontEnd, String backend) {
        this.name = name;
        this.frontEnd = frontEnd;
        this.backend = backend;
    }

    /** Passes everything on to a connector at 127.0.0.1, with packets of 8192 bytes and without a secret. */
    public static VirtualHost to(String name, FrontEnd frontEnd, int backendPort) {
        return new VirtualHost(name, frontEnd, "ajp://127.0.0.1:" + backendPort);
    }

    /**
     * Spreads everything over several connectors at 127.0.0.1, and keeps sessions where they are.
     *
     * @param members port by route, which is the jvmRoute of the Tomcat behind it
     */
    public static VirtualHost balancing(String name, FrontEnd frontEnd, Map<String, Integer> members) {
        VirtualHost host = new VirtualHost(name, frontEnd, "balancer://" + name);
        host.members = members;
        return host;
    }

    /** A further setting of the worker, or of each member of a balancer: {@code recovery_options=3} for mod_jk, {@code retry=5} for mod_proxy. */
    public VirtualHost withMemberProperty(String assignment) {
        return copy(copy -> copy.memberProperties = Stream.concat(memberProperties.stream(), Stream.of(assignment)).toList());
    }

    /** Only mod_proxy_ajp can do this. */
    public static VirtualHost overUnixSocket(String name, Path socket) {
        return new VirtualHost(name, FrontEnd.MOD_PROXY_AJP, "unix:" + socket + "|ajp://localhost");
    }

    /** Where httpd listens, as it writes it: {@code 127.0.0.1} unless told otherwise, or {@code [::1]}. */
    public VirtualHost withAddress(String literal) {
        return copy(copy -> copy.address = literal);
    }

    /** Largest packet in bytes that the front end sends and accepts. */
    public VirtualHost withPacketSize(int bytes) {
        return copy(copy -> copy.packetSize = bytes);
    }

    /** What the front end sends; null for no secret. */
    public VirtualHost withSecret(String sent) {
        return copy(copy -> copy.secret = sent);
    }

    /** How many connections the front end may keep open at once. */
    public VirtualHost withConnections(int most) {
        return copy(copy -> copy.connections = most);
    }

    /** Whether httpd takes TLS and asks for (not: insists on) a client certificate. */
    public VirtualHost withTls(boolean on) {
        return copy(copy -> copy.tls = on);
    }

    /** Whether httpd asks for {@link HttpdInstance#USER}. */
    public VirtualHost withBasicAuthentication(boolean on) {
        return copy(copy -> copy.basicAuthentication = on);
    }

    /** Whether the front end asks with CPING before each request. */
    public VirtualHost withCping(boolean on) {
        return copy(copy -> copy.cping = on);
    }

    /** Whether httpd decodes paths and encodes them anew, as it does by default, instead of passing on the client's own spelling. */
    public VirtualHost withCanonicalPaths(boolean on) {
        return copy(copy -> copy.canonicalPaths = on);
    }

    /** Further {@code key=value} pairs for mod_proxy_ajp's ProxyPass. */
    public VirtualHost withProxyPassParameters(String parameters) {
        return copy(copy -> copy.proxyPassParameters = parameters);
    }

    /** Adds a line behind all others of this virtual host. */
    public VirtualHost withDirective(String line) {
        return copy(copy -> copy.directives = Stream.concat(directives.stream(), Stream.of(line)).toList());
    }

    private VirtualHost copy(Consumer<VirtualHost> change) {
        VirtualHost copy = new VirtualHost(name, frontEnd, backend);
        copy.address = address;
        copy.packetSize = packetSize;
        copy.secret = secret;
        copy.connections = connections;
        copy.tls = tls;
        copy.basicAuthentication = basicAuthentication;
        copy.cping = cping;
        copy.canonicalPaths = canonicalPaths;
        copy.proxyPassParameters = proxyPassParameters;
        copy.directives = directives;
        copy.members = members;
        copy.memberProperties = memberProperties;
        change.accept(copy);
        return copy;
    }

    String name() {
        return name;
    }

    FrontEnd frontEnd() {
        return frontEnd;
    }

    boolean tls() {
        return tls;
    }

    /** Scheme, host and port under which clients find it. */
    URI uri(int port) {
        String host = address.equals("127.0.0.1") ? "localhost" : address;
        return URI.create((tls ? "https" : "http") + "://" + host + ":" + port);
    }

    String configuration(int port, Certificates certificates, String passwordFile) {
        StringBuilder text = new StringBuilder("Listen " + address + ":" + port + "\n<VirtualHost " + address + ":" + port + ">\n");
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
        if (!canonicalPaths) {
            // The client's own spelling of the URI, percent signs included, as mod_proxy_ajp passes it on with nocanon.
            line(text, "JkOptions +ForwardURICompatUnparsed");
        }
        if (tls) {
            line(text, "JkOptions +ForwardKeySize +ForwardSSLCertChain");
        }
    }

    private void modProxyAjp(StringBuilder text) {
        line(text, "ProxyIOBufferSize " + packetSize);
        if (!members.isEmpty()) {
            balancer(text);
            return;
        }
        line(text, "ProxyPass \"/\" \"" + backend + "/\"" + (canonicalPaths ? "" : " nocanon")
                + (secret == null ? "" : " secret=" + secret) + (connections == 1 ? " max=1" : "") + (cping ? " ping=5" : "")
                + " " + String.join(" ", memberProperties) + " " + proxyPassParameters);
    }

    private void balancer(StringBuilder text) {
        line(text, "<Proxy \"" + backend + "\">");
        members.forEach((route, port) -> line(text, "  BalancerMember \"ajp://127.0.0.1:" + port + "\" route=" + route
                + (secret == null ? "" : " secret=" + secret) + (cping ? " ping=5" : "") + " " + String.join(" ", memberProperties)));
        line(text, "  ProxySet stickysession=JSESSIONID|jsessionid");
        line(text, "</Proxy>");
        line(text, "<Location \"/balancer-manager\">");
        line(text, "  SetHandler balancer-manager");
        line(text, "</Location>");
        line(text, "ProxyPass \"/balancer-manager\" !");
        line(text, "ProxyPass \"/\" \"" + backend + "/\"" + (canonicalPaths ? "" : " nocanon") + " " + proxyPassParameters);
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
        if (members.isEmpty()) {
            ajpWorker(text, name, backend.substring(backend.lastIndexOf(':') + 1));
            memberProperties.forEach(each -> property(text, name, each));
            return text.toString();
        }
        property(text, name, "type=lb");
        property(text, name, "balance_workers=" + members.keySet().stream().map(this::member).collect(Collectors.joining(",")));
        members.forEach((route, port) -> {
            ajpWorker(text, member(route), port.toString());
            property(text, member(route), "route=" + route);
            memberProperties.forEach(each -> property(text, member(route), each));
        });
        return text.toString();
    }

    /** The name of the worker that stands for one member of a balancer of mod_jk. */
    public String member(String route) {
        return name + "-" + route;
    }

    private void ajpWorker(StringBuilder text, String worker, String port) {
        property(text, worker, "type=ajp13");
        property(text, worker, "host=127.0.0.1");
        property(text, worker, "port=" + port);
        property(text, worker, "max_packet_size=" + packetSize);
        property(text, worker, "connection_pool_size=" + connections);
        if (secret != null) {
            property(text, worker, "secret=" + secret);
        }
        if (cping) {
            property(text, worker, "ping_mode=A");
        }
    }

    private static void property(StringBuilder text, String worker, String assignment) {
        text.append("worker.").append(worker).append('.').append(assignment).append('\n');
    }
}
