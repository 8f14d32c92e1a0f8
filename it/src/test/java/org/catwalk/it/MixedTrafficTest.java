package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.Tag;

/** Many clients at once with requests of every kind, each answer checked: nobody gets another's bytes. */
@Scenarios
class MixedTrafficTest {

    private static final int CLIENTS = 16;
    private static final int REQUESTS_PER_CLIENT = 60;

    private final TestBed bed;
    private final Client client = Client.plain();

    MixedTrafficTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    @Tag("smoke")
    void keepsRequestsApart(Lane lane) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                work.add(() -> {
                    for (int request = 0; request < REQUESTS_PER_CLIENT; request++) {
                        requestOfAnyKind(lane, random);
                    }
                    return null;
                });
            }
            for (Future<Void> result : clients.invokeAll(work)) {
                result.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private void requestOfAnyKind(Lane lane, Random random) {
        int size = 1 << random.nextInt(19);
        size += random.nextInt(size);
        switch (random.nextInt(8)) {
            case 0 -> echo(lane, random);
            case 1 -> assertBody(lane, "/app/download?length=true&size=" + size, size);
            case 2 -> assertBody(lane, "/app/download?size=" + size, size);
            case 3 -> assertBody(lane, "/app/non-blocking/download?size=" + size, size);
            case 4 -> upload(lane, "/app/upload", size, size, false);
            case 5 -> upload(lane, "/app/upload", size, size, true);
            case 6 -> upload(lane, "/app/non-blocking/upload", size, size, random.nextBoolean());
            default -> upload(lane, "/app/upload?read=" + size / 2, size, size / 2, random.nextBoolean());
        }
    }

    private void echo(Lane lane, Random random) {
        String mark = Long.toHexString(random.nextLong());
        Reply reply = client.send(Client.request(bed.at(lane, "/app/echo/" + mark)).header("X-Mark", mark));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.fields().get("pathInfo")).isEqualTo("/" + mark);
        assertThat(reply.fields().get("header.x-mark")).isEqualTo(mark);
    }

    private void assertBody(Lane lane, String path, int size) {
        Reply reply = client.get(bed.at(lane, path));
        assertThat(reply.status()).as(path).isEqualTo(200);
        Payload.Checksum checksum = new Payload.Checksum();
        checksum.add(reply.body(), 0, reply.body().length);
        assertThat(checksum.value()).as(path).isEqualTo(Payload.checksum(size));
    }

    private void upload(Lane lane, String path, int size, int read, boolean chunked) {
        Reply reply = client.send(Client.request(bed.at(lane, path)).POST(chunked
                ? Client.chunked(() -> new PayloadStream(size)) : Client.sized(size, () -> new PayloadStream(size))));
        assertThat(reply.status()).as("%s with %d bytes", path, size).isEqualTo(200);
        assertThat(reply.fields().get("checksum")).as("%s with %d bytes", path, size).isEqualTo(Payload.checksum(read));
    }
}
