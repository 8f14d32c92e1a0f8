package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.function.Supplier;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.Tag;

/** Request bodies arrive whole, whatever their size does to the packets. */
@Scenarios
class UploadTest {

    /** Around the 8186 bytes that fit a packet of 8192, and around the 65530 of the largest. */
    private static final long[] SIZES = {0, 1, 8183, 8184, 8185, 8186, 8187, 8188, 16372, 16373, 64 * 1024 - 7, 64 * 1024 - 6,
        64 * 1024, 1024 * 1024};
    private static final long LARGE = 100L * 1024 * 1024;

    private final TestBed bed;
    private final Client client = Client.plain();

    UploadTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void takesBodiesWithContentLength(Lane lane) {
        for (long size : SIZES) {
            Reply reply = upload(lane, Client.sized(size, payload(size)));
            assertThat(reply.fields().get("contentLength")).as("size %d", size).isEqualTo(Long.toString(size));
            assertThat(reply.fields().get("checksum")).as("size %d", size).isEqualTo(Payload.checksum(size));
        }
    }

    @EachLane
    void takesChunkedBodies(Lane lane) {
        for (long size : SIZES) {
            Reply reply = upload(lane, Client.chunked(payload(size)));
            assertThat(reply.fields().get("checksum")).as("size %d", size).isEqualTo(Payload.checksum(size));
        }
    }

    @EachLane
    void takesLargeBodiesWithContentLength(Lane lane) {
        assertThat(upload(lane, Client.sized(LARGE, payload(LARGE))).fields().get("checksum")).isEqualTo(Payload.checksum(LARGE));
    }

    @EachLane
    void takesLargeChunkedBodies(Lane lane) {
        assertThat(upload(lane, Client.chunked(payload(LARGE))).fields().get("checksum")).isEqualTo(Payload.checksum(LARGE));
    }

    @EachLane
    @Tag("smoke")
    void takesAMegabyteEitherWay(Lane lane) {
        long size = 1024 * 1024 + 1;
        assertThat(upload(lane, Client.sized(size, payload(size))).fields().get("checksum")).isEqualTo(Payload.checksum(size));
        assertThat(upload(lane, Client.chunked(payload(size))).fields().get("checksum")).isEqualTo(Payload.checksum(size));
    }

    private Reply upload(Lane lane, BodyPublisher body) {
        Reply reply = client.send(Client.request(bed.at(lane, "/app/upload")).POST(body));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply;
    }

    private static Supplier<InputStream> payload(long size) {
        return () -> new PayloadStream(size);
    }
}
