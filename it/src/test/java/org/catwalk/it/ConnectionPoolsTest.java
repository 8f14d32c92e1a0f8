package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Mpm;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.VirtualHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the front ends ask with CPING, and when they close connections of their pools, each as its settings say. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class ConnectionPoolsTest {

    private static final int REQUESTS = 5;
    private static final int AT_ONCE = 6;
    private static final Duration BEYOND_TTL = Duration.ofMillis(1_500);

    private static ConnectorPerHost bed;

    private final Client client = Client.plain();

    @BeforeAll
    static void start() {
        ConnectorPerHost.Builder builder = ConnectorPerHost.named("pools");
        jk(builder, "connect", "ping_mode=C");
        jk(builder, "prepost", "ping_mode=P");
        jk(builder, "interval", "ping_mode=I", "connection_ping_interval=1");
        jk(builder, "all", "ping_mode=A", "connection_ping_interval=1");
        jk(builder, "pool", "connection_pool_timeout=1", "connection_pool_minsize=1");
        jk(builder, "empty-pool", "connection_pool_timeout=1", "connection_pool_minsize=0");
        builder.host("ttl", FrontEnd.MOD_PROXY_AJP, Map.of(), host -> host.withMemberProperty("ttl=1"));
        bed = builder.httpd(httpd -> httpd.mpm(Mpm.EVENT).directive("JkWatchdogInterval 1").workerProperty("worker.maintain=1")).start();
    }

    private static void jk(ConnectorPerHost.Builder builder, String name, String... properties) {
        builder.host(name, FrontEnd.MOD_JK, Map.of(), host -> {
            VirtualHost changed = host.withMemberProperty("ping_timeout=2000");
            for (String property : properties) {
                changed = changed.withMemberProperty(property);
            }
            return changed;
        });
    }

    @AfterAll
    static void stop() {
        bed.close();
    }

    @Test
    void pingModeCAsksWhenItHasConnected() {
        get("connect", REQUESTS);
        assertOneConnection("connect");
        assertThat(bed.counter("connect", "cpongs")).isEqualTo(1);
    }

    @Test
    void pingModePAsksBeforeEachRequest() {
        get("prepost", REQUESTS);
        assertOneConnection("prepost");
        assertThat(bed.counter("prepost", "cpongs")).isEqualTo(REQUESTS);
    }

    @Test
    void pingModeIAsksOnIdleConnections() {
        get("interval", REQUESTS);
        // The watchdog of mod_jk asks on its own, at each connection_ping_interval, without a request.
        Awaitility.await().until(() -> bed.counter("interval", "cpongs") >= 2);
        get("interval", 1);
        assertOneConnection("interval");
    }

    @Test
    void pingModeAAsksAlways() {
        get("all", REQUESTS);
        assertThat(bed.counter("all", "cpongs")).isGreaterThanOrEqualTo(REQUESTS);
        Awaitility.await().until(() -> bed.counter("all", "cpongs") >= REQUESTS + 2);
        get("all", 1);
        assertOneConnection("all");
    }

    private static void assertOneConnection(String host) {
        assertThat(bed.counter(host, "connectionsAccepted")).isEqualTo(1);
        // A CPING of the watchdog may come between the two questions.
        Awaitility.await().untilAsserted(() -> assertThat(bed.counter(host, "cpongs")).isEqualTo(bed.counter(host, "cpings")));
    }

    @Test
    void connectionPoolTimeoutShrinksThePoolToItsMinimum() throws IOException {
        atOnce("pool");
        assertThat(bed.counter("pool", "connectionsAccepted")).isEqualTo(AT_ONCE);
        Awaitility.await().until(() -> bed.connections("pool") == 1);
        get("pool", 1);
        assertThat(bed.counter("pool", "connectionsAccepted")).isEqualTo(AT_ONCE);
        atOnce("pool");
        assertThat(bed.counter("pool", "connectionsAccepted")).isEqualTo(2 * AT_ONCE - 1);
    }

    @Test
    void connectionPoolTimeoutEmptiesAPoolWithoutAMinimum() throws IOException {
        atOnce("empty-pool");
        Awaitility.await().until(() -> bed.connections("empty-pool") == 0);
        get("empty-pool", 1);
        assertThat(bed.counter("empty-pool", "connectionsAccepted")).isEqualTo(AT_ONCE + 1);
    }

    /** So that a ttl below keepAliveTimeout keeps requests off connections that Tomcat may close. */
    @Test
    void modProxyAjpUsesNoConnectionThatHasBeenIdleForLongerThanItsTtl() throws IOException {
        atOnce("ttl");
        assertThat(bed.connections("ttl")).isEqualTo(AT_ONCE);
        Awaitility.await().pollDelay(BEYOND_TTL).until(() -> true);
        assertThat(bed.connections("ttl")).as("open until the next request comes").isEqualTo(AT_ONCE);
        get("ttl", 1);
        assertThat(bed.counter("ttl", "connectionsAccepted")).isEqualTo(AT_ONCE + 1);
        Awaitility.await().until(() -> bed.connections("ttl") == 1);
        get("ttl", REQUESTS);
        assertThat(bed.counter("ttl", "connectionsAccepted")).isEqualTo(AT_ONCE + 1);
    }

    private void get(String host, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(client.get(bed.at(host, "/app/fleet")).status()).isEqualTo(200);
        }
    }

    private static void atOnce(String host) throws IOException {
        List<RawConnection> all = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            all.add(RawConnection.to(bed.at(host, "/")).request("GET", bed.at(host, "/app/fleet?hold=300")));
        }
        for (RawConnection each : all) {
            assertThat(each.readReply().status()).isEqualTo(200);
            each.close();
        }
    }
}
