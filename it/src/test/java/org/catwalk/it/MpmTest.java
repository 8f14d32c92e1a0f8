package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.catwalk.it.fleet.Figures;
import org.catwalk.it.fleet.Ledger;
import org.catwalk.it.fleet.Load;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.Mpm;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever httpd is made of: threads, processes with threads, or a process for each client, in front of the same Tomcat. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MpmTest {

    private static final String SECRET = "s3cret";
    private static final int CLIENTS = 10;
    private static final int LARGE = 5_000_000;

    private static Ledger ledger;
    private static TomcatInstance tomcat;

    private final Client client = Client.plain();

    @BeforeAll
    static void start() {
        ledger = new Ledger(ItDirectory.empty("instances/ledger-mpm").resolve("ledger"));
        tomcat = TomcatInstance.named("mpm").jvmOption("-Dfleet.ledger=" + ledger.path())
                .connector(ConnectorSpec.ajp("ajp").with("secret", SECRET)).start();
    }

    @AfterAll
    static void stop() {
        tomcat.close();
    }

    private static HttpdInstance httpd(Mpm mpm) {
        HttpdInstance.Builder httpd = HttpdInstance.named("httpd-" + mpm.name().toLowerCase(Locale.ROOT)).mpm(mpm)
                // So that no client meets httpd's own close when it reloads.
                .directive("KeepAlive Off")
                // As many as the clients want at once, and room for new processes beside old ones that have not ended.
                .directive("StartServers 12").directive("ServerLimit 64");
        for (FrontEnd frontEnd : FrontEnd.values()) {
            httpd.virtualHost(VirtualHost.to(frontEnd.name(), frontEnd, tomcat.port("ajp")).withSecret(SECRET).withCping(true));
        }
        return httpd.start();
    }

    @ParameterizedTest
    @EnumSource
    void servesRequestsOfEveryKindAndLosesNoneWhenHttpdReloads(Mpm mpm) {
        try (HttpdInstance httpd = httpd(mpm)) {
            for (FrontEnd frontEnd : FrontEnd.values()) {
                exchangeOfEveryKind(path -> httpd.uri(frontEnd.name()).resolve(path));
            }
            Map<FrontEnd, Load> loads = new EnumMap<>(FrontEnd.class);
            for (FrontEnd frontEnd : FrontEnd.values()) {
                loads.put(frontEnd, Load.on(httpd.uri(frontEnd.name()).resolve("/app/fleet"), ledger, CLIENTS));
            }
            loads.get(FrontEnd.MOD_JK).during(500);
            assertThat(httpd.servingPids()).hasSizeBetween(mpm == Mpm.PREFORK ? 12 : mpm == Mpm.WORKER ? 2 : 1, mpm == Mpm.EVENT ? 1 : 64);
            for (int i = 0; i < 2; i++) {
                Set<Long> before = httpd.servingPids();
                httpd.reload();
                Awaitility.await().until(() -> httpd.servingPids().stream().noneMatch(before::contains));
                loads.get(FrontEnd.MOD_JK).during(500);
            }
            loads.forEach((frontEnd, load) -> {
                Figures figures = load.stop();
                System.out.println(mpm + ", " + frontEnd + ", two graceful reloads: " + figures);
                assertThat(figures.requests()).isGreaterThan(5 * CLIENTS);
                assertThat(figures.failed()).isEmpty();
                assertThat(figures.repeated()).isEmpty();
            });
        }
    }

    private void exchangeOfEveryKind(Function<String, URI> at) {
        assertThat(client.get(at.apply("/app/echo")).status()).isEqualTo(200);
        for (boolean chunked : new boolean[] {false, true}) {
            Reply reply = client.send(Client.request(at.apply("/app/upload")).POST(chunked
                    ? Client.chunked(() -> new PayloadStream(LARGE)) : Client.sized(LARGE, () -> new PayloadStream(LARGE))));
            assertThat(reply.fields().get("checksum")).isEqualTo(Payload.checksum(LARGE));
        }
        Reply reply = client.get(at.apply("/app/download?size=" + LARGE));
        Payload.Checksum checksum = new Payload.Checksum();
        checksum.add(reply.body(), 0, reply.body().length);
        assertThat(checksum.value()).isEqualTo(Payload.checksum(LARGE));
    }
}
