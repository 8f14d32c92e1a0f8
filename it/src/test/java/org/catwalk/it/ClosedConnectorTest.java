package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.GuardBed;
import org.catwalk.it.harness.GuardMount;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TomcatInstance;

/** Connectors that let nobody in: because the peer is not allowed, or because they are paused. */
@Scenarios
class ClosedConnectorTest {

    private static final Duration AT_ONCE = Duration.ofSeconds(3);

    private final GuardBed bed;
    private final Client client = Client.plain();

    ClosedConnectorTest(GuardBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    @UnlikeStock(Difference.OWN_ATTRIBUTES)
    void refusesAWebServerThatIsNotAllowed(FrontEnd frontEnd) {
        RefusalLines log = RefusalLines.from(bed);
        String id = Client.newRequestId();
        for (int i = 0; i < 2; i++) {
            Reply get = client.send(Client.request(bed.at(frontEnd, GuardMount.PEER_REFUSED, "/app/echo")).header("X-Request-Id", id));
            // What the front ends make of a connection that ends before an answer depends on whether they meet it reading or writing.
            assertThat(get.status()).isIn(502, 503);
            Reply post = client.send(Client.request(bed.at(frontEnd, GuardMount.PEER_REFUSED, "/app/upload")).header("X-Request-Id", id)
                    .POST(Client.sized(50_000, () -> new PayloadStream(50_000))));
            assertThat(post.status()).isIn(500, 502, 503);
        }
        assertThat(log.only("PEER_NOT_ALLOWED")).contains("192.0.2.0/24", "allowedPeers");
        assertThat(bed.counter(frontEnd, GuardMount.PEER_REFUSED, "peerNotAllowed")).isGreaterThanOrEqualTo(4);
        assertThat(bed.counter(frontEnd, GuardMount.PEER_REFUSED, "forwardRequests")).isZero();
        assertThat(client.get(bed.at(frontEnd, GuardMount.ODD, "/app/records?id=" + id)).fields().get("runs")).isEqualTo("0");
    }

    @EachFrontEnd
    void answersWhatWasSentBeforeAPauseAndKeepsOthersOutAtOnce(FrontEnd frontEnd) throws Exception {
        TomcatInstance tomcat = bed.tomcat();
        String connector = bed.connector(frontEnd, GuardMount.PAUSED);
        int port = tomcat.port(connector);
        URI uri = bed.at(frontEnd, GuardMount.PAUSED, "/app/echo");
        assertThat(client.get(uri).status()).isEqualTo(200);

        try (HeldRequests held = HeldRequests.begin(bed, frontEnd, GuardMount.PAUSED, 2)) {
            tomcat.jmx().invoke(tomcat.connectorBean(connector), "pause");
            Assertions.assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> RawConnection.to(URI.create("http://localhost:" + port)).close());
            long begin = System.nanoTime();
            assertThat(client.get(uri).status()).isEqualTo(503);
            assertThat(client.get(uri).status()).isEqualTo(503);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
            held.endWell();
        }

        tomcat.jmx().invoke(tomcat.connectorBean(connector), "resume");
        for (int i = 0; i < 3; i++) {
            assertThat(client.get(uri).status()).isEqualTo(200);
        }
    }
}
