package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;

/** The secret that front end and connector share. */
@Scenarios
class SecretTest {

    private final TestBed bed;
    private final Client client = Client.plain();

    SecretTest(TestBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    void admitsTheRightSecret(FrontEnd frontEnd) {
        assertThat(client.get(bed.at(frontEnd, Mount.PLAIN_8K, "/app/echo")).status()).isEqualTo(200);
    }

    @EachFrontEnd
    void refusesAWrongSecret(FrontEnd frontEnd) {
        assertRefused(frontEnd, Mount.SECRET_WRONG);
    }

    @EachFrontEnd
    void refusesAMissingSecret(FrontEnd frontEnd) {
        assertRefused(frontEnd, Mount.SECRET_MISSING);
    }

    private void assertRefused(FrontEnd frontEnd, Mount mount) {
        // Each request on its own; a refusal must not put the front end's worker out of service.
        for (int i = 0; i < 3; i++) {
            assertRefused(frontEnd, Client.request(bed.at(frontEnd, mount, "/app/echo")));
            assertRefused(frontEnd, Client.request(bed.at(frontEnd, mount, "/app/upload"))
                    .POST(Client.sized(5000, () -> new PayloadStream(5000))));
        }
        Reply admitted = client.send(Client.request(bed.at(frontEnd, Mount.PLAIN_8K, "/app/upload"))
                .POST(Client.sized(5000, () -> new PayloadStream(5000))));
        assertThat(admitted.fields().get("checksum")).isEqualTo(Payload.checksum(5000));
    }

    private void assertRefused(FrontEnd frontEnd, HttpRequest.Builder request) {
        String id = Client.newRequestId();
        Reply reply = client.send(request.header("X-Request-Id", id));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(403);
        assertThat(client.get(bed.at(frontEnd, Mount.PLAIN_8K, "/app/records?id=" + id)).fields().get("runs")).isEqualTo("0");
    }
}
