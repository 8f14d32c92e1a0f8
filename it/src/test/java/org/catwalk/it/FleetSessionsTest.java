package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.catwalk.it.fleet.Figures;
import org.catwalk.it.fleet.Fleet;
import org.catwalk.it.fleet.Load;
import org.catwalk.it.fleet.Node;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Connector;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three nodes: who gets which request, which session stays where, and how an operator takes a node out. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.DRAIN)
class FleetSessionsTest {

    private static final int CLIENTS = 12;
    /** What mod_jk's status worker calls the states of a member. */
    private static final int ACTIVE = 0;
    private static final int DISABLED = 1;
    private static final int STOPPED = 2;

    private static Fleet fleet;

    private final Client client = Client.plain();

    @BeforeAll
    static void start() {
        if (Connector.underTest() == Connector.CATWALK) {
            fleet = Fleet.named("fleet-sessions").nodes("a", "b", "c")
                    .engineXml((fleet, node) -> "<Valve className=\"org.apache.catalina.valves.LoadBalancerDrainingValve\"/>").start();
        }
    }

    @AfterAll
    static void stop() {
        if (fleet != null) {
            fleet.close();
        }
    }

    private Reply ask(FrontEnd frontEnd, String query, String session) {
        var request = Client.request(fleet.at(frontEnd, "/app/fleet?" + query)).header("X-Request-Id", Client.newRequestId());
        return client.send(session == null ? request : request.header("Cookie", "JSESSIONID=" + session));
    }

    private Fields inSession(FrontEnd frontEnd, String session) {
        return ask(frontEnd, "session=1", session).fields();
    }

    /** One session on each node, by node. */
    private Map<String, String> sessionOnEachNode(FrontEnd frontEnd) {
        Map<String, String> sessions = new LinkedHashMap<>();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            Fields fields = inSession(frontEnd, null);
            sessions.put(fields.get("node"), fields.get("session"));
            return sessions.size() == 3;
        });
        return sessions;
    }

    @EachFrontEnd
    void requestsWithoutASessionAreSpreadEvenly(FrontEnd frontEnd) {
        sessionOnEachNode(frontEnd);
        Figures figures = Load.on(fleet.at(frontEnd, "/app/fleet"), fleet.ledger(), CLIENTS).during(2_000).stop();
        System.out.println(frontEnd + ", three nodes: " + figures);
        assertThat(figures.failed()).isEmpty();
        assertThat(figures.byNode()).containsOnlyKeys("a", "b", "c")
                .allSatisfy((node, requests) -> assertThat(requests * 3.0 / figures.requests()).isBetween(0.8, 1.2));
    }

    @EachFrontEnd
    void sessionsStayOnTheirNode(FrontEnd frontEnd) {
        Figures figures = Load.inSessions(fleet.at(frontEnd, "/app/fleet"), fleet.ledger(), CLIENTS).during(2_000).stop();
        System.out.println(frontEnd + ", in sessions: " + figures);
        assertThat(figures.failed()).isEmpty();
        assertThat(figures.misrouted()).isEmpty();
        sessionOnEachNode(frontEnd).forEach((node, session) -> {
            assertThat(session).endsWith("." + node);
            assertThat(inSession(frontEnd, session).get("count")).isEqualTo("2");
        });
    }

    @EachFrontEnd
    void aDrainedConnectorHandsItsSessionsOn(FrontEnd frontEnd) {
        Map<String, String> sessions = sessionOnEachNode(frontEnd);
        Node node = fleet.node("a");
        Load load = Load.inSessions(fleet.at(frontEnd, "/app/fleet"), fleet.ledger(), CLIENTS).during(500);
        var handler = node.tomcat().jmx().only("Catalina:type=ProtocolHandler,*");
        assertThat(node.tomcat().jmx().invoke(handler, "drain")).isEqualTo(0L);
        assertThat(node.tomcat().jmx().attribute(handler, "drainState")).isEqualTo("drained");
        assertThat(inSession(frontEnd, sessions.get("a")).get("node")).isIn("b", "c");
        node.invoke("resume");
        Figures figures = load.during(500).stop();
        System.out.println(frontEnd + ", drained by JMX: " + figures);
        assertThat(figures.failed()).isEmpty();
        assertThat(figures.repeated()).isEmpty();
        sessionOnEachNode(frontEnd);
    }

    @Test
    void aMemberThatModJkDisablesKeepsItsSessionsAndGetsNoOthers() {
        Map<String, String> sessions = sessionOnEachNode(FrontEnd.MOD_JK);
        activate("a", DISABLED);
        try {
            Fields kept = inSession(FrontEnd.MOD_JK, sessions.get("a"));
            assertThat(kept.get("node")).isEqualTo("a");
            assertThat(kept.get("activation")).isEqualTo("DIS");
            for (int i = 0; i < 12; i++) {
                assertThat(inSession(FrontEnd.MOD_JK, null).get("node")).isIn("b", "c");
            }
            // The valve sends a session that has ended elsewhere, instead of letting it begin anew here.
            Reply ended = ask(FrontEnd.MOD_JK, "session=1", "0123456789ABCDEF.a");
            assertThat(ended.status()).isEqualTo(307);
            assertThat(ended.header("set-cookie")).startsWith("JSESSIONID=;");
        } finally {
            activate("a", ACTIVE);
        }
        sessionOnEachNode(FrontEnd.MOD_JK);
    }

    @Test
    void aMemberThatModJkStopsGetsNothing() {
        Map<String, String> sessions = sessionOnEachNode(FrontEnd.MOD_JK);
        Load load = Load.on(fleet.at(FrontEnd.MOD_JK, "/app/fleet"), fleet.ledger(), CLIENTS).during(200);
        activate("a", STOPPED);
        try {
            assertThat(inSession(FrontEnd.MOD_JK, sessions.get("a")).get("node")).isIn("b", "c");
            assertThat(load.stop().failed()).isEmpty();
        } finally {
            activate("a", ACTIVE);
        }
        sessionOnEachNode(FrontEnd.MOD_JK);
    }

    @Test
    void theStatusWorkerShowsEachMember() {
        sessionOnEachNode(FrontEnd.MOD_JK);
        Properties status = status();
        for (Node node : fleet.nodes()) {
            assertThat(status.getProperty("worker." + fleet.member(node) + ".activation")).isEqualTo("ACT");
            assertThat(status.getProperty("worker." + fleet.member(node) + ".state")).startsWith("OK");
        }
        assertThat(client.get(fleet.at(FrontEnd.MOD_JK, "/jk-status")).text()).contains("JK Status Manager", fleet.member(fleet.node("a")));
    }

    @Test
    void aMemberThatTheBalancerManagerDrainsKeepsItsSessionsAndGetsNoOthers() {
        Map<String, String> sessions = sessionOnEachNode(FrontEnd.MOD_PROXY_AJP);
        drain("a", true);
        try {
            assertThat(inSession(FrontEnd.MOD_PROXY_AJP, sessions.get("a")).get("node")).isEqualTo("a");
            for (int i = 0; i < 12; i++) {
                assertThat(inSession(FrontEnd.MOD_PROXY_AJP, null).get("node")).isIn("b", "c");
            }
        } finally {
            drain("a", false);
        }
        sessionOnEachNode(FrontEnd.MOD_PROXY_AJP);
    }

    private void activate(String node, int activation) {
        Reply reply = client.get(fleet.at(FrontEnd.MOD_JK, "/jk-status?cmd=update&mime=txt&from=list&w=" + fleet.balancer() + "&sw="
                + fleet.member(fleet.node(node)) + "&vwa=" + activation));
        assertThat(reply.text()).contains("OK");
    }

    private Properties status() {
        Properties status = new Properties();
        try {
            status.load(new java.io.StringReader(client.get(fleet.at(FrontEnd.MOD_JK, "/jk-status?cmd=list&mime=prop")).text()));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return status;
    }

    private void drain(String node, boolean on) {
        URI manager = fleet.at(FrontEnd.MOD_PROXY_AJP, "/balancer-manager");
        Matcher nonce = Pattern.compile("nonce=([-0-9a-fA-F]+)").matcher(client.get(manager).text());
        assertThat(nonce.find()).isTrue();
        String form = "b=mod-proxy&w=ajp://127.0.0.1:" + fleet.node(node).port() + "&nonce=" + nonce.group(1) + "&w_status_N=" + (on ? 1 : 0);
        Reply reply = client.send(Client.request(manager).header("Referer", manager.toString())
                .header("Content-Type", "application/x-www-form-urlencoded").POST(java.net.http.HttpRequest.BodyPublishers.ofString(form)));
        assertThat(reply.status()).isEqualTo(200);
    }
}
