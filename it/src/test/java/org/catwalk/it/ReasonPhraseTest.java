package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.TestBed;

/** The status line carries the standard reason phrase. */
@Scenarios
@UnlikeStock(Difference.REASON_PHRASE)
class ReasonPhraseTest {

    private final TestBed bed;

    ReasonPhraseTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void sendsStandardReasonPhrases(Lane lane) throws Exception {
        assertReason(lane, "/app/echo", "OK");
        assertReason(lane, "/app/nothing-here", "Not Found");
        assertReason(lane, "/app/fail?how=error&status=410", "Gone");
        assertReason(lane, "/app/fail?how=before", "Internal Server Error");
    }

    private void assertReason(Lane lane, String path, String reason) throws Exception {
        URI uri = bed.at(lane, path);
        try (RawConnection connection = RawConnection.to(uri)) {
            assertThat(connection.request("GET", uri).readReply().reason()).isEqualTo(reason);
        }
    }
}
