package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.time.Duration;
import java.util.Arrays;
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
 * Uploads with {@code bodyWindow} 1, 8 and 64 over a line that takes its time, judged by the packets that pass: how many are asked for
 * ahead, and that the web server is asked for no more than there is.
 */
@Scenarios
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class BodyReadAheadTest {

    private static final int[] WINDOWS = {1, 8, 64};
    private static final int MEGABYTE = 1024 * 1024;
    private static final Duration LINE = Duration.ofMillis(1);
    /** So many packets come one by one, because an interactive application has shown itself by then. */
    private static final int BEFORE_READ_AHEAD = 3;

    private final GuardBed bed;
    private final Client client = Client.plain();
    private PacketTap tap;

    BodyReadAheadTest(GuardBed bed) {
        this.bed = bed;
    }

    private void tap(FrontEnd frontEnd, GuardMount mount) {
        tap = bed.tap(frontEnd, mount);
        tap.delay(LINE);
        tap.forget();
    }

    @AfterEach
    void takeTheDelayAway() {
        tap.delay(Duration.ZERO);
    }

    @EachLane
    void asksAheadForBodiesOfKnownLengthAndNeverTooOften(Lane lane) {
        for (int window : WINDOWS) {
            GuardMount mount = GuardMount.window(window, lane.packetSize());
            tap(lane.frontEnd(), mount);
            int chunk = mount.chunkBytes();
            int[] sizes = {1, chunk - 1, chunk, chunk + 1, 3 * chunk, 4 * chunk + 1, 9 * chunk, 12 * chunk + 5000, MEGABYTE};
            long fullPackets = 0;
            for (int size : sizes) {
                assertArrives(lane.frontEnd(), mount, size, Client.sized(size, () -> new PayloadStream(size)));
                fullPackets += (size + chunk - 1) / chunk;
            }
            assertThat(tap.connections()).as("connections").isEqualTo(1);
            assertAnswersMatchAsks(sizes.length);
            if (lane.isModJk()) {
                // It fills each packet, so that the number of asks is known.
                assertThat(tap.count(PacketTap.Kind.BODY)).isEqualTo(fullPackets);
            }
            assertOutstanding(window, lane.packetSize());
        }
    }

    private void assertOutstanding(int window, int packetSize) {
        assertThat(tap.mostOutstanding(true, BEFORE_READ_AHEAD)).as("at the beginning").isEqualTo(1);
        // At most 64 KB, but two packets in any case.
        int most = Math.min(window, Math.max(2, 65536 / packetSize));
        assertThat(tap.mostOutstanding(true)).as("bodyWindow %d", window).isEqualTo(most);
    }

    @EachLane
    void asksForBodiesOfUnknownLengthOneByOne(Lane lane) {
        for (int window : WINDOWS) {
            GuardMount mount = GuardMount.window(window, lane.packetSize());
            tap(lane.frontEnd(), mount);
            int chunk = mount.chunkBytes();
            for (int size : new int[] {1, chunk, 4 * chunk + 1, 300_000}) {
                assertArrives(lane.frontEnd(), mount, size, Client.chunked(() -> new PayloadStream(size)));
            }
            assertThat(tap.connections()).as("connections").isEqualTo(1);
            assertThat(tap.mostOutstanding(false)).as("outstanding").isEqualTo(1);
            assertAnswersMatchAsks(0);
        }
    }

    @EachLane
    void takesShortPacketsFromASlowClient(Lane lane) throws Exception {
        for (int window : WINDOWS) {
            GuardMount mount = GuardMount.window(window, lane.packetSize());
            tap(lane.frontEnd(), mount);
            sendSlowlyThenAtOnce(lane.frontEnd(), mount, 10, 3 * mount.chunkBytes() + 7);
            sendSlowlyThenAtOnce(lane.frontEnd(), mount, 10, 20 * mount.chunkBytes() + 7);
            assertThat(tap.connections()).as("connections").isEqualTo(1);
            assertAnswersMatchAsks(2);
        }
    }

    /** The front end's packets are larger than ours, and mod_proxy_ajp fills them whatever size it was asked for. */
    @EachFrontEnd
    void takesUploadsInLargerPacketsThanItAskedFor(FrontEnd frontEnd) throws Exception {
        GuardMount mount = GuardMount.LARGE_FRONT_END;
        tap(frontEnd, mount);
        int larger = 65536 - 6;
        for (int size : new int[] {1, 8187, larger, larger + 1, 2 * larger, 5 * larger + 8187, MEGABYTE}) {
            assertArrives(frontEnd, mount, size, Client.sized(size, () -> new PayloadStream(size)));
            assertArrives(frontEnd, mount, size, Client.chunked(() -> new PayloadStream(size)));
        }
        // The first packets are short, so that nothing but the connection's past shows how large the others will be.
        tap.forget();
        for (int size : new int[] {40_000, larger + 10, 3 * larger}) {
            sendSlowlyThenAtOnce(frontEnd, mount, 40, size);
        }
        assertThat(tap.packets()).as("answers to asks behind the end").noneMatch(packet ->
                packet.kind() == PacketTap.Kind.BODY && packet.payloadBytes() <= 2);
        assertThat(tap.connections()).as("connections").isEqualTo(1);
    }

    /** A few small pieces, each on its own, then the rest. */
    private void sendSlowlyThenAtOnce(FrontEnd frontEnd, GuardMount mount, int pieces, int size) throws Exception {
        URI uri = bed.at(frontEnd, mount, "/app/upload");
        byte[] body = Payload.bytes(size);
        long before = tap.count(PacketTap.Kind.BODY);
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, "Content-Length: " + size);
            int sent = 0;
            for (int i = 1; i <= pieces; i++) {
                connection.send(Arrays.copyOfRange(body, sent, sent + 700));
                sent += 700;
                // mod_proxy_ajp sends what is there; mod_jk fills a packet first.
                long expected = before + i;
                boolean passedOn = tap.sees(Duration.ofMillis(frontEnd == FrontEnd.MOD_JK ? 5 : 5000),
                        each -> each.count(PacketTap.Kind.BODY) >= expected);
                assertThat(passedOn).isEqualTo(frontEnd == FrontEnd.MOD_PROXY_AJP);
            }
            assertArrived(connection.send(Arrays.copyOfRange(body, sent, size)).readReply(), size);
        }
    }

    private void assertArrives(FrontEnd frontEnd, GuardMount mount, int size, BodyPublisher body) {
        assertArrived(client.send(Client.request(bed.at(frontEnd, mount, "/app/upload")).POST(body)), size);
    }

    private static void assertArrived(Reply reply, int size) {
        assertThat(reply.status()).as("size %d: %s", size, reply).isEqualTo(200);
        assertThat(reply.fields().get("checksum")).isEqualTo(Payload.checksum(size));
    }

    /** @param unasked body packets that came with a request */
    private void assertAnswersMatchAsks(int unasked) {
        assertThat(tap.count(PacketTap.Kind.BODY)).as("body packets").isEqualTo(tap.count(PacketTap.Kind.GET_BODY_CHUNK) + unasked);
        assertThat(tap.count(PacketTap.Kind.UNKNOWN)).as("unknown packets").isZero();
    }
}
