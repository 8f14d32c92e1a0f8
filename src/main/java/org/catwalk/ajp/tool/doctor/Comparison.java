package org.catwalk.ajp.tool.doctor;

import static org.catwalk.ajp.tool.doctor.Finding.broken;
import static org.catwalk.ajp.tool.doctor.Finding.note;
import static org.catwalk.ajp.tool.doctor.Finding.warning;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.catwalk.ajp.tool.doctor.Backend.Parameter;

/**
 * Holds what the web server was told against what Tomcat was told. Says nothing about values that it cannot know. Secrets are compared and
 * never shown.
 */
final class Comparison {

    private final Configuration configuration;
    private final String host;
    private final int port;
    private final List<Finding> findings = new ArrayList<>();

    private Comparison(Configuration configuration, String host, int port) {
        this.configuration = configuration;
        this.host = host;
        this.port = port;
    }

    /**
     * @param host of the connector that the operator asks about
     * @param port of the same
     * @return what does not fit together, the most basic first
     */
    static List<Finding> of(Configuration configuration, String host, int port) {
        Comparison comparison = new Comparison(configuration, host, port);
        comparison.compare();
        return comparison.findings;
    }

    private void compare() {
        Optional<AjpConnector> connector = configuration.connectorAt(port);
        List<Backend> backends = configuration.backendsFor(host, port);
        mounts();
        ports(connector, backends);
        connector.ifPresent(this::alone);
        for (Backend backend : backends) {
            connector.ifPresent(each -> pair(backend, each));
            pool(backend);
        }
        connector.ifPresent(each -> allConnections(backends, each));
    }

    private void pair(Backend backend, AjpConnector connector) {
        address(backend, connector);
        secret(backend, connector);
        packetSize(backend, connector);
        idleTimeout(backend, connector);
        route(backend, connector);
    }

    // ---- where requests go

    private void mounts() {
        if (configuration.workers().isEmpty()) {
            return;
        }
        WorkersFile workers = configuration.workers().get();
        for (Setting mount : configuration.httpd().map(HttpdConf::mounts).orElse(List.of())) {
            String worker = mount.value().replaceFirst(";.*", "");
            if (mount.isKnown() && !workers.mountable().contains(worker)) {
                findings.add(broken("MOUNT_WITHOUT_WORKER",
                        mount.place() + " mounts " + mount.name() + " on the worker " + worker + ", which worker.list does not name",
                        "httpd answers these requests with 500; mod_jk.log says: Could not find a worker for worker name=" + worker,
                        "workers.properties: worker.list=" + String.join(",", workers.mountable()) + "," + worker,
                        "or " + mount.place() + ": name one of " + String.join(", ", workers.mountable())));
            }
        }
        for (Setting members : workers.balancersWithUnknownMembers()) {
            findings.add(broken("MEMBER_WITHOUT_WORKER", members.place() + " (" + members.name()
                    + ") names a member of which nothing is said",
                    "mod_jk takes it for localhost:8009", members.place()
                            + ": correct the name, or add worker.NAME.host and worker.NAME.port"));
        }
    }

    private void ports(Optional<AjpConnector> connector, List<Backend> backends) {
        if (configuration.serverXml().isPresent() && connector.isEmpty()) {
            noConnector(configuration.serverXml().get());
        }
        List<Backend> all = configuration.backends();
        if (!all.isEmpty() && backends.isEmpty() && all.stream().noneMatch(each -> each.port() == 0)) {
            Backend first = all.get(0);
            findings.add(broken("NO_BACKEND", "The web server sends nothing to " + host + ":" + port + ", but to "
                    + all.stream().map(each -> each.host() + ":" + each.port()).distinct().collect(Collectors.joining(", ")),
                    "Requests go elsewhere or nowhere: connect to ... failed (errno=111) in mod_jk.log, 503 in the browser",
                    first.frontEnd() == FrontEnd.MOD_JK
                            ? configuration.workers().flatMap(each -> each.get(first.name(), "port")).map(Setting::place)
                                    .orElse(first.declared().place()) + ": worker." + first.name() + ".port=" + port
                            : first.declared().place() + ": ajp://" + host + ":" + port));
        }
    }

    private void noConnector(ServerXml serverXml) {
        List<AjpConnector> connectors = serverXml.ajpConnectors();
        Optional<ServerXml.Element> other = serverXml.otherConnectorAt(port);
        if (other.isPresent()) {
            findings.add(broken("PORT_IS_NOT_AJP", serverXml.file() + ", line " + other.get().line() + ": port " + port
                    + " belongs to a Connector with protocol=\"" + other.get().get("protocol").map(Setting::value).orElse("HTTP/1.1")
                            + "\"",
                    "Tomcat takes AJP for broken HTTP and answers 400 or hangs up",
                    connectors.isEmpty() ? serverXml.file()
                            + ": add <Connector protocol=\"org.catwalk.ajp.AjpProtocol\" port=\"8009\" secret=\"...\"/>"
                            : "web server: use " + ports(connectors) + " instead of " + port));
        } else if (connectors.isEmpty()) {
            findings.add(broken("NO_AJP_CONNECTOR", serverXml.file() + " has no AJP Connector",
                    "Nothing listens: connection refused (errno 111)",
                    serverXml.file() + ": add <Connector protocol=\"org.catwalk.ajp.AjpProtocol\" port=\"" + port + "\" secret=\"...\"/>"));
        } else if (connectors.stream().noneMatch(each -> each.port().isEmpty())) {
            findings.add(broken("PORT_DIFFERS", serverXml.file() + " has no AJP Connector at port " + port + ", but at "
                    + ports(connectors),
                    "Connection refused (errno 111), 503 in the browser", connectors.get(0).change("port", Integer.toString(port)),
                    "or web server: use " + ports(connectors) + " instead of " + port));
        }
    }

    private static String ports(List<AjpConnector> connectors) {
        return connectors.stream().map(each -> "port " + each.port().getAsInt() + " (" + each.place() + ")")
                .collect(Collectors.joining(", "));
    }

    private void address(Backend backend, AjpConnector connector) {
        Optional<Setting> said = connector.get("address");
        if (said.isPresent() && !said.get().isKnown() || backend.host().contains("$")) {
            return;
        }
        String address = said.map(Setting::value).orElse("127.0.0.1");
        boolean backendIsIpv6 = backend.host().contains(":");
        if (Configuration.isLocal(address) && !Configuration.isLocal(backend.host())) {
            findings.add(warning("LISTENS_ON_LOOPBACK", connector + " listens on " + address + (said.isPresent() ? "" : ", the default,")
                    + " but " + backend + " connects with " + backend.host(),
                    "Connection refused (errno 111), unless that name stands for loopback on the web server's host",
                    connector.change("address", backend.host())
                            + ", and allowedPeers with the web server's address if Catwalk is the connector",
                    "or, with both on one host, " + backend.declared().place() + ": host 127.0.0.1"));
        } else if (Configuration.isLocalIpv6(address) != Configuration.isLocalIpv6(backend.host())
                && Configuration.isLocal(address) && Configuration.isLocal(backend.host())
                && (Configuration.isLocalIpv6(address) || backendIsIpv6)) {
            findings.add(addressFamily(backend, connector, address));
        }
    }

    private static Finding addressFamily(Backend backend, AjpConnector connector, String address) {
        String what = connector + " listens on " + address + ", but " + backend + " connects with " + backend.host();
        String effect = "IPv4 and IPv6 loopback are two addresses: connection refused (errno 111)";
        String[] cure = {connector.change("address", backend.host().contains(":") ? backend.host() : "127.0.0.1"),
                "or " + backend.declared().place() + ": host " + address};
        return backend.host().startsWith("localhost") ? warning("ADDRESS_FAMILY", what, effect + " if the name stands for 127.0.0.1 first",
                cure)
                : broken("ADDRESS_FAMILY", what, effect, cure);
    }

    // ---- the connector by itself

    private void alone(AjpConnector connector) {
        if (connector.secret().isEmpty() && connector.secretRequired()
                && connector.get("secretRequired").map(Setting::isKnown).orElse(true)) {
            findings.add(broken("CONNECTOR_WITHOUT_SECRET", connector + " has no secret, and secretRequired is true, its default",
                    "Tomcat does not start it: connection refused (errno 111)",
                    connector.change("secret", "..."), "or, if nobody but the web server can connect, "
                            + connector.change("secretRequired", "false")));
        }
        attributes(connector);
        configuration.httpd().flatMap(HttpdConf::authentication)
                .filter(any -> isOff(connector, "tomcatAuthentication", "true") && isOff(connector, "tomcatAuthorization", "false"))
                .ifPresent(authentication -> findings.add(note("REMOTE_USER_DROPPED",
                        "httpd asks who the user is (" + authentication.place() + "), and " + connector + " does not take the answer over",
                        "getRemoteUser() is null in the application, REMOTE_USER is empty",
                        connector.change("tomcatAuthentication", "false"))));
    }

    /** Whether the attribute leaves authentication to Tomcat. */
    private static boolean isOff(AjpConnector connector, String attribute, String tomcatDoesIt) {
        Optional<Setting> said = connector.get(attribute);
        return said.isEmpty() || said.get().isKnown() && said.get().value().equalsIgnoreCase(tomcatDoesIt);
    }

    private void attributes(AjpConnector connector) {
        for (Setting attribute : configuration.httpd().map(HttpdConf::forwardedAttributes).orElse(List.of())) {
            if (attribute.isKnown() && !isAllowed(connector, attribute.value())) {
                findings.add(broken("ATTRIBUTE_REFUSED", attribute.place() + " (" + attribute.name() + ") sends the request attribute "
                        + attribute.value() + ", which " + connector + " does not allow",
                        "The connector answers 403 to every request of this kind",
                        connector.change("allowedRequestAttributesPattern", Pattern.matches("\\w+", attribute.value())
                                ? attribute.value() : Pattern.quote(attribute.value())),
                        "or " + attribute.place() + ": take the line away"));
            }
        }
    }

    private static boolean isAllowed(AjpConnector connector, String name) {
        boolean refuses = connector.get("unknownAttributes").map(Setting::value).orElse("reject").equals("reject");
        boolean isListed = Arrays.asList(connector.get("allowedRequestAttributes").map(Setting::value).orElse("").split("\\s*,\\s*"))
                .contains(name);
        Optional<Setting> pattern = connector.get("allowedRequestAttributesPattern");
        try {
            return !refuses || isListed || pattern.isPresent() && (!pattern.get().isKnown() || name.matches(pattern.get().value()));
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    // ---- what both have to say alike

    private void secret(Backend backend, AjpConnector connector) {
        Optional<Setting> sent = backend.get(Parameter.SECRET).filter(setting -> !setting.value().isEmpty());
        Optional<Setting> wanted = connector.secret();
        if (sent.isEmpty() && wanted.isPresent()) {
            findings.add(broken("SECRET_MISSING", backend + " sends no secret, and " + connector + " wants one",
                    "The connector answers 403 to every request", backend.change(Parameter.SECRET, "(the secret at " + wanted.get().place()
                            + ")")));
        } else if (sent.isPresent() && wanted.isEmpty() && !connector.secretRequired()) {
            findings.add(note("SECRET_UNUSED", backend + " sends a secret, and " + connector + " does not look at it",
                    "Whoever reaches the port is believed", connector.change("secret", "(the secret at " + sent.get().place() + ")")));
        } else if (sent.isPresent() && wanted.isPresent() && differ(sent.get(), connector)) {
            findings.add(broken("SECRET_DIFFERS", "The secrets at " + sent.get().place() + " and at " + wanted.get().place() + " differ",
                    "The connector answers 403 to every request",
                    backend.change(Parameter.SECRET, "(the secret at " + wanted.get().place() + ")"),
                    "or " + wanted.get().place() + ": write the secret at " + sent.get().place() + " there"));
        }
    }

    /** Unknown values and secrets in a file of their own are taken for equal. */
    private static boolean differ(Setting sent, AjpConnector connector) {
        if (!sent.isKnown() || connector.get("secretFile").isPresent()) {
            return false;
        }
        List<String> valid = new ArrayList<>();
        for (String attribute : List.of("secret", "requiredSecret", "secrets")) {
            Optional<Setting> setting = connector.get(attribute);
            if (setting.isPresent() && !setting.get().isKnown()) {
                return false;
            }
            setting.ifPresent(each -> valid.addAll(attribute.equals("secrets") ? List.of(each.value().split("\\s*,\\s*"))
                    : List.of(each.value())));
        }
        byte[] bytes = sent.value().getBytes(StandardCharsets.ISO_8859_1);
        return valid.stream().noneMatch(each -> MessageDigest.isEqual(each.getBytes(StandardCharsets.UTF_8), bytes));
    }

    private void packetSize(Backend backend, AjpConnector connector) {
        OptionalInt front = backend.packetSize();
        OptionalInt behind = connector.packetSize();
        if (front.isEmpty() || behind.isEmpty() || front.getAsInt() == behind.getAsInt()) {
            return;
        }
        int larger = Math.max(front.getAsInt(), behind.getAsInt());
        String what = backend + " has packets of " + front.getAsInt() + " bytes, " + connector + " of " + behind.getAsInt();
        String[] cure = front.getAsInt() < larger
                ? new String[] {backend.change(Parameter.PACKET_SIZE, Integer.toString(larger)),
                        "or " + connector.change("packetSize", Integer.toString(front.getAsInt()))}
                : new String[] {connector.change("packetSize", Integer.toString(larger)),
                        "or " + backend.change(Parameter.PACKET_SIZE, Integer.toString(behind.getAsInt()))};
        if (front.getAsInt() < larger) {
            findings.add(broken("PACKET_SIZE_FRONT_SMALLER", what,
                    "Responses that fill a packet are refused: wrong message size in mod_jk.log, "
                    + "incoming message is too big in httpd's error log, 502 or 500 in the browser", cure));
        } else if (connector.isCatwalk()) {
            findings.add(warning("PACKET_SIZE_FRONT_LARGER", what,
                    "Catwalk takes the larger packets; its own are smaller than they could be, "
                    + "and a response head over " + behind.getAsInt() + " bytes becomes a 500", cure));
        } else {
            findings.add(broken("PACKET_SIZE_FRONT_LARGER", what,
                    "Requests with long headers, and uploads, are refused or cut off by Tomcat", cure));
        }
    }

    private void idleTimeout(Backend backend, AjpConnector connector) {
        OptionalInt behind = connector.idleTimeoutMillis();
        Optional<Setting> said = backend.get(Parameter.IDLE_TIMEOUT);
        if (behind.isEmpty() || behind.getAsInt() <= 0 || said.isPresent() && backend.number(Parameter.IDLE_TIMEOUT).isEmpty()) {
            return;
        }
        int frontSeconds = backend.number(Parameter.IDLE_TIMEOUT).orElse(0);
        boolean frontClosesFirst = frontSeconds > 0 && frontSeconds * 1000L <= behind.getAsInt();
        if (frontClosesFirst || backend.get(Parameter.PING).isPresent()) {
            return;
        }
        String attribute = connector.idleTimeoutAttribute();
        int seconds = Math.max(1, behind.getAsInt() / 1000);
        findings.add(warning("IDLE_TIMEOUT", connector + " closes idle connections after " + behind.getAsInt() + " ms (" + attribute + "), "
                + backend + (frontSeconds > 0 ? " keeps them for " + frontSeconds + " s" : " keeps them for ever"),
                backend.frontEnd() == FrontEnd.MOD_JK
                        ? "mod_jk finds connections closed that it means to use, and connects anew; behind a firewall it may wait"
                        : "A request that meets the close is lost: 503",
                backend.change(Parameter.IDLE_TIMEOUT, Integer.toString(seconds)),
                "or " + backend.change(Parameter.PING, backend.frontEnd() == FrontEnd.MOD_JK ? "A" : "1"),
                "or " + connector.change(attribute, frontSeconds > 0 ? Long.toString(frontSeconds * 1000L) : "-1")));
    }

    private void route(Backend backend, AjpConnector connector) {
        if (backend.balancer() == null) {
            return;
        }
        Optional<Setting> route = connector.jvmRoute().filter(setting -> !setting.value().isEmpty());
        if (route.isPresent() && !route.get().isKnown() || backend.get(Parameter.ROUTE).map(setting -> !setting.isKnown()).orElse(false)) {
            return;
        }
        String engine = connector.engine() == null ? connector.file() : connector.file() + ", line " + connector.engine().line();
        String effect = "Sessions do not stick: the balancer cannot tell from a session id whose it is, users are logged out";
        if (route.isEmpty() && backend.route().isPresent()) {
            findings.add(warning("ROUTE_MISSING", "The Engine (" + engine + ") has no jvmRoute, and " + backend + " of the balancer "
                    + backend.balancer() + " has the route " + backend.route().get(), effect,
                    engine + ": jvmRoute=\"" + backend.route().get() + "\" on <Engine>"));
        } else if (route.isPresent() && backend.route().isEmpty()) {
            findings.add(warning("ROUTE_MISSING", backend + " of the balancer " + backend.balancer() + " has no route, and the Engine ("
                    + route.get().place() + ") has the jvmRoute " + route.get().value(), effect,
                            backend.change(Parameter.ROUTE, route.get().value())));
        } else if (route.isPresent() && !route.get().value().equals(backend.route().get())) {
            findings.add(broken("ROUTE_DIFFERS", "The Engine's jvmRoute is " + route.get().value() + " (" + route.get().place() + "), and "
                    + backend + " of the balancer " + backend.balancer() + " has the route " + backend.route().get(), effect,
                    route.get().place() + ": jvmRoute=\"" + backend.route().get() + "\" on <Engine>",
                    "or " + backend.change(Parameter.ROUTE, route.get().value())));
        }
    }

    // ---- how many

    private void pool(Backend backend) {
        Optional<ProcessPool> processes = configuration.httpd().flatMap(HttpdConf::processPool);
        OptionalInt size = backend.number(Parameter.POOL_SIZE);
        if (processes.isEmpty() || size.isEmpty() || size.getAsInt() >= processes.get().threadsPerProcess()) {
            return;
        }
        findings.add(warning("POOL_TOO_SMALL", backend + " has " + size.getAsInt() + " connections for each process, and httpd has "
                + processes.get().threadsPerProcess() + " threads in each (" + processes.get() + ")",
                "Under load, threads wait for a connection: Unable to get the free endpoint in mod_jk.log, 503 in the browser",
                backend.change(Parameter.POOL_SIZE, Integer.toString(processes.get().threadsPerProcess()))));
    }

    private void allConnections(List<Backend> backends, AjpConnector connector) {
        Optional<ProcessPool> processes = configuration.httpd().flatMap(HttpdConf::processPool);
        if (processes.isEmpty() || backends.isEmpty()
                || backends.stream().anyMatch(each -> each.get(Parameter.POOL_SIZE).isPresent() && each.number(Parameter.POOL_SIZE)
                        .isEmpty())) {
            return;
        }
        int connections = backends.stream()
                .mapToInt(each -> processes.get().connections(each.number(Parameter.POOL_SIZE).orElse(processes.get().threadsPerProcess())))
                        .sum();
        String have = "httpd can open " + connections + " connections (" + processes.get() + "), and " + connector;
        OptionalInt most = connector.maxConnections();
        OptionalInt threads = connector.maxThreads();
        if (most.isPresent() && most.getAsInt() >= 0 && connections > most.getAsInt()) {
            findings.add(warning("TOO_FEW_CONNECTIONS", have + " takes " + most.getAsInt(),
                    connector.isCatwalk() ? "Under load, requests wait until another connection is idle"
                            : "Under load, new connections hang while idle ones of other processes keep their place",
                    connector.change("maxConnections", Integer.toString(connections))));
        } else if (threads.isPresent() && connections > threads.getAsInt()) {
            findings.add(note("FEWER_THREADS_THAN_CONNECTIONS", have + " has " + threads.getAsInt() + " threads",
                    "Idle connections need no thread; of more than " + threads.getAsInt() + " requests at once some wait",
                    "nothing, unless requests wait: " + connector.change("maxThreads", Integer.toString(connections))));
        }
    }
}
