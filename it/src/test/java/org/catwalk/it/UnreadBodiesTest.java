package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublisher;
import java.util.function.LongFunction;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.Tag;

/** Bodies that the application does not read, or not to the end, with the next request behind them on the same AJP connection. */
@Scenarios
class UnreadBodiesTest {

    private static final long[] SIZES = {1, 5000, 8186, 20_000, 300_000};

    private final TestBed bed;
    private final Client client = Client.plain();

    UnreadBodiesTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    @Tag("smoke")
    void skipsBodiesThatNobodyReads(Lane lane) {
        assertSkipped(lane, "read=0", UnreadBodiesTest::sized);
        assertSkipped(lane, "read=0", UnreadBodiesTest::chunked);
    }

    @EachLane
    void skipsTheRestOfHalfReadBodies(Lane lane) {
        for (String read : new String[] {"read=1", "read=8186", "read=10000"}) {
            assertSkipped(lane, read, UnreadBodiesTest::sized);
            assertSkipped(lane, read, UnreadBodiesTest::chunked);
        }
    }

    @EachLane
    void skipsBodiesOfRefusedRequests(Lane lane) {
        for (long size : SIZES) {
            assertThat(post(lane, "/app/nothing-here", sized(size)).status()).isEqualTo(404);
            assertNextRequestIsUndisturbed(lane);
            assertThat(post(lane, "/app/fail?how=before", chunked(size)).status()).isEqualTo(500);
            assertNextRequestIsUndisturbed(lane);
        }
    }

    private void assertSkipped(Lane lane, String read, LongFunction<BodyPublisher> body) {
        long limit = Long.parseLong(read.substring("read=".length()));
        for (long size : SIZES) {
            Reply reply = post(lane, "/app/upload?" + read, body.apply(size));
            assertThat(reply.status()).as("size %d", size).isEqualTo(200);
            assertThat(reply.fields().get("checksum")).isEqualTo(Payload.checksum(Math.min(size, limit)));
            assertNextRequestIsUndisturbed(lane);
        }
    }

    private void assertNextRequestIsUndisturbed(Lane lane) {
        Reply next = post(lane, "/app/upload", sized(10_000));
        assertThat(next.status()).isEqualTo(200);
        assertThat(next.fields().get("checksum")).isEqualTo(Payload.checksum(10_000));
    }

    private Reply post(Lane lane, String path, BodyPublisher body) {
        return client.send(Client.request(bed.at(lane.frontEnd(), lane.singleConnectionMount(), path)).POST(body));
    }

    private static BodyPublisher sized(long size) {
        return Client.sized(size, () -> new PayloadStream(size));
    }

    private static BodyPublisher chunked(long size) {
        return Client.chunked(() -> new PayloadStream(size));
    }
}
