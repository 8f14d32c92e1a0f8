package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.Tag;

/** Response bodies arrive whole, whatever their size does to the packets. */
@Scenarios
class DownloadTest {

    /** Around the 8184 bytes that a SEND_BODY_CHUNK of 8192 carries, and around the 65528 of the largest. */
    private static final long[] SIZES = {0, 1, 8183, 8184, 8185, 8186, 16368, 16369, 64 * 1024 - 9, 64 * 1024 - 8, 64 * 1024 - 7,
        64 * 1024, 1024 * 1024};
    private static final long LARGE = 200L * 1024 * 1024;

    private final TestBed bed;
    private final Client client = Client.plain();

    DownloadTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void sendsBodiesWithContentLength(Lane lane) throws Exception {
        for (long size : SIZES) {
            assertDownloaded(lane, size, "&length=true");
        }
    }

    @EachLane
    void sendsBodiesWithoutContentLength(Lane lane) throws Exception {
        for (long size : SIZES) {
            assertDownloaded(lane, size, "&length=false");
        }
    }

    @EachLane
    void sendsBodiesThatAreWrittenInOddPieces(Lane lane) throws Exception {
        for (int piece : new int[] {1, 7, 8183, 8184, 8185, 65_529, 300_000}) {
            assertDownloaded(lane, piece == 1 ? 20_000 : 1_000_000, "&length=true&piece=" + piece);
        }
    }

    @EachLane
    void sendsLargeBodiesWithContentLength(Lane lane) throws Exception {
        assertDownloaded(lane, LARGE, "&length=true");
    }

    @EachLane
    void sendsLargeBodiesWithoutContentLength(Lane lane) throws Exception {
        assertDownloaded(lane, LARGE, "&length=false");
    }

    @EachLane
    @Tag("smoke")
    void sendsAMegabyteEitherWay(Lane lane) throws Exception {
        assertDownloaded(lane, 1024 * 1024 + 1, "&length=true");
        assertDownloaded(lane, 1024 * 1024 + 1, "&length=false");
    }

    private void assertDownloaded(Lane lane, long size, String more) throws IOException {
        HttpResponse<InputStream> response = client.stream(Client.request(bed.at(lane, "/app/download?size=" + size + more)));
        assertThat(response.statusCode()).as("size %d%s", size, more).isEqualTo(200);
        Payload.Checksum checksum = new Payload.Checksum();
        try (InputStream in = response.body()) {
            byte[] buffer = new byte[64 * 1024];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                checksum.add(buffer, 0, count);
            }
        }
        assertThat(checksum.value()).as("size %d%s", size, more).isEqualTo(Payload.checksum(size));
    }
}
