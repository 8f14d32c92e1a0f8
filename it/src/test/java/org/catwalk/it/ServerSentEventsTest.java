package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.Tag;

/** What the application flushes arrives at once: the client gets each piece before it lets the application make the next. */
@Scenarios
class ServerSentEventsTest {

    private final TestBed bed;
    private final Client client = Client.plain();

    ServerSentEventsTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    @Tag("smoke")
    void deliversEachEventAsItIsFlushed(Lane lane) throws Exception {
        URI uri = bed.at(lane, "/app/events?count=5&id=" + Client.newRequestId());
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("GET", uri);
            assertThat(connection.readHead().header("content-type")).startsWith("text/event-stream");
            for (int i = 0; i < 5; i++) {
                assertThat(new String(connection.readChunk(), StandardCharsets.US_ASCII)).isEqualTo("data: event " + i + "\n\n");
                if (i < 4) {
                    assertThat(client.send(Client.request(uri).POST(BodyPublishers.noBody())).status()).isEqualTo(200);
                }
            }
            assertThat(connection.readChunk()).isEmpty();
        }
    }

    @EachLane
    void answersEachPieceOfABodyBeforeTheNextIsSent(Lane lane) throws Exception {
        URI uri = bed.at(lane, "/app/echo-body");
        // mod_jk waits until the client has filled the packet that was asked for; mod_proxy_ajp passes on what is there.
        byte[] piece = Payload.bytes(lane.isModJk() ? lane.packetSize() - 6 : 1000);
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, "Transfer-Encoding: chunked");
            for (int i = 0; i < 20; i++) {
                connection.chunk(piece);
                if (i == 0) {
                    assertThat(connection.readHead().status()).isEqualTo(200);
                }
                int received = 0;
                while (received < piece.length) {
                    received += connection.readChunk().length;
                }
                assertThat(received).isEqualTo(piece.length);
            }
            connection.chunk(new byte[0]);
            assertThat(connection.readChunk()).isEmpty();
        }
    }
}
