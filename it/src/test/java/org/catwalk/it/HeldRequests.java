package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.GuardBed;
import org.catwalk.it.harness.GuardMount;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;

/** Requests that hold a connection and a thread until the test lets them go on; all have begun when {@link #begin} returns. */
final class HeldRequests implements AutoCloseable {

    private record Held(String id, RawConnection connection) {
    }

    private final GuardBed bed;
    private final FrontEnd frontEnd;
    private final List<Held> all = new ArrayList<>();

    private HeldRequests(GuardBed bed, FrontEnd frontEnd) {
        this.bed = bed;
        this.frontEnd = frontEnd;
    }

    static HeldRequests begin(GuardBed bed, FrontEnd frontEnd, GuardMount mount, int count) throws IOException {
        HeldRequests held = new HeldRequests(bed, frontEnd);
        for (int i = 0; i < count; i++) {
            String id = Client.newRequestId();
            URI uri = bed.at(frontEnd, mount, "/app/events?count=2&id=" + id);
            held.all.add(new Held(id, RawConnection.to(uri).request("GET", uri)));
        }
        for (Held each : held.all) {
            assertThat(each.connection.readHead().status()).isEqualTo(200);
            assertThat(new String(each.connection.readChunk(), StandardCharsets.US_ASCII)).contains("event 0");
        }
        return held;
    }

    /** Lets all of them end, and sees that they do. */
    void endWell() throws IOException {
        for (Held each : all) {
            // Through a connector of its own: the one that is held may have no thread or connection left.
            Reply released = Client.plain().send(Client.request(bed.at(frontEnd, GuardMount.ODD, "/app/events?id=" + each.id))
                    .POST(BodyPublishers.noBody()));
            assertThat(released.status()).isEqualTo(200);
        }
        for (Held each : all) {
            assertThat(new String(each.connection.readChunk(), StandardCharsets.US_ASCII)).contains("event 1");
            assertThat(each.connection.readChunk()).isEmpty();
        }
    }

    @Override
    public void close() throws IOException {
        for (Held each : all) {
            each.connection.close();
        }
    }
}
