package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.catwalk.ajp.wire.HexFixture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketAssemblerTest {

    private final BufferPool pool = new BufferPool(4, 8);
    private final PacketAssembler assembler = new PacketAssembler(pool);

    @AfterEach
    void givesAllBuffersBack() {
        assembler.release();
        assertThat(pool.outstanding()).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 100, 8191, 8192, 65536, 1_000_000})
    void assemblesEveryCaptureWhateverPiecesItComesIn(int pieceBytes) throws IOException {
        List<byte[]> sent = new ArrayList<>();
        ByteBuffer stream = ByteBuffer.allocate(4 * 1024 * 1024);
        for (HexFixture fixture : HexFixture.all().toList()) {
            for (byte[] packet : fixture.packets()) {
                if (packet[0] == 0x12) {
                    sent.add(packet);
                    stream.put(packet);
                }
            }
        }
        assertThat(receive(stream.flip(), pieceBytes)).usingRecursiveComparison().isEqualTo(sent);
    }

    @Test
    void assemblesTheLargestPacketAndOneBehindIt() throws IOException {
        byte[] large = packet(PacketAssembler.MAX_PAYLOAD);
        byte[] small = packet(3);
        ByteBuffer stream = ByteBuffer.allocate(large.length + small.length).put(large).put(small).flip();
        assertThat(receive(stream, 10_000)).containsExactly(large, small);
    }

    @Test
    void refusesALengthThatNoPacketMayHave() throws IOException {
        assembler.fill(new Pieces(ByteBuffer.wrap(new byte[] {0x12, 0x34, (byte) 0xFF, (byte) 0xFF}), 4));
        assertThat(assembler.state()).isEqualTo(PacketAssembler.State.TOO_LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "GET / HTTP/1.1", "\u0012G", "AB"})
    void refusesWhatDoesNotBeginLikeAPacket(String text) throws IOException {
        assembler.fill(new Pieces(ByteBuffer.wrap(text.getBytes("ISO-8859-1")), 100));
        assertThat(assembler.state()).isEqualTo(PacketAssembler.State.BAD_MAGIC);
    }

    @Test
    void holdsNoBufferBeforeTheFirstByteAndAfterTheLast() throws IOException {
        assertThat(assembler.fill(new Pieces(ByteBuffer.allocate(0), 1))).isZero();
        assertThat(pool.outstanding()).containsOnly(0);
        receive(ByteBuffer.wrap(packet(10)), 100);
        assembler.trim();
        assertThat(pool.outstanding()).containsOnly(0);
    }

    @Test
    void keepsWhatFollowsAPacketThatIsTakenWithItsBuffer() throws IOException {
        byte[] first = packet(20);
        byte[] second = packet(30);
        assembler.fill(new Pieces(ByteBuffer.allocate(100).put(first).put(second).flip(), 100));
        PacketBuffer taken = assembler.detach();
        assertThat(assembler.state()).isEqualTo(PacketAssembler.State.COMPLETE);
        assertThat(current()).isEqualTo(second);
        pool.release(taken);
    }

    @Test
    void touchesNothingOfTheLastPacketWhenFillingAside() throws IOException {
        assembler.preferLarge(true);
        byte[] first = packet(2000);
        byte[] second = packet(60_000);
        byte[] third = packet(4000);
        Pieces pieces = new Pieces(ByteBuffer.allocate(80_000).put(first).put(second).put(third).flip(), 5000);
        assembler.fill(pieces);
        byte[] bytes = assembler.bytes();
        int from = assembler.payloadStart() - PacketAssembler.HEADER_BYTES;
        assembler.consume();
        while (assembler.fillAside(pieces) > 0) {
            assertThat(Arrays.copyOfRange(bytes, from, from + first.length)).isEqualTo(first);
        }
        assertThat(Arrays.copyOfRange(bytes, from, from + first.length)).isEqualTo(first);
        List<byte[]> rest = new ArrayList<>();
        drainInto(rest);
        while (assembler.fill(pieces) > 0) {
            drainInto(rest);
        }
        assertThat(rest).containsExactly(second, third);
    }

    @Test
    void saysWhenTooManyLargePacketsAreInFlight() throws IOException {
        BufferPool poor = new BufferPool(1, 0);
        PacketAssembler starved = new PacketAssembler(poor);
        Pieces pieces = new Pieces(ByteBuffer.wrap(packet(20_000)), 8192);
        starved.fill(pieces);
        assertThatThrownBy(() -> starved.fill(pieces)).isInstanceOf(BuffersExhaustedException.class);
        starved.release();
        assertThat(poor.outstanding()).containsOnly(0);
    }

    @Test
    void leavesHalfOfTheLargeBuffersToThoseWhoAreKnown() throws IOException {
        BufferPool few = new BufferPool(4, 4);
        List<PacketAssembler> connections = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            PacketAssembler stranger = new PacketAssembler(few);
            stranger.ofStranger(true);
            connections.add(stranger);
        }
        begin(connections.get(0));
        begin(connections.get(1));
        assertThatThrownBy(() -> begin(connections.get(2))).isInstanceOf(BuffersExhaustedException.class);
        for (int i = 0; i < 2; i++) {
            connections.add(new PacketAssembler(few));
            begin(connections.get(3 + i));
        }
        connections.forEach(PacketAssembler::release);
        assertThat(few.largeInUse()).isZero();

        begin(connections.get(2));
        connections.get(2).release();
        assertThat(few.outstanding()).containsOnly(0);
    }

    /** Takes in as much of a large packet as wants a large buffer. */
    private static void begin(PacketAssembler connection) throws IOException {
        Pieces pieces = new Pieces(ByteBuffer.wrap(packet(20_000)), 8192);
        connection.fill(pieces);
        connection.fill(pieces);
    }

    private List<byte[]> receive(ByteBuffer stream, int pieceBytes) throws IOException {
        Pieces pieces = new Pieces(stream, pieceBytes);
        List<byte[]> received = new ArrayList<>();
        while (assembler.fill(pieces) > 0) {
            drainInto(received);
        }
        assertThat(assembler.state()).isEqualTo(PacketAssembler.State.EMPTY);
        return received;
    }

    private void drainInto(List<byte[]> received) {
        while (assembler.state() == PacketAssembler.State.COMPLETE) {
            received.add(current());
            assembler.consume();
        }
    }

    private byte[] current() {
        return Arrays.copyOfRange(assembler.bytes(), assembler.payloadStart() - PacketAssembler.HEADER_BYTES,
                assembler.payloadEnd());
    }

    private static byte[] packet(int payload) {
        byte[] packet = new byte[PacketAssembler.HEADER_BYTES + payload];
        packet[0] = 0x12;
        packet[1] = 0x34;
        packet[2] = (byte) (payload >> 8);
        packet[3] = (byte) payload;
        for (int i = PacketAssembler.HEADER_BYTES; i < packet.length; i++) {
            packet[i] = (byte) (i * 31 + payload);
        }
        return packet;
    }

    /** Gives its bytes in pieces, as a socket does. */
    private record Pieces(ByteBuffer stream, int bytes) implements ReadableByteChannel {

        @Override
        public int read(ByteBuffer into) {
            int n = Math.min(bytes, Math.min(stream.remaining(), into.remaining()));
            into.put(stream.slice().limit(n));
            stream.position(stream.position() + n);
            return n;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // Nothing to close.
        }
    }
}
