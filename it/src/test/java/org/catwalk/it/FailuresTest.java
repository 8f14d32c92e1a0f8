package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.junit.jupiter.api.Tag;

/** Applications that fail: before a byte has left the answer is a clean error, after that it never looks complete. */
@Scenarios
class FailuresTest {

    private final TestBed bed;
    private final Client client = Client.plain();

    FailuresTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    @Tag("smoke")
    void sendsTheContainersErrorPage(Lane lane) {
        Reply reply = client.get(bed.at(lane, "/app/fail?how=error&status=403"));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.text()).contains("403");
    }

    @EachLane
    @Tag("smoke")
    void sendsTheApplicationsErrorPage(Lane lane) {
        Reply reply = client.get(bed.at(lane, "/app/fail?how=error&status=410"));
        assertThat(reply.status()).isEqualTo(410);
        assertThat(reply.fields().get("errorPage")).isEqualTo("true");
        assertThat(reply.fields().get("uri")).isEqualTo("/app/fail");
    }

    @EachLane
    @Tag("smoke")
    void turnsAnExceptionBeforeCommitInto500(Lane lane) {
        String id = Client.newRequestId();
        Reply reply = client.send(Client.request(bed.at(lane, "/app/fail?how=before")).header("X-Request-Id", id));
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.text()).contains("before commit, as asked");
        assertRanOnce(lane, id);
    }

    @EachLane
    void cutsAResponseWithContentLengthWhenTheApplicationFailsAfterCommit(Lane lane) throws Exception {
        String id = Client.newRequestId();
        URI uri = bed.at(lane, "/app/fail?how=after&length=200");
        try (RawConnection connection = RawConnection.to(uri)) {
            Reply reply = connection.request("GET", uri, "X-Request-Id: " + id, "Connection: close").readReply();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body().length).isLessThanOrEqualTo(100);
            if (lane.isModJk()) {
                // mod_proxy_ajp drops the Content-Length, so that this client cannot tell; see the next test.
                assertThat(reply.isCut()).isTrue();
            }
        }
        assertRanOnce(lane, id);
        assertStillServes(lane);
    }

    @EachLane
    @UnlikeStock(Difference.FAILURE_AFTER_COMMIT)
    void cutsWhereTheFrontEndCanShowItWhenTheApplicationFailsAfterCommit(Lane lane) throws Exception {
        String id = Client.newRequestId();
        URI uri = bed.at(lane, "/app/fail?how=after");
        try (RawConnection connection = RawConnection.to(uri)) {
            Reply reply = connection.request("GET", uri, "X-Request-Id: " + id).readReply();
            assertThat(reply.status()).isEqualTo(200);
            if (!lane.isModJk()) {
                // No ending makes mod_jk cut a chunked response (front-ends.md).
                assertThat(reply.isCut()).isTrue();
            }
        }
        assertRanOnce(lane, id);
        assertStillServes(lane);
    }

    @EachLane
    @UnlikeStock(Difference.FAILURE_AFTER_COMMIT)
    void cutsAResponseThatIsShorterThanItsContentLength(Lane lane) throws Exception {
        assertCut(lane, "/app/fail?how=short-flushed");
        assertCut(lane, "/app/fail?how=short");
    }

    private void assertCut(Lane lane, String path) throws Exception {
        String id = Client.newRequestId();
        URI uri = bed.at(lane, path);
        try (RawConnection connection = RawConnection.to(uri)) {
            Reply reply = connection.request("GET", uri, "X-Request-Id: " + id, "Connection: close").readReply();
            assertThat(reply.isCut()).as(reply.toString()).isTrue();
        }
        assertRanOnce(lane, id);
        assertStillServes(lane);
    }

    private void assertRanOnce(Lane lane, String id) {
        assertThat(client.get(bed.at(lane, "/app/records?id=" + id)).fields().get("runs")).isEqualTo("1");
    }

    private void assertStillServes(Lane lane) {
        for (int i = 0; i < 3; i++) {
            assertThat(client.get(bed.at(lane, "/app/echo")).status()).isEqualTo(200);
        }
    }
}
