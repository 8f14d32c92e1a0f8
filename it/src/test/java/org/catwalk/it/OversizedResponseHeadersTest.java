package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.LogFile;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.junit.jupiter.api.Test;

/** An application whose response headers do not fit the packet: one 500, one run, one line that says what to do. */
@Scenarios
@UnlikeStock(Difference.OVERSIZED_RESPONSE_HEADERS)
class OversizedResponseHeadersTest {

    private static final Pattern LARGEST_HEADER = Pattern.compile("X-Large with (\\d+) bytes");

    private final TestBed bed;
    private final Client client = Client.plain();

    OversizedResponseHeadersTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void givesTheClientExactlyOne500AndRunsTheApplicationOnce(Lane lane) throws Exception {
        assertOne500(lane.frontEnd(), lane.mount(), lane.packetSize() + 1000);
    }

    private void assertOne500(FrontEnd frontEnd, Mount mount, int size) throws Exception {
        String id = Client.newRequestId();
        URI uri = bed.at(frontEnd, mount, "/app/response-headers?size=" + size);
        try (RawConnection connection = RawConnection.to(uri)) {
            Reply reply = connection.request("GET", uri, "X-Request-Id: " + id).readReply();
            assertThat(reply.status()).isEqualTo(500);
            assertThat(reply.isCut()).isFalse();
            assertThat(connection.readAllWithin(Duration.ofMillis(300))).as("bytes behind the 500").isEmpty();
        }
        assertThat(client.get(bed.at(frontEnd, mount, "/app/records?id=" + id)).fields().get("runs")).isEqualTo("1");
    }

    @Test
    void logsWhatToSetAt8K() throws Exception {
        assertLogged(FrontEnd.MOD_JK, Mount.LOGGED_8K, 8192);
    }

    @Test
    void logsWhatIsTooLargeAt64K() throws Exception {
        assertLogged(FrontEnd.MOD_PROXY_AJP, Mount.LOGGED_64K, 65536);
    }

    private void assertLogged(FrontEnd frontEnd, Mount mount, int packetSize) throws Exception {
        LogFile.Mark log = bed.tomcat().log().mark();
        assertOne500(frontEnd, mount, packetSize + 1000);
        List<String> lines = log.linesOnce(Duration.ofSeconds(5), line -> line.contains("X-Large"));
        assertThat(lines).filteredOn(line -> line.contains("X-Large")).singleElement().asString()
                .contains("packetSize").contains(Integer.toString(packetSize));
        Matcher size = LARGEST_HEADER.matcher(String.join("\n", lines));
        assertThat(size.find()).isTrue();
        // As it would be in the packet, with its name and the lengths of both.
        assertThat(Integer.parseInt(size.group(1))).isBetween(packetSize + 1000, packetSize + 1020);
    }

    @EachLane
    void leavesTheWorkerUsable(Lane lane) {
        for (int i = 0; i < 5; i++) {
            assertThat(client.get(bed.at(lane, "/app/response-headers?size=" + 2 * lane.packetSize())).status()).isEqualTo(500);
            assertThat(client.get(bed.at(lane, "/app/echo")).status()).isEqualTo(200);
        }
    }
}
