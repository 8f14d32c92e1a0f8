package org.catwalk.it.harness;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What the scenarios share, because starting it takes seconds: one Tomcat with every connector that {@link Mount} names, and one
 * httpd with a virtual host per mount and front end.
 */
public final class TestBed implements AutoCloseable {

    private final TomcatInstance tomcat;
    private final HttpdInstance httpd;

    private TestBed(TomcatInstance tomcat, HttpdInstance httpd) {
        this.tomcat = tomcat;
        this.httpd = httpd;
    }

    public static TestBed start() {
        TomcatInstance tomcat = startTomcat();
        try {
            return new TestBed(tomcat, startHttpd(tomcat));
        } catch (RuntimeException e) {
            tomcat.close();
            throw e;
        }
    }

    private static TomcatInstance startTomcat() {
        TomcatInstance.Builder builder = TomcatInstance.named("shared-" + Connector.underTest().name().toLowerCase(java.util.Locale.ROOT));
        Set<String> seen = new LinkedHashSet<>();
        for (Mount mount : Mount.values()) {
            if (seen.add(mount.connector())) {
                builder.connector(ConnectorSpec.ajp(mount.connector()).with(mount.connectorAttributes()));
            }
        }
        return builder.start();
    }

    private static HttpdInstance startHttpd(TomcatInstance tomcat) {
        HttpdInstance.Builder builder = HttpdInstance.named("httpd-shared");
        for (FrontEnd frontEnd : FrontEnd.values()) {
            for (Mount mount : Mount.values()) {
                VirtualHost host = VirtualHost.to(name(frontEnd, mount), frontEnd, tomcat.port(mount.connector()))
                        .withPacketSize(mount.packetSize())
                        .withSecret(mount.secretSent())
                        .withConnections(mount.has(Mount.Option.SINGLE_CONNECTION) ? 1 : 64)
                        .withCping(mount.has(Mount.Option.CPING))
                        .withTls(mount.has(Mount.Option.TLS))
                        .withBasicAuthentication(mount.has(Mount.Option.BASIC_AUTHENTICATION));
                for (String directive : mount.directives(frontEnd)) {
                    host = host.withDirective(directive);
                }
                builder.virtualHost(host);
            }
        }
        return builder.start();
    }

    private static String name(FrontEnd frontEnd, Mount mount) {
        return (frontEnd + "-" + mount).toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    public TomcatInstance tomcat() {
        return tomcat;
    }

    public HttpdInstance httpd() {
        return httpd;
    }

    /** Address of {@code path} (with query, as it goes over the wire) for ordinary traffic on {@code lane}. */
    public URI at(Lane lane, String path) {
        return at(lane.frontEnd(), lane.mount(), path);
    }

    public URI at(FrontEnd frontEnd, Mount mount, String path) {
        return URI.create(httpd.uri(name(frontEnd, mount)) + path);
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
