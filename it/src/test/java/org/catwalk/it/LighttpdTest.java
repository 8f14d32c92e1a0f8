package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.catwalk.it.fleet.Figures;
import org.catwalk.it.fleet.Ledger;
import org.catwalk.it.fleet.Load;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.LighttpdInstance;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** lighttpd's mod_ajp13, a front end that we were not made for. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.REFUSAL_LOG)
class LighttpdTest {

    private static final String SECRET = "s3cret";

    private static Ledger ledger;
    private static TomcatInstance tomcat;
    private static LighttpdInstance lighttpd;

    private final Client client = Client.plain();

    @BeforeAll
    static void start() {
        assumeThat(LighttpdInstance.isInstalled()).as(LighttpdInstance.HOW_TO_INSTALL).isTrue();
        ledger = new Ledger(ItDirectory.empty("instances/ledger-lighttpd").resolve("ledger"));
        tomcat = TomcatInstance.named("lighttpd-tomcat").jvmOption("-Dfleet.ledger=" + ledger.path())
                .connector(ConnectorSpec.ajp("ajp").with("secret", SECRET)).start();
        lighttpd = LighttpdInstance.start("lighttpd", tomcat.port("ajp"), SECRET);
    }

    @AfterAll
    static void stop() {
        if (lighttpd != null) {
            lighttpd.close();
            tomcat.close();
        }
    }

    private static URI at(String path) {
        return URI.create(lighttpd.uri() + path);
    }

    @Test
    void passesOnWhatTheClientSent() {
        Reply reply = client.send(Client.request(at("/app/echo/a/b?x=1&y=%C3%A9")).header("X-Mark", "m").header("Accept-Language", "ko"));
        assertThat(reply.status()).isEqualTo(200);
        Fields fields = reply.fields();
        assertThat(fields.get("pathInfo")).isEqualTo("/a/b");
        assertThat(fields.get("header.x-mark")).isEqualTo("m");
        assertThat(fields.get("header.accept-language")).isEqualTo("ko");
    }

    /**
     * It leaves out the length field that each body packet has, so that no container can know the body: the stock connector gives the
     * application an I/O error, and so 500.
     */
    @ParameterizedTest
    @CsvSource({"1, false", "8186, false", "100000, false", "5000000, false", "100000, true"})
    void itsUploadsAreRefusedAndNeverTakenForSomethingElse(int size, boolean chunked) {
        String id = Client.newRequestId();
        Reply reply = client.send(Client.request(at("/app/upload")).header("X-Request-Id", id).POST(chunked
                ? Client.chunked(() -> new PayloadStream(size)) : Client.sized(size, () -> new PayloadStream(size))));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(client.get(at("/app/records?id=" + id)).fields().get("notes")).doesNotContain("read " + size);
        assertThat(tomcat.log().text()).contains("BODY_FRAMING from 127.0.0.1");
    }

    @Test
    void aPostWithoutABodyIsServed() {
        Reply reply = client.send(Client.request(at("/app/upload")).POST(Client.sized(0, () -> new PayloadStream(0))));
        assertThat(reply.fields().get("checksum")).isEqualTo(Payload.checksum(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"size=0", "size=1&length=true", "size=8184", "size=100000&length=true", "size=20000000", "size=20000000&length=true"})
    void downloads(String query) {
        Reply reply = client.get(at("/app/download?" + query));
        assertThat(reply.status()).isEqualTo(200);
        Payload.Checksum checksum = new Payload.Checksum();
        checksum.add(reply.body(), 0, reply.body().length);
        assertThat(checksum.value()).isEqualTo(Payload.checksum(Long.parseLong(query.replaceAll("size=|&.*", ""))));
    }

    @Test
    void keepsRequestsApart() {
        Figures figures = Load.asking("GET ?hold=20", lighttpd.uri().resolve("/app/fleet"), ledger, 16).during(2_000).stop();
        System.out.println("lighttpd: " + figures + ", "
                + tomcat.jmx().attribute(tomcat.statisticsBean("ajp"), "connectionsAccepted") + " connections");
        assertThat(figures.requests()).isGreaterThan(100);
        assertThat(figures.failed()).isEmpty();
        assertThat(figures.repeated()).isEmpty();
    }

    @Test
    void isRefusedWithoutTheRightSecret() {
        for (String secret : new String[] {null, "wrong"}) {
            try (LighttpdInstance stranger = LighttpdInstance.start("lighttpd-stranger", tomcat.port("ajp"), secret)) {
                assertThat(client.get(stranger.uri().resolve("/app/echo")).status()).isEqualTo(403);
            }
        }
        assertThat(tomcat.log().text()).contains("SECRET_WRONG", "SECRET_MISSING");
    }
}
