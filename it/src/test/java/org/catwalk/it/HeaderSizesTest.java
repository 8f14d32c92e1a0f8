package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntPredicate;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;

/** Headers up to the last byte that fits the packet, and one byte beyond it. */
@Scenarios
class HeaderSizesTest {

    /** What else travels in a request packet: request line, addresses, the client's and the front end's own headers, the secret. */
    private static final int MOST_OVERHEAD = 800;

    private final TestBed bed;
    private final Client client = Client.plain();

    HeaderSizesTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void takesRequestHeadersUpToThePacketSize(Lane lane) {
        int largest = largestAccepted(lane.packetSize() - MOST_OVERHEAD, lane.packetSize(), size -> requestFits(lane, size));
        assertThat(largest).isBetween(lane.packetSize() - MOST_OVERHEAD, lane.packetSize() - 100);
        // One byte more is refused by the front end itself.
        assertThat(withRequestHeader(lane, largest + 1).status()).isEqualTo(lane.isModJk() ? 413 : 400);
        assertThat(requestFits(lane, largest)).isTrue();
    }

    private boolean requestFits(Lane lane, int size) {
        Reply reply = withRequestHeader(lane, size);
        return reply.status() == 200 && reply.fields().get("header.x-large").length() == size;
    }

    private Reply withRequestHeader(Lane lane, int size) {
        return client.send(Client.request(bed.at(lane, "/app/echo")).header("X-Large", "x".repeat(size)));
    }

    @EachLane
    void takesManyRequestHeaders(Lane lane) {
        // The front ends add a few of their own below maxHeaderCount=100.
        var request = Client.request(bed.at(lane, "/app/echo"));
        for (int i = 0; i < 80; i++) {
            request.header("X-Number-" + i, Integer.toString(i));
        }
        Reply reply = client.send(request);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.fields().get("header.x-number-79")).isEqualTo("79");
    }

    @EachLane
    void sendsResponseHeadersJustBelowThePacketSize(Lane lane) {
        int size = lane.packetSize() - 300;
        assertThat(responseFits(lane, size)).isTrue();
    }

    @EachLane
    @UnlikeStock(Difference.OVERSIZED_RESPONSE_HEADERS)
    void sendsResponseHeadersUpToThePacketSize(Lane lane) {
        int largest = largestAccepted(lane.packetSize() - 300, lane.packetSize(), size -> responseFits(lane, size));
        assertThat(largest).isBetween(lane.packetSize() - 300, lane.packetSize() - 30);
        assertThat(withResponseHeader(lane, largest + 1).status()).isEqualTo(500);
        assertThat(responseFits(lane, largest)).isTrue();
    }

    private boolean responseFits(Lane lane, int size) {
        Reply reply = withResponseHeader(lane, size);
        return reply.status() == 200 && reply.header("x-large").length() == size;
    }

    private Reply withResponseHeader(Lane lane, int size) {
        return client.get(bed.at(lane, "/app/response-headers?size=" + size));
    }

    /** The largest size in [{@code fits}, {@code tooLarge}) that is accepted, where all below it are and none above it. */
    private static int largestAccepted(int fits, int tooLarge, IntPredicate accepted) {
        assertThat(accepted.test(fits)).as("size %d", fits).isTrue();
        int low = fits;
        int high = tooLarge;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (accepted.test(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
