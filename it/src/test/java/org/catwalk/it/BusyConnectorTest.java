package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.GuardBed;
import org.catwalk.it.harness.GuardMount;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.TomcatInstance;

/** More work than threads ({@code cping="ready"}), and more connections than allowed. */
@Scenarios
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class BusyConnectorTest {

    /** Far below the front ends' time-outs (10 s for CPING in mod_jk, 5 s in our mod_proxy_ajp). */
    private static final Duration AT_ONCE = Duration.ofSeconds(3);

    private final GuardBed bed;
    private final Client client = Client.plain();

    BusyConnectorTest(GuardBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    void tellsTheFrontEndAtOnceWhenNoThreadIsFree(FrontEnd frontEnd) throws Exception {
        assertThat(get(frontEnd, GuardMount.READY)).isEqualTo(200);
        try (HeldRequests held = HeldRequests.begin(bed, frontEnd, GuardMount.READY, 2)) {
            long begin = System.nanoTime();
            assertThat(get(frontEnd, GuardMount.READY)).isEqualTo(503);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
            held.endWell();
        }
        awaitIdleThreads(frontEnd);
        assertThat(get(frontEnd, GuardMount.READY)).isEqualTo(200);
    }

    @EachFrontEnd
    void letsTheBalancerUseAnotherMemberAtOnceWhenNoThreadIsFree(FrontEnd frontEnd) throws Exception {
        try (HeldRequests held = HeldRequests.begin(bed, frontEnd, GuardMount.READY, 2)) {
            for (int i = 0; i < 3; i++) {
                long begin = System.nanoTime();
                assertThat(get(frontEnd, GuardMount.READY_BALANCED)).isEqualTo(200);
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
            }
            held.endWell();
        }
        awaitIdleThreads(frontEnd);
    }

    private void awaitIdleThreads(FrontEnd frontEnd) {
        Awaitility.await().untilAsserted(() -> assertThat(threadPool(frontEnd, GuardMount.READY, "currentThreadsBusy")).isZero());
    }

    @EachFrontEnd
    void letsIdlePoolsMakeRoomForEachOther(FrontEnd frontEnd) throws Exception {
        long evicted = bed.counter(frontEnd, GuardMount.FEW_CONNECTIONS, "connectionsEvicted");
        for (int round = 0; round < 3; round++) {
            assertAllServed(frontEnd, GuardMount.FEW_CONNECTIONS, 4);
            assertAllServed(frontEnd, GuardMount.FEW_CONNECTIONS_OTHER, 4);
        }
        assertThat(threadPool(frontEnd, GuardMount.FEW_CONNECTIONS, "connectionCount")).isLessThanOrEqualTo(4);
        assertThat(bed.counter(frontEnd, GuardMount.FEW_CONNECTIONS, "connectionsEvicted")).isGreaterThan(evicted);
    }

    @EachFrontEnd
    void servesMoreRequestsAtOnceThanConnectionsOneAfterTheOther(FrontEnd frontEnd) throws Exception {
        assertAllServed(frontEnd, GuardMount.FEW_CONNECTIONS, 12);
    }

    @EachFrontEnd
    void servesTheNextWhenOneOfManyBusyConnectionsIsIdleAgain(FrontEnd frontEnd) throws Exception {
        URI uri = bed.at(frontEnd, GuardMount.FEW_CONNECTIONS_OTHER, "/app/echo");
        try (HeldRequests held = HeldRequests.begin(bed, frontEnd, GuardMount.FEW_CONNECTIONS, 4);
                RawConnection fifth = RawConnection.to(uri).request("GET", uri)) {
            assertThat(fifth.readAllWithin(Duration.ofMillis(200))).as("answer without a connection").isEmpty();
            held.endWell();
            assertThat(fifth.readReply().status()).isEqualTo(200);
        }
    }

    /** As many requests at the same time, through as many connections of the front end as it can get. */
    private void assertAllServed(FrontEnd frontEnd, GuardMount mount, int count) throws Exception {
        URI uri = bed.at(frontEnd, mount, "/app/echo");
        List<RawConnection> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                clients.add(RawConnection.to(uri).request("GET", uri));
            }
            for (RawConnection each : clients) {
                assertThat(each.readReply().status()).isEqualTo(200);
            }
        } finally {
            for (RawConnection each : clients) {
                each.close();
            }
        }
    }

    private int get(FrontEnd frontEnd, GuardMount mount) {
        return client.get(bed.at(frontEnd, mount, "/app/echo")).status();
    }

    private long threadPool(FrontEnd frontEnd, GuardMount mount, String attribute) {
        TomcatInstance tomcat = bed.tomcat();
        return ((Number) tomcat.jmx().attribute(tomcat.threadPoolBean(bed.connector(frontEnd, mount)), attribute)).longValue();
    }
}
