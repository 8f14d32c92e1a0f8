package org.catwalk.it.fleet;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;

/**
 * Tomcats with Catwalk behind one httpd that balances them twice: with mod_jk's lb worker, and with mod_proxy_balancer. Configured as
 * the user guide recommends (load-balancing.md), with times to recover that suit tests.
 */
public final class Fleet implements AutoCloseable {

    static final String CONNECTOR = "ajp";
    private static final String SECRET = "fleet-secret";
    private static final Map<FrontEnd, String> HOSTS = Map.of(FrontEnd.MOD_JK, "mod-jk", FrontEnd.MOD_PROXY_AJP, "mod-proxy");

    private final Builder builder;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Ledger ledger;
    private final HttpdInstance httpd;

    private Fleet(Builder builder) {
        this.builder = builder;
        ledger = new Ledger(ItDirectory.empty("instances/ledger-" + builder.name).resolve("ledger"));
        builder.nodes.forEach(name -> nodes.put(name, new Node(name, this)));
        CompletableFuture.allOf(nodes.values().stream().map(node -> CompletableFuture.runAsync(node::start)).toArray(CompletableFuture[]::new))
                .join();
        httpd = startHttpd();
    }

    public static Builder named(String name) {
        return new Builder(name);
    }

    public Node node(String name) {
        return nodes.get(name);
    }

    public Collection<Node> nodes() {
        return nodes.values();
    }

    public HttpdInstance httpd() {
        return httpd;
    }

    public Ledger ledger() {
        return ledger;
    }

    public URI at(FrontEnd frontEnd, String path) {
        return httpd.uri(HOSTS.get(frontEnd)).resolve(path);
    }

    /** @return mod_jk's name of the member that stands for a node. */
    public String member(Node node) {
        return host(FrontEnd.MOD_JK).member(node.name());
    }

    /** @return mod_jk's name of the balancer. */
    public String balancer() {
        return HOSTS.get(FrontEnd.MOD_JK);
    }

    TomcatInstance.Builder configure(Node node) {
        TomcatInstance.Builder tomcat = TomcatInstance.named(builder.name + "-" + node.name()).route(node.name())
                .jvmOption("-Dfleet.node=" + node.name()).jvmOption("-Dfleet.ledger=" + ledger.path())
                .connector(builder.connector.apply(ConnectorSpec.ajp(CONNECTOR).with("port", Integer.toString(node.port()))
                        .with("secret", SECRET).with("bindOnInit", "false")))
                .withoutAccessLog();
        builder.engineXml.forEach(xml -> tomcat.engineXml(xml.apply(this, node)));
        return tomcat;
    }

    private HttpdInstance startHttpd() {
        HttpdInstance.Builder configuration = HttpdInstance.named("httpd-" + builder.name).statusWorker()
                .module("slotmem_shm").module("proxy_balancer").module("lbmethod_byrequests")
                // A client that pauses for thought must not meet httpd's own close.
                .directive("KeepAliveTimeout 60").workerProperty("worker.maintain=1")
                .workerProperty("worker." + balancer() + ".recover_time=3")
                .workerProperty("worker." + balancer() + ".error_escalation_time=0");
        for (FrontEnd frontEnd : HOSTS.keySet()) {
            configuration.virtualHost(host(frontEnd));
        }
        return configuration.start();
    }

    private VirtualHost host(FrontEnd frontEnd) {
        Map<String, Integer> members = new LinkedHashMap<>();
        nodes.values().forEach(node -> members.put(node.name(), node.port()));
        VirtualHost host = VirtualHost.balancing(HOSTS.get(frontEnd), frontEnd, members).withSecret(SECRET);
        return frontEnd == FrontEnd.MOD_PROXY_AJP
                ? host.withMemberProperty("ping=2").withMemberProperty("connectiontimeout=2").withMemberProperty("retry=1")
                : host.withCping(true).withMemberProperty("recovery_options=23").withMemberProperty("ping_timeout=1000")
                        .withMemberProperty("socket_connect_timeout=2000")
                        .withDirective("JkMount /jk-status " + HttpdInstance.STATUS_WORKER);
    }

    @Override
    public void close() {
        httpd.close();
        nodes.values().parallelStream().forEach(Node::close);
    }

    /** What to start. */
    public static final class Builder {

        private final String name;
        private List<String> nodes = List.of("a", "b");
        private UnaryOperator<ConnectorSpec> connector = UnaryOperator.identity();
        private final List<EngineXml> engineXml = new ArrayList<>();

        private Builder(String name) {
            this.name = name;
        }

        public Builder nodes(String... names) {
            nodes = List.of(names);
            return this;
        }

        /** Changes the AJP connector of each node. */
        public Builder connector(UnaryOperator<ConnectorSpec> change) {
            connector = change;
            return this;
        }

        /** Adds text inside the Engine of each node. */
        public Builder engineXml(EngineXml xml) {
            engineXml.add(xml);
            return this;
        }

        /** Starts all nodes, then httpd, and returns when they serve. */
        public Fleet start() {
            return new Fleet(this);
        }
    }

    /** Text for inside an Engine, which may depend on the node and its fellows. */
    public interface EngineXml {
        String apply(Fleet fleet, Node node);
    }
}
