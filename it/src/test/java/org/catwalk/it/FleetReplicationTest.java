package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.catwalk.it.fleet.Fleet;
import org.catwalk.it.fleet.Node;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Connector;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.FreePorts;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Jmx;
import org.junit.jupiter.api.Timeout;

/** Tomcat's own cluster, its members named in advance and on loopback: a session outlives the node that it began on. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.DRAIN)
class FleetReplicationTest {

    private final Map<String, Integer> receivers = new HashMap<>();

    private synchronized int receiver(Node node) {
        return receivers.computeIfAbsent(node.name(), name -> FreePorts.toReturnTo());
    }

    private String cluster(Fleet fleet, Node node) {
        StringBuilder members = new StringBuilder();
        for (Node each : fleet.nodes()) {
            members.append(each == node ? "<LocalMember" : "<Member").append(" className=\"org.apache.catalina.tribes.membership.StaticMember\"")
                    .append(each == node ? "" : " host=\"127.0.0.1\" port=\"" + receiver(each) + "\"")
                    .append(" domain=\"fleet\" uniqueId=\"{").append((int) each.name().charAt(0)).append(",0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}\"/>\n");
        }
        return """
                <Cluster className="org.apache.catalina.ha.tcp.SimpleTcpCluster" channelSendOptions="6">
                  <Manager className="org.apache.catalina.ha.session.DeltaManager" expireSessionsOnShutdown="false"
                           stateTransferTimeout="10"/>
                  <Channel className="org.apache.catalina.tribes.group.GroupChannel">
                    <Membership className="org.apache.catalina.tribes.membership.StaticMembershipService">
                      %s
                    </Membership>
                    <Receiver className="org.apache.catalina.tribes.transport.nio.NioReceiver" address="127.0.0.1" port="%d" autoBind="0"/>
                    <Sender className="org.apache.catalina.tribes.transport.ReplicationTransmitter">
                      <Transport className="org.apache.catalina.tribes.transport.nio.PooledParallelSender"/>
                    </Sender>
                    <Interceptor className="org.apache.catalina.tribes.group.interceptors.TcpFailureDetector"/>
                    <Interceptor className="org.apache.catalina.tribes.group.interceptors.MessageDispatchInterceptor"/>
                  </Channel>
                  <Valve className="org.apache.catalina.ha.tcp.ReplicationValve"/>
                  <Valve className="org.apache.catalina.ha.session.JvmRouteBinderValve"/>
                  <ClusterListener className="org.apache.catalina.ha.session.ClusterSessionListener"/>
                </Cluster>
                """.formatted(members, receiver(node));
    }

    private static Fields inSession(Fleet fleet, FrontEnd frontEnd, String session) {
        var request = Client.request(fleet.at(frontEnd, "/app/fleet?session=1")).header("X-Request-Id", Client.newRequestId());
        return Client.plain().send(session == null ? request : request.header("Cookie", "JSESSIONID=" + session)).fields();
    }

    private static Object countIn(Node node, String session) {
        Jmx jmx = node.tomcat().jmx();
        return jmx.invoke(jmx.only("Catalina:type=Manager,host=localhost,context=/app"), "getSessionAttribute", session, "count");
    }

    @EachFrontEnd
    void aSessionSurvivesTheDeathOfItsNodeAndComesBack(FrontEnd frontEnd) {
        try (Fleet fleet = Fleet.named("fleet-replication-" + frontEnd.name().toLowerCase(Locale.ROOT)).engineXml(this::cluster).start()) {
            for (Node node : fleet.nodes()) {
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> node.tomcat().log().text().contains("Replication member added"));
            }
            Fields begun = inSession(fleet, frontEnd, null);
            Fields second = inSession(fleet, frontEnd, begun.get("session"));
            assertThat(second.get("count")).isEqualTo("2");
            Node first = fleet.node(second.get("node"));
            Node other = fleet.nodes().stream().filter(node -> node != first).findFirst().orElseThrow();
            // On a machine that is too busy a node gives up waiting for the other one's acknowledgement, and answers.
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(countIn(other, second.get("session"))).isEqualTo("2"));

            first.kill();
            Fields third = inSession(fleet, frontEnd, second.get("session"));
            assertThat(third.get("node")).isNotEqualTo(first.name());
            assertThat(third.get("count")).isEqualTo("3");

            // The id now ends with the name of the node that has taken over, so that the session stays there.
            String moved = third.get("session");
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> inSession(fleet, frontEnd, moved).get("session").endsWith(third.get("node")));
        }
    }
}
