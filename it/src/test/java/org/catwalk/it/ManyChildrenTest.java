package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.catwalk.it.fleet.Figures;
import org.catwalk.it.fleet.Load;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Mpm;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process of httpd for each of sixty clients, each with a connection to Tomcat that it wants to keep, where Tomcat allows twenty. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class ManyChildrenTest {

    private static final int CHILDREN = 60;
    private static final int CONNECTIONS = 20;
    private static final Map<String, String> FEW = Map.of("maxConnections", Integer.toString(CONNECTIONS));

    private static ConnectorPerHost bed;

    @BeforeAll
    static void start() {
        bed = ConnectorPerHost.named("many-children")
                .host("mod-jk", FrontEnd.MOD_JK, FEW, host -> host)
                .host("mod-jk-ping", FrontEnd.MOD_JK, FEW, host -> host.withCping(true))
                .host("mod-proxy-ping", FrontEnd.MOD_PROXY_AJP, FEW, host -> host.withCping(true))
                .httpd(httpd -> httpd.mpm(Mpm.PREFORK).directive("StartServers 62").directive("KeepAliveTimeout 60"))
                .start();
    }

    @AfterAll
    static void stop() {
        bed.close();
    }

    /** Clients that pause: the connections of the others are idle for long enough to make room. */
    @ParameterizedTest
    @ValueSource(strings = {"mod-jk", "mod-jk-ping", "mod-proxy-ping"})
    void makeRoomForEachOtherWhileTheirClientsPause(String host) {
        assertThat(load(host, 300, 600, 3_000).slowestMillis()).isLessThan(3_000);
    }

    /** Clients that hardly do: no connection is ever idle for long. */
    @ParameterizedTest
    @ValueSource(strings = {"mod-jk", "mod-proxy-ping"})
    void takeTurnsWhileTheirClientsAskAllTheTime(String host) {
        assertThat(load(host, 10, 30, 6_000).slowestMillis()).as("milliseconds that the unluckiest waited").isLessThan(5_000);
    }

    private static Figures load(String host, long pauseFrom, long pauseTo, long millis) {
        long evicted = bed.counter(host, "connectionsEvicted");
        Figures figures = Load.pausing(pauseFrom, pauseTo, bed.at(host, "/app/fleet"), bed.ledger(), CHILDREN).during(millis).stop();
        evicted = bed.counter(host, "connectionsEvicted") - evicted;
        System.out.println(host + ", " + CHILDREN + " children, " + CONNECTIONS + " connections, pauses from " + pauseFrom + " ms: " + figures
                + ", evicted " + evicted);
        assertThat(figures.requests()).isGreaterThan(2 * CHILDREN);
        assertThat(figures.failed()).isEmpty();
        assertThat(figures.repeated()).isEmpty();
        assertThat(evicted).isGreaterThan(CHILDREN - CONNECTIONS - 1);
        assertThat(bed.connections(host)).isLessThanOrEqualTo(CONNECTIONS);
        return figures;
    }
}
