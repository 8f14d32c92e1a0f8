package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.LogFile;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;

/** An application whose response headers do not fit the packet: one 500, one run, one line that says what to do. */
@Scenarios
@UnlikeStock(Difference.OVERSIZED_RESPONSE_HEADERS)
class OversizedResponseHeadersTest {

    private final TestBed bed;
    private final Client client = Client.plain();

    OversizedResponseHeadersTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void givesTheClientExactlyOne500AndRunsTheApplicationOnce(Lane lane) throws Exception {
        String id = Client.newRequestId();
        URI uri = bed.at(lane, "/app/response-headers?size=" + (lane.packetSize() + 1000));
        LogFile.Mark log = bed.tomcat().log().mark();
        try (RawConnection connection = RawConnection.to(uri)) {
            Reply reply = connection.request("GET", uri, "X-Request-Id: " + id).readReply();
            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.isCut()).isFalse();
            assertThat(connection.hearsSomethingWithin(Duration.ofMillis(300))).as("anything behind the 500").isFalse();
        }
        assertThat(client.get(bed.at(lane, "/app/records?id=" + id)).fields().get("runs")).isEqualTo("1");
        assertLogged(log, lane);
    }

    private static void assertLogged(LogFile.Mark log, Lane lane) {
        List<String> lines = log.linesOnce(Duration.ofSeconds(5), line -> line.contains("X-Large"));
        assertThat(lines).filteredOn(line -> line.contains("X-Large")).singleElement().asString()
                .contains("X-Large").contains("packetSize").contains(Integer.toString(lane.packetSize()))
                .containsPattern("\\b" + (lane.packetSize() + 1000) + "\\b");
    }

    @EachLane
    void leavesTheWorkerUsable(Lane lane) {
        for (int i = 0; i < 5; i++) {
            assertThat(client.get(bed.at(lane, "/app/response-headers?size=" + 2 * lane.packetSize())).status()).isEqualTo(500);
            assertThat(client.get(bed.at(lane, "/app/echo")).status()).isEqualTo(200);
        }
    }
}
