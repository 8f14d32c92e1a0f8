package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.GuardBed;
import org.catwalk.it.harness.GuardMount;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.PacketTap;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.AfterEach;

/**
 * Uploads that do not go their ordinary way to the end, with packets asked for ahead and under way: early answers, applications that
 * fail, clients that leave. The next request on the same AJP connection is served, and no request is run twice.
 */
@Scenarios
class BodyEndingsTest {

    private final GuardBed bed;
    private final Client client = Client.plain();
    private final String id = Client.newRequestId();
    private PacketTap tap;
    private FrontEnd frontEnd;
    private GuardMount mount;

    BodyEndingsTest(GuardBed bed) {
        this.bed = bed;
    }

    private void on(Lane lane) {
        frontEnd = lane.frontEnd();
        mount = GuardMount.window(8, lane.packetSize());
        tap = bed.tap(frontEnd, mount);
        tap.delay(Duration.ofMillis(1));
        tap.forget();
    }

    @AfterEach
    void takeTheDelayAway() {
        tap.delay(Duration.ZERO);
    }

    @EachLane
    void keepsTheConnectionAfterAnEarlyAnswer(Lane lane) {
        on(lane);
        int some = 5 * mount.chunkBytes();
        for (String steps : List.of("write:10", "read:1,write:10", "read:" + some + ",write:10", "read:" + some + ",write:10,close")) {
            for (boolean sized : new boolean[] {true, false}) {
                Reply reply = post(steps, sized, 20 * mount.chunkBytes());
                assertThat(reply.status()).as("%s: %s", steps, reply).isEqualTo(200);
                assertThat(reply.body()).isEqualTo(Payload.bytes(10));
                assertNextIsServed();
            }
        }
        assertRunsOnce(8);
        assertThat(tap.connections()).as("connections").isEqualTo(1);
    }

    @EachLane
    void readsOnAfterAnAnswerThatHasBegun(Lane lane) {
        on(lane);
        int size = 20 * mount.chunkBytes();
        for (String steps : List.of("write:10,flush,read,write:10", "read:" + 5 * mount.chunkBytes() + ",write:10,flush,read,write:10")) {
            for (boolean sized : new boolean[] {true, false}) {
                Reply reply = post(steps, sized, size);
                assertThat(reply.status()).as("%s: %s", steps, reply).isEqualTo(200);
                assertThat(reply.body()).hasSize(20);
                assertNextIsServed();
            }
        }
        assertRunsOnce(4);
        assertThat(notes()).allMatch(note -> note.equals(Payload.checksum(size) + " complete"));
        assertThat(tap.connections()).as("connections").isEqualTo(1);
    }

    @EachLane
    void survivesApplicationsThatFailInMidUpload(Lane lane) {
        on(lane);
        int size = 20 * mount.chunkBytes();
        String some = "read:" + 5 * mount.chunkBytes();
        for (boolean sized : new boolean[] {true, false}) {
            assertThat(post(some + ",fail", sized, size).status()).isEqualTo(500);
            assertNextIsServed();
            assertThat(post(some + ",error:409", sized, size).status()).isEqualTo(409);
            assertNextIsServed();
            assertThat(post("fail", sized, size).status()).isEqualTo(500);
            assertNextIsServed();
        }
        assertRunsOnce(6);
    }

    @EachLane
    @UnlikeStock(Difference.FAILURE_AFTER_COMMIT)
    void survivesApplicationsThatFailAfterTheirAnswerHasBegun(Lane lane) throws Exception {
        on(lane);
        for (boolean sized : new boolean[] {true, false}) {
            URI uri = bed.at(frontEnd, mount, "/app/steps?do=read:" + 5 * mount.chunkBytes() + ",write:100,flush,fail");
            byte[] piece = Payload.bytes(mount.chunkBytes());
            try (RawConnection connection = RawConnection.to(uri)) {
                connection.request("POST", uri, "X-Request-Id: " + id,
                        sized ? "Content-Length: " + 8 * piece.length : "Transfer-Encoding: chunked");
                for (int i = 0; i < 8; i++) {
                    send(connection, sized, piece);
                }
                if (!sized) {
                    connection.chunk(new byte[0]);
                }
                Reply reply = connection.readReply();
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.body()).hasSizeLessThanOrEqualTo(100);
                if (!lane.isModJk()) {
                    // No ending makes mod_jk show it.
                    assertThat(reply.isCut()).isTrue();
                }
            }
            assertNextIsServed();
        }
        assertRunsOnce(2);
    }

    @EachLane
    void tellsTheApplicationThatTheClientLeft(Lane lane) throws Exception {
        on(lane);
        int gone = 0;
        for (boolean sized : new boolean[] {true, false}) {
            for (boolean reset : new boolean[] {true, false}) {
                leaveInMidUpload(sized, reset);
                int expected = ++gone;
                Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(notes()).hasSize(expected));
                assertNextIsServed();
            }
        }
        assertThat(notes()).allMatch(note -> note.contains(" read failed: "));
        assertRunsOnce(4);
    }

    /** After so much that packets are asked for ahead. */
    private void leaveInMidUpload(boolean sized, boolean reset) throws Exception {
        byte[] piece = Payload.bytes(mount.chunkBytes());
        URI uri = bed.at(frontEnd, mount, "/app/steps?do=read,write:10");
        tap.forget();
        RawConnection connection = RawConnection.to(uri);
        connection.request("POST", uri, "X-Request-Id: " + id,
                sized ? "Content-Length: " + 40 * piece.length : "Transfer-Encoding: chunked");
        for (int i = 0; i < 8; i++) {
            send(connection, sized, piece);
        }
        assertThat(tap.sees(Duration.ofSeconds(10), each -> each.count(PacketTap.Kind.BODY) >= 6)).isTrue();
        if (reset) {
            connection.reset();
        } else {
            connection.close();
        }
    }

    private static void send(RawConnection connection, boolean sized, byte[] piece) throws Exception {
        if (sized) {
            connection.send(piece);
        } else {
            connection.chunk(piece);
        }
    }

    @EachLane
    void takesABodylessGetThatReadsItsBody(Lane lane) {
        on(lane);
        for (int i = 0; i < 3; i++) {
            Reply reply = client.send(Client.request(bed.at(frontEnd, mount, "/app/steps?do=read,write:10")).header("X-Request-Id", id));
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
            assertThat(reply.body()).hasSize(10);
        }
        assertThat(notes()).hasSize(3).allMatch(note -> note.equals(Payload.checksum(0) + " complete"));
        assertThat(tap.count(PacketTap.Kind.GET_BODY_CHUNK)).as("asks").isZero();
    }

    private Reply post(String steps, boolean sized, int size) {
        return client.send(Client.request(bed.at(frontEnd, mount, "/app/steps?do=" + steps)).header("X-Request-Id", id)
                .POST(sized ? Client.sized(size, () -> new PayloadStream(size)) : Client.chunked(() -> new PayloadStream(size))));
    }

    private void assertNextIsServed() {
        Reply next = client.send(Client.request(bed.at(frontEnd, mount, "/app/upload"))
                .POST(Client.sized(10_000, () -> new PayloadStream(10_000))));
        assertThat(next.status()).as(next.toString()).isEqualTo(200);
        assertThat(next.fields().get("checksum")).isEqualTo(Payload.checksum(10_000));
    }

    /** @param requests that carried the id */
    private void assertRunsOnce(int requests) {
        assertThat(record("runs")).isEqualTo(Integer.toString(requests));
    }

    private List<String> notes() {
        return record("notes").lines().toList();
    }

    private String record(String field) {
        return client.get(bed.at(frontEnd, GuardMount.ODD, "/app/records?id=" + id)).fields().get(field);
    }
}
