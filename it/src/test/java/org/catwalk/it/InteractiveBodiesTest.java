package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
import org.junit.jupiter.api.Test;

/**
 * Both directions at once. A front end deals with packets strictly in turn, so that a packet of the response waits behind every packet
 * of the body that was asked for: to ask too early is to deadlock.
 */
@Scenarios
class InteractiveBodiesTest {

    private static final int[] WINDOWS = {1, 8, 64};
    private static final int PIECES = 12;
    private static final int SMALL_PIECE = 1000;

    private final GuardBed bed;
    private PacketTap tap;

    InteractiveBodiesTest(GuardBed bed) {
        this.bed = bed;
    }

    private GuardMount tapped(FrontEnd frontEnd, GuardMount mount) {
        tap = bed.tap(frontEnd, mount);
        tap.delay(Duration.ofMillis(1));
        tap.forget();
        return mount;
    }

    @AfterEach
    void takeTheDelayAway() {
        tap.delay(Duration.ZERO);
    }

    @EachLane
    void answersEachPieceOfASizedBodyWhileTheClientWaits(Lane lane) throws Exception {
        for (int window : WINDOWS) {
            converse(lane.frontEnd(), tapped(lane.frontEnd(), GuardMount.window(window, lane.packetSize())), true, 0);
            assertThat(tap.mostOutstanding(true)).as("outstanding").isEqualTo(1);
        }
    }

    @EachLane
    void answersEachPieceOfAChunkedBodyWhileTheClientWaits(Lane lane) throws Exception {
        for (int window : WINDOWS) {
            converse(lane.frontEnd(), tapped(lane.frontEnd(), GuardMount.window(window, lane.packetSize())), false, 0);
            assertThat(tap.mostOutstanding(false)).as("outstanding").isEqualTo(1);
        }
    }

    /** Two pieces are read in silence: still nothing is asked for ahead. */
    @EachLane
    void letsTheApplicationBeginToAnswerWithTheThirdPiece(Lane lane) throws Exception {
        converse(lane.frontEnd(), tapped(lane.frontEnd(), GuardMount.window(8, lane.packetSize())), true, 2);
    }

    @EachFrontEnd
    @UnlikeStock(Difference.LARGER_PACKETS)
    void answersEachPieceToAFrontEndWithLargerPackets(FrontEnd frontEnd) throws Exception {
        GuardMount mount = tapped(frontEnd, GuardMount.LARGE_FRONT_END);
        // Of a chunked body, mod_jk fills its own packets whatever size it was asked for.
        int piece = frontEnd == FrontEnd.MOD_JK ? 65536 - 6 : SMALL_PIECE;
        converse(frontEnd, mount, piece, false, 0);
        if (frontEnd == FrontEnd.MOD_PROXY_AJP) {
            converse(frontEnd, mount, piece, true, 0);
        }
    }

    /** mod_proxy_ajp passes on what is there: one piece of a conversation may come in many packets. */
    @Test
    void answersAPieceThatCameInManySmallPackets() throws Exception {
        GuardMount mount = tapped(FrontEnd.MOD_PROXY_AJP, GuardMount.WINDOW_8_8K);
        byte[] piece = Payload.bytes(6000);
        URI uri = bed.at(FrontEnd.MOD_PROXY_AJP, mount, "/app/steps?do=echo:" + piece.length);
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, "Content-Length: " + 20 * piece.length);
            for (int i = 0; i < piece.length; i += 600) {
                connection.send(Arrays.copyOfRange(piece, i, i + 600));
                int expected = i / 600 + 1;
                assertThat(tap.sees(Duration.ofSeconds(5), each -> each.count(PacketTap.Kind.BODY) >= expected)).isTrue();
            }
            assertThat(connection.readHead().status()).isEqualTo(200);
            assertThat(connection.readChunk()).isEqualTo(piece);
        }
    }

    /** An application that turns interactive later than that needs a window of one. */
    @EachLane
    void letsTheApplicationBeginToAnswerLateWithoutReadAhead(Lane lane) throws Exception {
        converse(lane.frontEnd(), tapped(lane.frontEnd(), GuardMount.window(1, lane.packetSize())), true, 6);
    }

    /**
     * The client sends a piece and does nothing before it has the whole answer.
     *
     * @param silent pieces that the application reads at first without an answer
     */
    private void converse(FrontEnd frontEnd, GuardMount mount, boolean sized, int silent) throws Exception {
        // mod_jk waits until the client has filled the packet that was asked for; mod_proxy_ajp passes on what is there.
        converse(frontEnd, mount, frontEnd == FrontEnd.MOD_JK ? mount.chunkBytes() : SMALL_PIECE, sized, silent);
    }

    private void converse(FrontEnd frontEnd, GuardMount mount, int pieceBytes, boolean sized, int silent) throws Exception {
        byte[] piece = Payload.bytes(pieceBytes);
        String first = silent == 0 ? "" : "read:" + silent * piece.length + ",";
        URI uri = bed.at(frontEnd, mount, "/app/steps?do=" + first + "echo:" + piece.length);
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, sized ? "Content-Length: " + PIECES * piece.length : "Transfer-Encoding: chunked");
            for (int i = 0; i < PIECES; i++) {
                if (sized) {
                    connection.send(piece);
                } else {
                    connection.chunk(piece);
                }
                if (i < silent) {
                    continue;
                }
                if (i == silent) {
                    assertThat(connection.readHead().status()).isEqualTo(200);
                }
                ByteArrayOutputStream answer = new ByteArrayOutputStream();
                while (answer.size() < piece.length) {
                    answer.writeBytes(connection.readChunk());
                }
                assertThat(answer.toByteArray()).isEqualTo(piece);
            }
            if (!sized) {
                connection.chunk(new byte[0]);
            }
            assertThat(connection.readChunk()).isEmpty();
        }
    }

    /** Read-ahead is on when the response begins, and both directions carry more than all buffers between here and there. */
    @EachLane
    void carriesMuchInBothDirectionsAtOnce(Lane lane) throws Exception {
        for (int window : WINDOWS) {
            for (boolean sized : new boolean[] {true, false}) {
                GuardMount mount = tapped(lane.frontEnd(), GuardMount.window(window, lane.packetSize()));
                tap.delay(Duration.ZERO);
                int first = 6 * mount.chunkBytes();
                exchange(lane.frontEnd(), mount, sized, first, "read:" + first + ",copy:8192");
                exchange(lane.frontEnd(), mount, sized, 0, "copy:8192");
            }
        }
    }

    @EachFrontEnd
    @UnlikeStock(Difference.LARGER_PACKETS)
    void carriesMuchInBothDirectionsToAFrontEndWithLargerPackets(FrontEnd frontEnd) throws Exception {
        GuardMount mount = tapped(frontEnd, GuardMount.LARGE_FRONT_END);
        tap.delay(Duration.ZERO);
        exchange(frontEnd, mount, true, 400_000, "read:400000,copy:8192");
        exchange(frontEnd, mount, false, 400_000, "read:400000,copy:8192");
    }

    /** @param swallowed bytes of the body that do not come back */
    private void exchange(FrontEnd frontEnd, GuardMount mount, boolean sized, int swallowed, String steps) throws Exception {
        int size = 5 * 1024 * 1024;
        URI uri = bed.at(frontEnd, mount, "/app/steps?do=" + steps);
        try (RawConnection connection = RawConnection.to(uri)) {
            connection.request("POST", uri, sized ? "Content-Length: " + size : "Transfer-Encoding: chunked");
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(connection, sized, size));
            Reply reply = connection.readReply();
            sending.get(10, TimeUnit.SECONDS);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.isCut()).isFalse();
            Payload.Checksum sum = new Payload.Checksum();
            byte[] expected = Payload.bytes(size);
            sum.add(expected, swallowed, size - swallowed);
            Payload.Checksum got = new Payload.Checksum();
            got.add(reply.body(), 0, reply.body().length);
            assertThat(got.value()).as("%s at %s", steps, mount).isEqualTo(sum.value());
        }
    }

    private static void send(RawConnection connection, boolean sized, int size) {
        try (PayloadStream body = new PayloadStream(size)) {
            for (byte[] piece = body.readNBytes(50_000); piece.length > 0; piece = body.readNBytes(50_000)) {
                if (sized) {
                    connection.send(piece);
                } else {
                    connection.chunk(piece);
                }
            }
            if (!sized) {
                connection.chunk(new byte[0]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
