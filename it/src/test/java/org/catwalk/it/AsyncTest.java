package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;

/** Asynchronous servlets, through each of their ends. */
@Scenarios
class AsyncTest {

    private final TestBed bed;
    private final Client client = Client.plain();
    private final String id = Client.newRequestId();

    AsyncTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    @Tag("smoke")
    void completesFromAnotherThread(Lane lane) {
        Reply reply = run(lane, "complete");
        assertThat(reply.fields().get("ended")).isEqualTo("complete");
        assertThat(reply.fields().get("thread")).isEqualTo("async-servlet");
        assertNoted(lane, "onComplete");
    }

    @EachLane
    void completesWithinService(Lane lane) {
        assertThat(run(lane, "immediate").fields().get("ended")).isEqualTo("complete");
        assertNoted(lane, "onComplete");
    }

    @EachLane
    @Tag("smoke")
    void dispatchesBack(Lane lane) {
        Reply reply = run(lane, "dispatch");
        assertThat(reply.fields().get("ended")).isEqualTo("dispatch");
        assertThat(reply.fields().get("thread")).startsWith("ajp-nio-");
        assertNoted(lane, "onComplete");
    }

    @EachLane
    void dispatchesToAnotherServlet(Lane lane) {
        Fields seen = run(lane, "dispatch-away").fields();
        assertThat(seen.get("pathInfo")).isEqualTo("/from-async");
        assertThat(seen.get("method")).isEqualTo("GET");
    }

    @EachLane
    @Tag("smoke")
    void letsTheListenerAnswerATimeout(Lane lane) {
        assertThat(run(lane, "timeout").fields().get("ended")).isEqualTo("timeout");
        assertNoted(lane, "onTimeout");
        assertNoted(lane, "onComplete");
    }

    @EachLane
    void answersATimeoutThatNobodyHandlesWith500(Lane lane) {
        assertThat(run(lane, "timeout-default").status()).isEqualTo(500);
        assertNoted(lane, "onTimeout");
    }

    @EachLane
    void answersAnErrorInADispatchedRunWith500(Lane lane) {
        Reply reply = run(lane, "error");
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.text()).contains("in the dispatched run");
        assertNoted(lane, "onError");
    }

    private Reply run(Lane lane, String how) {
        return client.send(Client.request(bed.at(lane, "/app/async?how=" + how)).header("X-Request-Id", id));
    }

    private void assertNoted(Lane lane, String note) {
        Awaitility.await().untilAsserted(() -> {
            String notes = client.get(bed.at(lane, "/app/records?id=" + id)).fields().get("notes");
            assertThat(notes.split("\n")).contains(note);
        });
    }
}
