package org.catwalk.it;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.catwalk.it.fleet.Ledger;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;

/** One httpd and one Tomcat with a connector for each virtual host, so that what one of them counts belongs to that host alone. */
final class ConnectorPerHost implements AutoCloseable {

    private static final String SECRET = "s3cret";

    private final Ledger ledger;
    private final TomcatInstance tomcat;
    private final HttpdInstance httpd;

    private ConnectorPerHost(Builder builder) {
        ledger = new Ledger(ItDirectory.empty("instances/ledger-" + builder.name).resolve("ledger"));
        TomcatInstance.Builder connectors = TomcatInstance.named(builder.name).jvmOption("-Dfleet.ledger=" + ledger.path());
        builder.connectors.forEach((name, attributes) ->
                connectors.connector(ConnectorSpec.ajp(name).with("secret", SECRET).with(attributes)));
        tomcat = connectors.start();
        HttpdInstance.Builder hosts = HttpdInstance.named("httpd-" + builder.name);
        for (Host host : builder.hosts) {
            hosts.virtualHost(host.change.apply(VirtualHost.to(host.name, host.frontEnd, tomcat.port(host.name)).withSecret(SECRET)));
        }
        httpd = builder.httpd.apply(hosts).start();
    }

    static Builder named(String name) {
        return new Builder(name);
    }

    HttpdInstance httpd() {
        return httpd;
    }

    TomcatInstance tomcat() {
        return tomcat;
    }

    Ledger ledger() {
        return ledger;
    }

    URI at(String host, String path) {
        return httpd.uri(host).resolve(path);
    }

    /** @return one of Catwalk's counters for the connector behind that host. */
    long counter(String host, String counter) {
        return ((Number) tomcat.jmx().attribute(tomcat.statisticsBean(host), counter)).longValue();
    }

    /** @return open connections between httpd and Tomcat for that host. */
    long connections(String host) {
        return ((Number) tomcat.jmx().attribute(tomcat.threadPoolBean(host), "connectionCount")).longValue();
    }

    @Override
    public void close() {
        httpd.close();
        tomcat.close();
    }

    private record Host(String name, FrontEnd frontEnd, UnaryOperator<VirtualHost> change) {
    }

    /** What to start. */
    static final class Builder {

        private final String name;
        private final Map<String, Map<String, String>> connectors = new LinkedHashMap<>();
        private final List<Host> hosts = new ArrayList<>();
        private UnaryOperator<HttpdInstance.Builder> httpd = UnaryOperator.identity();

        private Builder(String name) {
            this.name = name;
        }

        /** @param attributes of the connector behind it */
        Builder host(String host, FrontEnd frontEnd, Map<String, String> attributes, UnaryOperator<VirtualHost> change) {
            connectors.put(host, attributes);
            hosts.add(new Host(host, frontEnd, change));
            return this;
        }

        Builder httpd(UnaryOperator<HttpdInstance.Builder> change) {
            httpd = change;
            return this;
        }

        ConnectorPerHost start() {
            return new ConnectorPerHost(this);
        }
    }
}
