package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;

/** Clients that wait for 100 Continue before they send the body. */
@Scenarios
class ExpectContinueTest {

    private final TestBed bed;

    ExpectContinueTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void invitesABodyWithContentLength(Lane lane) throws Exception {
        byte[] body = Payload.bytes(20_000);
        URI uri = bed.at(lane, "/app/upload");
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, "Expect: 100-continue", "Content-Length: " + body.length);
            assertThat(connection.readReply().status()).isEqualTo(100);
            Reply reply = connection.send(body).readReply();
            assertThat(reply.fields().get("checksum")).isEqualTo(Payload.checksum(body.length));
        }
    }

    @EachLane
    void invitesAChunkedBody(Lane lane) throws Exception {
        byte[] body = Payload.bytes(20_000);
        URI uri = bed.at(lane, "/app/upload");
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, "Expect: 100-continue", "Transfer-Encoding: chunked");
            assertThat(connection.readReply().status()).isEqualTo(100);
            Reply reply = connection.chunk(body).chunk(new byte[0]).readReply();
            assertThat(reply.fields().get("checksum")).isEqualTo(Payload.checksum(body.length));
        }
    }
}
