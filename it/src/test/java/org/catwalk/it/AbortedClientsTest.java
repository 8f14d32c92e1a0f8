package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;

/** Clients that leave or stall: the application learns of it, and the next request is served. */
@Scenarios
class AbortedClientsTest {

    private final TestBed bed;
    private final Client client = Client.plain();
    private final String id = Client.newRequestId();

    AbortedClientsTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void tellsTheApplicationWhenTheClientLeavesDuringADownload(Lane lane) throws Exception {
        URI uri = bed.at(lane, "/app/download?size=500000000&length=true");
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("GET", uri, "X-Request-Id: " + id);
            assertThat(connection.readHead().status()).isEqualTo(200);
            connection.readSome(1000);
            connection.reset();
        }
        awaitNote(lane, "write failed");
        assertThat(client.get(bed.at(lane, "/app/echo")).status()).isEqualTo(200);
    }

    @EachLane
    void tellsTheApplicationWhenTheClientLeavesDuringAnUpload(Lane lane) throws Exception {
        URI uri = bed.at(lane, "/app/upload");
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, "Content-Length: 1000000", "X-Request-Id: " + id).send(Payload.bytes(300_000));
            awaitStarted(lane);
            connection.reset();
        }
        awaitNote(lane, "read failed");
        assertThat(client.get(bed.at(lane, "/app/echo")).status()).isEqualTo(200);
    }

    @EachFrontEnd
    void stopsReadingFromAClientThatStalls(FrontEnd frontEnd) throws Exception {
        URI uri = bed.at(frontEnd, Mount.IMPATIENT, "/app/upload");
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, "Content-Length: 1000000", "X-Request-Id: " + id).send(Payload.bytes(300_000));
            awaitNote(Lane.MOD_JK_8K, "read failed");
        }
        assertThat(client.get(bed.at(frontEnd, Mount.IMPATIENT, "/app/echo")).status()).isEqualTo(200);
    }

    private void awaitStarted(Lane lane) {
        Awaitility.await().until(() -> record(lane, "runs").equals("1"));
    }

    private void awaitNote(Lane lane, String beginning) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(record(lane, "notes")).startsWith(beginning));
    }

    private String record(Lane lane, String field) {
        return client.get(bed.at(lane, "/app/records?id=" + id)).fields().get(field);
    }
}
