package org.catwalk.ajp.tool.doctor;

import static org.catwalk.ajp.tool.doctor.Finding.broken;
import static org.catwalk.ajp.tool.doctor.Finding.note;
import static org.catwalk.ajp.tool.doctor.Finding.warning;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.catwalk.ajp.tool.client.AjpConnection;
import org.catwalk.ajp.tool.client.AjpFailure;
import org.catwalk.ajp.tool.client.AjpRequest;
import org.catwalk.ajp.tool.client.AjpResponse;
import org.catwalk.ajp.wire.Packets;

/**
 * Talks to a connector as a web server would and tells by the answers what is wrong with it. Two requests make the difference: the operator's
 * URI goes to an application, {@code OPTIONS *} goes as far as the connector and Tomcat itself, and needs a thread.
 */
final class Conversation {

    private static final int FORBIDDEN = 403;
    private static final int UNAVAILABLE = 503;
    private static final int ERROR = 500;
    private static final String PROBE = "X-Catwalk-Doctor";

    /**
     * What to say.
     *
     * @param uri of the real request
     * @param secret that the web server sends; empty for none
     * @param attributes names of request attributes that the web server sends
     * @param frontPacketSize of the web server, if it is known
     * @param timeout for each step
     */
    record Script(String uri, Optional<String> secret, List<Setting> attributes, OptionalInt frontPacketSize, Duration timeout) {
    }

    private final InetSocketAddress address;
    private final Script script;
    private final Host host;
    private final Section section = new Section("AJP");
    private boolean answersCping;
    private boolean isStock;

    private Conversation(InetSocketAddress address, Script script, Host host) {
        this.address = address;
        this.script = script;
        this.host = host;
    }

    /**
     * @param section for the report
     * @param answered whether there was any answer at all
     */
    record Result(Section section, boolean answered) {
    }

    static Result with(InetSocketAddress address, Script script, Host host) {
        Conversation conversation = new Conversation(address, script, host);
        boolean admitted = conversation.cping() && conversation.request();
        if (admitted) {
            conversation.attributes();
            conversation.packetSize();
        }
        return new Result(conversation.section, conversation.answersCping);
    }

    // ---- CPING

    private boolean cping() {
        try (AjpConnection connection = AjpConnection.open(address, script.timeout())) {
            try {
                section.fact("CPING: CPONG after " + Addresses.millis(connection.cping(script.timeout())));
                answersCping = true;
                return true;
            } catch (AjpFailure e) {
                // Asked while the connection is open: afterwards it is in nobody's queue.
                section.fact("CPING: " + e.getMessage()).finding(noCpong(e));
                return false;
            }
        } catch (AjpFailure e) {
            section.finding(broken("CONNECTION_LOST", e.getMessage(), "It worked a moment ago", "try again; is Tomcat being restarted?"));
            return false;
        }
    }

    private Finding noCpong(AjpFailure failure) {
        return switch (failure.kind()) {
            case MALFORMED -> broken("NOT_AJP", "What answers at " + Addresses.text(address) + " does not speak AJP",
                    "wrong message format in mod_jk.log, AH01080 in httpd's error log, 502 or 500 in the browser",
                    "web server: use the port of the Connector whose protocol is AJP/1.3 or org.catwalk.ajp.AjpProtocol, 8009 by convention; "
                            + "8080 and 8443 are HTTP");
            case SILENT -> silent();
            default -> broken("CLOSED_AT_ONCE", "The connection is closed before a CPONG comes",
                    "forced a connection close in mod_jk.log; 502 or 503 in the browser",
                    "Tomcat's log says which of these it is: PEER_NOT_ALLOWED, TOO_MANY_CONNECTIONS_FROM_PEER, or NO_THREAD",
                    "server.xml: allowedPeers on <Connector port=\"" + address.getPort() + "\"> has to hold the web server's address",
                    "or, with cping=\"ready\" and no thread free: raise maxThreads there",
                    "or, if it is not Tomcat that listens at this port: correct the port");
        };
    }

    private Finding silent() {
        InetAddress ip = address.getAddress();
        boolean isHere = Addresses.isHere(ip);
        TcpTable table = isHere ? TcpTable.read(host) : new TcpTable(List.of());
        int queued = table.queuedAt(ip, address.getPort());
        String inMaxConnections = "server.xml: raise maxConnections on <Connector port=\"" + address.getPort()
                + "\">, or make the web server's pools "
                + "smaller (connection_pool_size in workers.properties, max= on ProxyPass; once for each httpd process)";
        String inMaxThreads = "server.xml: raise maxThreads on <Connector port=\"" + address.getPort() + "\">";
        String seen = "timeout in reply cpong in mod_jk.log, AH00897 in httpd's error log; 503 in the browser";
        if (queued > 0) {
            return broken("NO_CONNECTION_LEFT", "The kernel took the connection, Tomcat did not accept it: " + queued
                    + " wait in its backlog, " + Math.max(0, table.connectionsAt(address.getPort()) - queued) + " are open",
                    "maxConnections is reached, or the connector is paused; " + seen, inMaxConnections,
                    "or, if it is paused: resume it (MBean Catalina:type=Connector,port=" + address.getPort() + ", operation resume)");
        }
        if (!table.listeningAt(address.getPort()).isEmpty()) {
            return broken("NO_THREAD", "Tomcat accepted the connection and does not answer a CPING",
                    "All threads are busy: the stock connector, and Catwalk with cping=\"ready\", need one for a CPONG; " + seen,
                    inMaxThreads, "or make the application faster; jstack PID shows what the threads do",
                    "or, if they are idle: is it an AJP connector that listens there?");
        }
        return broken("NO_CPONG", "The connection is taken, and a CPING is not answered within " + script.timeout().toMillis() + " ms",
                "Threads or connections of Tomcat are used up, the connector is paused, the JVM stands still, or what listens is no AJP connector; "
                        + seen,
                inMaxThreads, "or " + inMaxConnections, "run doctor on Tomcat's host: there it can tell which of these it is");
    }

    // ---- a request

    private boolean request() {
        try {
            AjpResponse response = ask(AjpRequest.get(script.uri()));
            isStock = response.reason().equals(Integer.toString(response.status()));
            section.fact("GET " + script.uri() + ": " + response.status() + " after " + Addresses.millis(response.time()) + ", "
                    + response.bodyBytes() + " bytes");
            return judge(response);
        } catch (AjpFailure e) {
            section.fact("GET " + script.uri() + ": " + e.getMessage());
            section.finding(e.kind() == AjpFailure.Kind.SILENT ? hanging() : unanswered(e));
            return false;
        }
    }

    /** On a connection of its own, as a refusal closes it. */
    private AjpResponse ask(AjpRequest request) throws AjpFailure {
        try (AjpConnection connection = AjpConnection.open(address, script.timeout())) {
            return connection.request(request.secret(script.secret().orElse(null)), script.timeout());
        }
    }

    private static AjpRequest toTomcatItself() {
        return AjpRequest.of("OPTIONS", "*");
    }

    private boolean judge(AjpResponse response) {
        if (response.status() < 400) {
            return true;
        }
        int withoutApplication = statusOfTomcatItself();
        boolean isTheConnectors = withoutApplication == response.status() && !response.reuse();
        switch (response.status()) {
            case FORBIDDEN -> section.finding(isTheConnectors ? secretRefused() : applicationForbids());
            case UNAVAILABLE -> section.finding(isTheConnectors ? unavailable() : applicationFails(response));
            default -> {
                if (isTheConnectors) {
                    section.finding(broken("REFUSED_BY_CONNECTOR", "The connector itself answers " + response.status(),
                            "Every request fails", "Tomcat's log has a line about it that says what to change"));
                } else if (response.status() >= ERROR) {
                    section.finding(applicationFails(response));
                }
            }
        }
        return !isTheConnectors;
    }

    private int statusOfTomcatItself() {
        try {
            return ask(toTomcatItself()).status();
        } catch (AjpFailure e) {
            return 0;
        }
    }

    private Finding secretRefused() {
        String seen = "Every request is answered 403, by the connector and not by the application; Reuse is set to false in mod_jk.log";
        if (script.secret().isEmpty()) {
            return broken("SECRET_MISSING", "The connector wants a secret, and we sent none", seen,
                    "workers.properties: worker.NAME.secret=(the secret of the AJP Connector)",
                    "or httpd.conf: secret=(the same) behind ajp://... on ProxyPass or BalancerMember",
                    "then try again with --secret-file, --workers or --httpd-conf");
        }
        return broken("SECRET_WRONG", "The connector does not take the secret that we sent", seen,
                "server.xml: secret on <Connector port=\"" + address.getPort() + "\"> has to be what the web server sends "
                        + "(worker.NAME.secret in workers.properties, secret= on ProxyPass), with no blank around it",
                "or change it there; Catwalk takes two while you do (secrets, secretFile)");
    }

    private Finding applicationForbids() {
        return warning("APPLICATION_403", "The application answers 403 to " + script.uri() + "; the connector let the request in",
                "Secret and attributes are all right; a page that is forbidden, or a user without the role",
                "look at the application: security-constraint in web.xml, a RemoteAddrValve or RemoteCIDRValve in context.xml, its own rules",
                "or give doctor a page that anybody may see: --uri /PATH");
    }

    private Finding applicationFails(AjpResponse response) {
        return warning("APPLICATION_FAILS", "The application answers " + response.status() + " to " + script.uri(),
                "The connector passes it on as it is", "look at Tomcat's log, catalina.out and localhost.*.log",
                "or give doctor another page: --uri /PATH");
    }

    private Finding unavailable() {
        return broken("PAUSED", "The connector itself answers 503: it is paused, being stopped, or has neither a thread nor a place in its queue",
                "A balancer sends requests elsewhere; without one the client gets 503",
                "resume it (MBean Catalina:type=Connector,port=" + address.getPort()
                        + ", operation resume), or wait until Tomcat is up again",
                "or raise maxThreads or maxQueueSize on <Connector port=\"" + address.getPort() + "\">");
    }

    private Finding unanswered(AjpFailure failure) {
        return broken("REQUEST_UNANSWERED", "CPINGs are answered, requests are not: " + failure.getMessage(),
                "can't receive the response header message from tomcat in mod_jk.log; 502 in the browser",
                "look at Tomcat's log of this second: it says what it refused, or which exception ended the request");
    }

    private Finding hanging() {
        if (statusOfTomcatItself() == 0) {
            return broken("NO_THREAD", "CPINGs are answered and requests hang: no thread is free",
                    "Requests wait until reply_timeout or ProxyTimeout is over; 504, 502 or 503 in the browser",
                    "server.xml: raise maxThreads on <Connector port=\"" + address.getPort() + "\">, or on its Executor",
                    "or make the application faster; jstack PID shows what the threads do",
                    "Catwalk with cping=\"ready\" lets a balancer take another member at once");
        }
        return broken("APPLICATION_HANGS", "The application does not answer " + script.uri() + " within " + script.timeout().toMillis()
                + " ms; Tomcat itself does", "Requests wait until reply_timeout or ProxyTimeout is over",
                "look at the application; jstack PID shows what its threads do",
                        "or give doctor another page (--uri /PATH), or more time (--timeout)");
    }

    // ---- request attributes

    private void attributes() {
        for (Setting attribute : script.attributes()) {
            try {
                int status = ask(toTomcatItself().requestAttribute(attribute.value(), "doctor")).status();
                if (status == FORBIDDEN) {
                    section.finding(attributeRefused(attribute));
                } else {
                    section.fact("attribute " + attribute.value() + ": allowed");
                }
            } catch (AjpFailure e) {
                section.fact("attribute " + attribute.value() + ": " + e.getMessage());
            }
        }
    }

    private Finding attributeRefused(Setting attribute) {
        return broken("ATTRIBUTE_REFUSED", "The connector answers 403 to a request with the attribute " + attribute.value()
                + (attribute.line() > 0 ? ", which " + attribute.place() + " (" + attribute.name() + ") sends" : ""),
                "Every request that carries it fails, whatever the application says",
                "server.xml: allowedRequestAttributesPattern=\"" + attribute.value() + "\" on <Connector port=\"" + address.getPort()
                        + "\">",
                attribute.line() > 0 ? "or " + attribute.place() + ": take the line away"
                        : "or take JkEnvVar or SetEnv AJP_... away in httpd.conf");
    }

    // ---- packet sizes

    /**
     * The stock connector refuses packets above its packetSize; Catwalk takes any and puts a line into its log, so no packet is sent that the web
     * server would not send if that is known.
     */
    private void packetSize() {
        int front = script.frontPacketSize().orElse(Packets.MAX_PACKET_SIZE);
        if (takesPacketOf(front) && !isStock) {
            section.fact("packets: takes " + front + " bytes");
            return;
        }
        int limit = largestPacket();
        section.fact("packets: takes " + limit + " bytes and no more, so packetSize is " + limit);
        if (script.frontPacketSize().isPresent() && front > limit) {
            section.finding(broken("PACKET_SIZE_FRONT_LARGER", "The web server has packets of " + front + " bytes, the connector of "
                    + limit,
                    "Requests with long headers, and uploads, are refused or cut off by Tomcat",
                    "server.xml: packetSize=\"" + front + "\" on <Connector port=\"" + address.getPort() + "\">",
                    "or workers.properties: worker.NAME.max_packet_size=" + limit + ", httpd.conf: ProxyIOBufferSize " + limit));
        } else if (script.frontPacketSize().isPresent() && front < limit) {
            section.finding(broken("PACKET_SIZE_FRONT_SMALLER", "The web server has packets of " + front + " bytes, the connector of "
                    + limit,
                    "Responses that fill a packet are refused: wrong message size in mod_jk.log, AH01081 in httpd's error log, 502 or 500 in the "
                            + "browser",
                    "workers.properties: worker.NAME.max_packet_size=" + limit + ", or httpd.conf: ProxyIOBufferSize " + limit,
                    "or server.xml: packetSize=\"" + front + "\" on <Connector port=\"" + address.getPort() + "\">"));
        } else if (script.frontPacketSize().isEmpty() && limit > Packets.MIN_PACKET_SIZE) {
            section.finding(note("PACKET_SIZE", "packetSize of the connector is " + limit + " bytes",
                    "Fine if the web server has the same; its default is " + Packets.MIN_PACKET_SIZE,
                    "workers.properties: worker.NAME.max_packet_size=" + limit + ", or httpd.conf: ProxyIOBufferSize " + limit));
        }
    }

    private int largestPacket() {
        int taken = 0;
        int refused = Packets.MAX_PACKET_SIZE + 1;
        // The two sizes that people choose, then halving.
        for (int size : new int[] {Packets.MAX_PACKET_SIZE, Packets.MIN_PACKET_SIZE + 1, Packets.MIN_PACKET_SIZE}) {
            if (takesPacketOf(size)) {
                taken = Math.max(taken, size);
            } else {
                refused = Math.min(refused, size);
            }
            if (refused - taken == 1) {
                return taken;
            }
        }
        while (refused - taken > 1) {
            int middle = (taken + refused) >>> 1;
            if (takesPacketOf(middle)) {
                taken = middle;
            } else {
                refused = middle;
            }
        }
        return taken;
    }

    private boolean takesPacketOf(int bytes) {
        try {
            int empty = toTomcatItself().header(PROBE, "").secret(script.secret().orElse(null)).packet().length;
            AjpRequest padded = toTomcatItself().packetSize(Packets.MAX_PACKET_SIZE).header(PROBE, "x".repeat(Math.max(0, bytes - empty)));
            return ask(padded).status() < 400;
        } catch (AjpFailure e) {
            return false;
        }
    }
}
