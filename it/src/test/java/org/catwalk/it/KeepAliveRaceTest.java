package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.catwalk.it.fleet.Figures;
import org.catwalk.it.fleet.Load;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Mpm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tomcat closes idle connections (keepAliveTimeout) at the very time at which the front end wants to use them again: a process of httpd
 * for each client, so that each client's pauses are those of one connection. {@code -Drace.seconds=60} goes on for longer.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class KeepAliveRaceTest {

    private static final long KEEP_ALIVE_MILLIS = 200;
    /** Deadlines are looked at ten times a second. */
    private static final long LATEST_MILLIS = KEEP_ALIVE_MILLIS + 110;
    private static final int CLIENTS = 10;
    private static final long SECONDS = Long.getLong("race.seconds", 10);
    /** They send into the dark, and may not send again. How many requests that costs is in load-balancing.md. */
    private static final Set<String> DO_NOT_LOOK = Set.of("mod-jk-careful", "mod-proxy");
    private static final Map<String, String> SHORT = Map.of("keepAliveTimeout", Long.toString(KEEP_ALIVE_MILLIS));

    @Test
    void losesNoRequestWhereTheFrontEndLooksBeforeItSendsOrSendsAgain() {
        try (ConnectorPerHost bed = ConnectorPerHost.named("keep-alive-race")
                .host("mod-jk", FrontEnd.MOD_JK, SHORT, host -> host)
                .host("mod-jk-careful", FrontEnd.MOD_JK, SHORT, host -> host.withMemberProperty("recovery_options=23"))
                .host("mod-jk-ping", FrontEnd.MOD_JK, SHORT, host -> host.withMemberProperty("recovery_options=23").withCping(true))
                .host("mod-proxy", FrontEnd.MOD_PROXY_AJP, SHORT, host -> host.withMemberProperty("retry=0"))
                .host("mod-proxy-ping", FrontEnd.MOD_PROXY_AJP, SHORT, host -> host.withCping(true))
                .host("mod-proxy-no-reuse", FrontEnd.MOD_PROXY_AJP, SHORT, host -> host.withMemberProperty("disablereuse=on"))
                .httpd(httpd -> httpd.mpm(Mpm.PREFORK).directive("StartServers 62").directive("KeepAliveTimeout 60"))
                .start()) {
            Map<String, Figures> figures = race(bed, "mod-jk", "mod-jk-careful", "mod-jk-ping", "mod-proxy", "mod-proxy-ping",
                    "mod-proxy-no-reuse");
            figures.forEach((host, each) -> System.out.println("keepAliveTimeout race, " + host + ", "
                    + bed.counter(host, "connectionsAccepted") + " connections: " + each));
            figures.forEach((host, each) -> {
                assertThat(each.repeated()).as(host).isEmpty();
                assertThat(each.failed()).as(host).hasSizeLessThanOrEqualTo(DO_NOT_LOOK.contains(host) ? each.requests() / 50 : 0);
                assertThat(bed.counter(host, "connectionsAccepted")).as("that connections were closed, " + host)
                        .isGreaterThan(each.requests() / 10);
            });
            assertThat(bed.counter("mod-proxy-no-reuse", "connectionsAccepted")).isEqualTo(figures.get("mod-proxy-no-reuse").requests());
        }
    }

    private static Map<String, Figures> race(ConnectorPerHost bed, String... hosts) {
        Map<String, Load> loads = new LinkedHashMap<>();
        for (String host : hosts) {
            loads.put(host, Load.pausing(KEEP_ALIVE_MILLIS - 10, LATEST_MILLIS, bed.at(host, "/app/fleet"), bed.ledger(), CLIENTS));
        }
        loads.get(hosts[0]).during(TimeUnit.SECONDS.toMillis(SECONDS));
        Map<String, Figures> figures = new LinkedHashMap<>();
        loads.forEach((host, load) -> figures.put(host, load.stop()));
        return figures;
    }
}
