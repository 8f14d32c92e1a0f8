package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A second bed beside {@link TestBed}, for what needs attributes of our own: one Tomcat with a connector per {@link GuardMount} and
 * front end, one httpd, and a {@link PacketTap} in between where a test looks at packets or needs a slow line.
 */
public final class GuardBed implements AutoCloseable {

    static final String FIRST_IN_FILE = "first-in-file";
    static final String SECOND_IN_FILE = "second-in-file";

    private final TomcatInstance tomcat;
    private final Map<String, PacketTap> taps;
    private final HttpdInstance httpd;
    private final Set<GuardMount> mounts;

    private GuardBed(TomcatInstance tomcat, Map<String, PacketTap> taps, HttpdInstance httpd, Set<GuardMount> mounts) {
        this.tomcat = tomcat;
        this.taps = taps;
        this.httpd = httpd;
        this.mounts = mounts;
    }

    public static GuardBed start() {
        Set<GuardMount> mounts = EnumSet.allOf(GuardMount.class);
        if (!hasIpv6()) {
            mounts.remove(GuardMount.ODD_IPV6);
        }
        Path secretFiles = ItDirectory.empty("instances/guard-secrets");
        TomcatInstance tomcat = startTomcat(mounts, secretFiles);
        try {
            Map<String, PacketTap> taps = new LinkedHashMap<>();
            return new GuardBed(tomcat, taps, startHttpd(mounts, tomcat, taps), mounts);
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

    private static TomcatInstance startTomcat(Set<GuardMount> mounts, Path secretFiles) {
        TomcatInstance.Builder builder = TomcatInstance.named("guard");
        Map<String, ConnectorSpec> specs = new LinkedHashMap<>();
        for (FrontEnd frontEnd : FrontEnd.values()) {
            for (GuardMount mount : mounts) {
                String name = mount.connector(frontEnd);
                ConnectorSpec spec = ConnectorSpec.ajp(name).with(mount.attributes());
                if (mount == GuardMount.FILE_FIRST) {
                    Path file = secretFiles.resolve(frontEnd.name());
                    write(file, FIRST_IN_FILE);
                    spec = spec.with("secretFile", file.toString());
                }
                specs.putIfAbsent(name, spec);
            }
            specs.put(idle(frontEnd), ConnectorSpec.ajp(idle(frontEnd)).with("secret", Mount.SECRET));
        }
        specs.values().forEach(builder::connector);
        return builder.start();
    }

    private static HttpdInstance startHttpd(Set<GuardMount> mounts, TomcatInstance tomcat, Map<String, PacketTap> taps) {
        HttpdInstance.Builder builder = HttpdInstance.named("httpd-guard")
                .module("slotmem_shm").module("proxy_balancer").module("lbmethod_byrequests");
        for (FrontEnd frontEnd : FrontEnd.values()) {
            for (GuardMount mount : mounts) {
                String connector = mount.connector(frontEnd);
                int port = tomcat.port(connector);
                if (mount.isTapped()) {
                    int behind = port;
                    port = taps.computeIfAbsent(connector, name -> PacketTap.to(behind)).port();
                }
                builder.virtualHost(mount.complete(VirtualHost.to(mount.hostName(frontEnd), frontEnd, port), frontEnd));
            }
        }
        modJkBalancer(builder, tomcat);
        modProxyBalancer(builder, tomcat);
        return builder.start();
    }

    // ---- a balancer over a connector that may be busy and one that never is

    private static String idle(FrontEnd frontEnd) {
        return frontEnd == FrontEnd.MOD_JK ? "idle-jk" : "idle-proxy";
    }

    static VirtualHost balanced(VirtualHost host, FrontEnd frontEnd) {
        return frontEnd == FrontEnd.MOD_JK ? host.withDirective("JkMount /app/* balancer")
                : host.withDirective("<Location \"/app/\">\n    ProxyPass \"balancer://ready/app/\" nocanon\n  </Location>");
    }

    private static void modJkBalancer(HttpdInstance.Builder builder, TomcatInstance tomcat) {
        String busy = GuardMount.READY.hostName(FrontEnd.MOD_JK);
        builder.workerProperty("worker.list=balancer");
        builder.workerProperty("worker.balancer.type=lb");
        builder.workerProperty("worker.balancer.balance_workers=" + busy + ",idle-jk");
        builder.workerProperty("worker." + busy + ".lbfactor=100");
        builder.workerProperty("worker.idle-jk.type=ajp13");
        builder.workerProperty("worker.idle-jk.host=127.0.0.1");
        builder.workerProperty("worker.idle-jk.port=" + tomcat.port(idle(FrontEnd.MOD_JK)));
        builder.workerProperty("worker.idle-jk.secret=" + Mount.SECRET);
        builder.workerProperty("worker.idle-jk.lbfactor=1");
    }

    private static void modProxyBalancer(HttpdInstance.Builder builder, TomcatInstance tomcat) {
        String member = "  BalancerMember \"ajp://127.0.0.1:%d\" secret=" + Mount.SECRET + " ping=5 retry=1 loadfactor=%d";
        builder.directive("<Proxy \"balancer://ready\">");
        builder.directive(member.formatted(tomcat.port(GuardMount.READY.connector(FrontEnd.MOD_PROXY_AJP)), 100));
        builder.directive(member.formatted(tomcat.port(idle(FrontEnd.MOD_PROXY_AJP)), 1));
        builder.directive("</Proxy>");
    }

    // ---- what tests ask for

    /** Whether the machine has what the mount needs; all but one need nothing. */
    public boolean has(GuardMount mount) {
        return mounts.contains(mount);
    }

    public TomcatInstance tomcat() {
        return tomcat;
    }

    public HttpdInstance httpd() {
        return httpd;
    }

    /** Address of {@code path} (with query, as it goes over the wire). */
    public URI at(FrontEnd frontEnd, GuardMount mount, String path) {
        return URI.create(httpd.uri(mount.hostName(frontEnd)) + path);
    }

    /** Name of the connector behind the mount, as {@link TomcatInstance#port(String)} wants it. */
    public String connector(FrontEnd frontEnd, GuardMount mount) {
        return mount.connector(frontEnd);
    }

    /** What stands between front end and connector. */
    public PacketTap tap(FrontEnd frontEnd, GuardMount mount) {
        PacketTap tap = taps.get(mount.connector(frontEnd));
        if (tap == null) {
            throw new IllegalArgumentException("No tap behind " + mount);
        }
        return tap;
    }

    /** A number that Catwalk counts for the connector behind the mount. */
    public long counter(FrontEnd frontEnd, GuardMount mount, String counter) {
        return (Long) tomcat.jmx().attribute(tomcat.statisticsBean(mount.connector(frontEnd)), counter);
    }

    /** How often which secret of the connector behind the mount was used, a line for each. */
    public List<String> secretUses(FrontEnd frontEnd, GuardMount mount) {
        return List.of((String[]) tomcat.jmx().attribute(tomcat.statisticsBean(mount.connector(frontEnd)), "secretUses"));
    }

    /** The file of secrets behind {@link GuardMount#FILE_FIRST}; holds its secret at first. */
    public Path secretFile(FrontEnd frontEnd) {
        return ItDirectory.root().resolve("instances/guard-secrets").resolve(frontEnd.name());
    }

    private static void write(Path file, String secret) {
        ItDirectory.write(file, secret + "\n");
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        List<AutoCloseable> all = new ArrayList<>(taps.values());
        all.add(0, httpd);
        all.add(tomcat);
        RuntimeException failure = null;
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                failure = new IllegalStateException("Could not close " + each, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
