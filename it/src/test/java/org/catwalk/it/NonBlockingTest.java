package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.Tag;

/** ReadListener and WriteListener: everything arrives, and no thread waits for a slow client. */
@Scenarios
class NonBlockingTest {

    private static final long SIZE = 3_000_000;

    private final TestBed bed;
    private final Client client = Client.plain();

    NonBlockingTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    @Tag("smoke")
    void readsWithoutBlocking(Lane lane) {
        URI uri = bed.at(lane, "/app/non-blocking/upload");
        for (long size : new long[] {0, 1, 8186, 8187, SIZE}) {
            Reply sized = client.send(Client.request(uri).POST(Client.sized(size, () -> new PayloadStream(size))));
            assertThat(sized.fields().get("checksum")).as("size %d", size).isEqualTo(Payload.checksum(size));
            Reply chunked = client.send(Client.request(uri).POST(Client.chunked(() -> new PayloadStream(size))));
            assertThat(chunked.fields().get("checksum")).as("chunked size %d", size).isEqualTo(Payload.checksum(size));
        }
    }

    @EachLane
    @Tag("smoke")
    void writesWithoutBlocking(Lane lane) {
        for (long size : new long[] {0, 1, 8184, 8185, SIZE}) {
            Reply reply = client.get(bed.at(lane, "/app/non-blocking/download?size=" + size));
            assertThat(reply.body()).as("size %d", size).isEqualTo(Payload.bytes((int) size));
        }
    }

    @EachFrontEnd
    @UnlikeStock(Difference.THREAD_AFTER_ASYNC)
    void holdsNoThreadForAClientThatSendsSlowly(FrontEnd frontEnd) throws Exception {
        URI uri = bed.at(frontEnd, Mount.FOUR_THREADS, "/app/non-blocking/upload");
        byte[] piece = Payload.bytes(50_000);
        Payload.Checksum expected = new Payload.Checksum();
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, "Content-Length: " + 5 * piece.length);
            for (int i = 0; i < 5; i++) {
                connection.send(piece);
                expected.add(piece, 0, piece.length);
                if (i < 4) {
                    awaitNoBusyThread();
                }
            }
            assertThat(connection.readReply().fields().get("checksum")).isEqualTo(expected.value());
        }
    }

    @EachFrontEnd
    @UnlikeStock(Difference.THREAD_AFTER_ASYNC)
    void holdsNoThreadForAClientThatReadsSlowly(FrontEnd frontEnd) throws Exception {
        int size = 64 * 1024 * 1024;
        URI uri = bed.at(frontEnd, Mount.FOUR_THREADS, "/app/non-blocking/download?size=" + size);
        try (RawConnection connection = RawConnection.withSmallReceiveBuffer(uri)) {
            connection.request("GET", uri, "Connection: close");
            assertThat(connection.readHead().status()).isEqualTo(200);
            awaitNoBusyThread();
            Payload.Checksum checksum = new Payload.Checksum();
            for (byte[] chunk = connection.readChunk(); chunk.length > 0; chunk = connection.readChunk()) {
                checksum.add(chunk, 0, chunk.length);
            }
            assertThat(checksum.value()).isEqualTo(Payload.checksum(size));
        }
    }

    private void awaitNoBusyThread() {
        Awaitility.await().untilAsserted(() -> assertThat(busyThreads()).isZero());
    }

    private int busyThreads() {
        return (Integer) bed.tomcat().jmx().attribute(bed.tomcat().threadPoolBean(Mount.FOUR_THREADS.connector()),
                "currentThreadsBusy");
    }
}
