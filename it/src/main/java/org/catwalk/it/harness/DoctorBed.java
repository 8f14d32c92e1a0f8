package org.catwalk.it.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A Tomcat and an httpd with one fault each behind every {@link Fault}, for those who are to find it: a connector, and a virtual host of mod_jk
 * that leads there.
 */
public final class DoctorBed implements AutoCloseable {

    /** A page in httpd's own directory that httpd may not read; through mod_jk's virtual host of {@link Fault#NONE}. */
    public static final String UNREADABLE = "unreadable.html";

    private static final String RIGHT = "doctor-secret";

    /** What is wrong between worker and connector. */
    public enum Fault {
        NONE,
        STOCK_NONE(true),
        SECRET_WRONG,
        STOCK_SECRET_WRONG(true),
        SECRET_MISSING,
        STOCK_SECRET_MISSING(true),
        /** The web server sends COLOUR. */
        ATTRIBUTE_REFUSED,
        STOCK_ATTRIBUTE_REFUSED(true),
        /** The web server has 64 KB, the connector 8 KB. */
        FRONT_LARGER,
        STOCK_FRONT_LARGER(true),
        /** The other way round. */
        FRONT_SMALLER,
        STOCK_FRONT_SMALLER(true),
        /** Two of them. */
        FEW_THREADS,
        STOCK_FEW_THREADS(true),
        /** Two of them. */
        FEW_CONNECTIONS,
        STOCK_FEW_CONNECTIONS(true),
        /** Listens on ::1, where there is IPv6. */
        ADDRESS_FAMILY,
        /** Wants a peer that is not there. */
        PEER_REFUSED,
        /** To be paused. */
        PAUSED,
        STOCK_PAUSED(true),
        /** Speaks HTTP. */
        NOT_AJP,
        /** A balancer whose member is not called as the Engine's jvmRoute says. */
        ROUTE_DIFFERS,
        /** A port at which nobody listens. */
        CLOSED_PORT;

        private final boolean isStock;

        Fault() {
            this(false);
        }

        Fault(boolean isStock) {
            this.isStock = isStock;
        }

        /** The fault, whoever's the connector is. */
        Fault withoutConnector() {
            return isStock ? valueOf(name().substring("STOCK_".length())) : this;
        }

        /** Name of connector, virtual host and worker. */
        public String id() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    private final TomcatInstance tomcat;
    private final HttpdInstance httpd;
    private final Map<Fault, Integer> ports;

    private DoctorBed(TomcatInstance tomcat, HttpdInstance httpd, Map<Fault, Integer> ports) {
        this.tomcat = tomcat;
        this.httpd = httpd;
        this.ports = ports;
    }

    public static DoctorBed start() {
        List<Fault> faults = new ArrayList<>(List.of(Fault.values()));
        if (!hasIpv6()) {
            faults.remove(Fault.ADDRESS_FAMILY);
        }
        TomcatInstance.Builder builder = TomcatInstance.named("doctor");
        faults.stream().filter(fault -> fault != Fault.CLOSED_PORT).forEach(fault -> builder.connector(connector(fault)));
        TomcatInstance tomcat = builder.start();
        try {
            Map<Fault, Integer> ports = new EnumMap<>(Fault.class);
            for (Fault fault : faults) {
                ports.put(fault, fault == Fault.CLOSED_PORT ? FreePorts.find(1).get(0) : tomcat.port(fault.id()));
            }
            HttpdInstance httpd = startHttpd(ports);
            Path page = httpd.httpdConf().resolveSibling("../htdocs/" + UNREADABLE).normalize();
            ItDirectory.write(page, "not for httpd\n");
            if (!page.toFile().setReadable(false, false)) {
                throw new IllegalStateException("Could not make " + page + " unreadable");
            }
            return new DoctorBed(tomcat, httpd, ports);
        } catch (RuntimeException e) {
            tomcat.close();
            throw e;
        }
    }

    private static boolean hasIpv6() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static ConnectorSpec connector(Fault fault) {
        ConnectorSpec spec = ConnectorSpec.ajp(fault.id()).with("secret", RIGHT).with("minSpareThreads", "2");
        if (fault.isStock) {
            spec = spec.with("protocol", Connector.STOCK.protocol());
        }
        return switch (fault.withoutConnector()) {
            case FRONT_SMALLER -> spec.with("packetSize", "65536");
            case FEW_THREADS -> spec.with("maxThreads", "2");
            case FEW_CONNECTIONS -> spec.with("maxConnections", "2");
            case ADDRESS_FAMILY -> spec.with("address", "::1");
            case PEER_REFUSED -> spec.with("allowedPeers", "192.0.2.1");
            case NOT_AJP -> spec.with("protocol", "HTTP/1.1").with("secret", null);
            default -> spec;
        };
    }

    private static HttpdInstance startHttpd(Map<Fault, Integer> ports) {
        HttpdInstance.Builder builder = HttpdInstance.named("httpd-doctor");
        ports.forEach((fault, port) -> {
            for (FrontEnd frontEnd : FrontEnd.values()) {
                builder.virtualHost(virtualHost(fault, port, frontEnd));
            }
        });
        builder.workerProperty("worker." + Fault.STOCK_FEW_THREADS.id() + ".ping_mode=A");
        builder.workerProperty("worker." + Fault.STOCK_FEW_THREADS.id() + ".ping_timeout=500");
        builder.workerProperty("worker.list=router");
        builder.workerProperty("worker.router.type=lb");
        builder.workerProperty("worker.router.balance_workers=" + Fault.ROUTE_DIFFERS.id());
        return builder.start();
    }

    private static VirtualHost virtualHost(Fault fault, int port, FrontEnd frontEnd) {
        boolean isModJk = frontEnd == FrontEnd.MOD_JK;
        VirtualHost host = VirtualHost.to(name(fault, frontEnd), frontEnd, port).withSecret(RIGHT).withConnections(8);
        return switch (fault.withoutConnector()) {
            case SECRET_WRONG -> host.withSecret("wrong-secret");
            case SECRET_MISSING -> host.withSecret(null);
            case ATTRIBUTE_REFUSED -> host.withDirective(isModJk ? "JkEnvVar COLOUR blue" : "SetEnv AJP_COLOUR blue");
            case FRONT_LARGER -> host.withPacketSize(65536);
            case NONE -> isModJk ? withPagesOfHttpds(host) : host;
            case ROUTE_DIFFERS -> isModJk ? host.withDirective("JkMount /form/* router") : host;
            case FEW_THREADS -> isModJk ? host : host.withProxyPassParameters("ping=500ms retry=0");
            default -> isModJk ? host : host.withProxyPassParameters("retry=0");
        };
    }

    /** One that httpd may not give to anybody, one that it cannot read, and one for a worker that is not there. */
    private static VirtualHost withPagesOfHttpds(VirtualHost host) {
        return host.withDirective("JkMount /nobody nobody")
                .withDirective("JkUnMount /" + UNREADABLE + " " + Fault.NONE.id())
                .withDirective("<Location \"/denied\">\n    Require all denied\n  </Location>");
    }

    private static String name(Fault fault, FrontEnd frontEnd) {
        return fault.id() + (frontEnd == FrontEnd.MOD_JK ? "" : "-proxy");
    }

    /** Whether the machine has what it needs; all but one need nothing. */
    public boolean has(Fault fault) {
        return ports.containsKey(fault);
    }

    public int port(Fault fault) {
        return ports.get(fault);
    }

    /** Through httpd and mod_jk. */
    public URI at(Fault fault, String path) {
        return at(fault, FrontEnd.MOD_JK, path);
    }

    public URI at(Fault fault, FrontEnd frontEnd, String path) {
        return URI.create(httpd.uri(name(fault, frontEnd)) + path);
    }

    public TomcatInstance tomcat() {
        return tomcat;
    }

    public HttpdInstance httpd() {
        return httpd;
    }

    /** A server.xml with the fault's connector alone, and the port that it really got. */
    public Path serverXml(Fault fault) {
        ConnectorSpec spec = connector(fault).with("port", Integer.toString(port(fault)));
        Path file = ItDirectory.root().resolve("instances/doctor-server-xml/" + fault.id() + ".xml");
        ItDirectory.write(file, "<Server port=\"-1\">\n  <Service name=\"Catalina\">\n" + spec.xml()
                + "    <Engine name=\"Catalina\" defaultHost=\"localhost\" jvmRoute=\"route1\"/>\n  </Service>\n</Server>\n");
        return file;
    }

    /** A file with the right secret, or another. */
    public Path secretFile(boolean isRight) {
        Path file = ItDirectory.root().resolve("instances/doctor-server-xml/secret-" + isRight);
        ItDirectory.write(file, (isRight ? RIGHT : "wrong-secret") + "\n");
        return file;
    }

    @Override
    public void close() {
        try {
            httpd.close();
        } finally {
            tomcat.close();
        }
    }
}
