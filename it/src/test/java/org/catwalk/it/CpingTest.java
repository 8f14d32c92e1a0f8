package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.LogFile;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.Tag;

/** Front ends that ask with CPING whether Tomcat is there before they send a request. */
@Scenarios
class CpingTest {

    private final TestBed bed;
    private final Client client = Client.plain();

    CpingTest(TestBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    @Tag("smoke")
    void answersBetweenRequests(FrontEnd frontEnd) {
        LogFile.Mark modJk = bed.httpd().modJkLog().mark();
        LogFile.Mark errors = bed.httpd().errorLog().mark();
        for (int i = 0; i < 5; i++) {
            assertThat(client.get(bed.at(frontEnd, Mount.PINGED, "/app/echo")).status()).isEqualTo(200);
            assertThat(client.send(Client.request(bed.at(frontEnd, Mount.PINGED, "/app/upload"))
                    .POST(Client.sized(50_000, () -> new PayloadStream(50_000)))).fields().get("checksum"))
                    .isEqualTo(Payload.checksum(50_000));
        }
        assertThat(modJk.text()).doesNotContain("pinged", "[error]");
        assertThat(errors.text()).doesNotContain("[proxy_ajp:error]");
    }
}
