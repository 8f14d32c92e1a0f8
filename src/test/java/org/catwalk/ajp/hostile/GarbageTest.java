package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Heap;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.HexFixture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever bytes come, they leave nothing behind, and a valid request on another connection is answered. */
@Tag("slow")
class GarbageTest extends Attack {

    private static final int REQUESTS = 100_000;
    private static final int SENDERS = 3;
    private static final long HEAP_NOISE_BYTES = 4 * 1024 * 1024;

    private final List<byte[]> captured = HexFixture.all().flatMap(capture -> capture.packets().stream()).toList();

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("secretRequired", "true").attribute("secret", "open sesame").attribute("packetTimeout", "1000")
                .attribute("maxThreads", "8").attribute("minSpareThreads", "8");
    }

    @Test
    void aHundredThousandGarbageRequestsLeaveNothing() throws Exception {
        server.log().withoutDebug();
        // Classes, pools and processors that stay for good.
        flood(2_000, 1);
        server.awaitConnections(0);
        server.awaitQuiet();
        long heap = Heap.heldBytes();
        int threads = server.threads().size();
        int mbeans = server.mbeans().size();

        flood(REQUESTS, 2);

        server.awaitConnections(0);
        server.awaitQuiet();
        assertThat(Heap.heldBytes()).as("heap").isLessThan(heap + HEAP_NOISE_BYTES);
        assertThat(server.threads()).as("threads").hasSizeLessThanOrEqualTo(threads);
        assertThat(server.mbeans()).as("MBeans").hasSizeLessThanOrEqualTo(mbeans + 8);
        assertThat(server.counters().refused()).isGreaterThan(REQUESTS / 2);
        assertThat(server.log().refusals()).as("lines").hasSizeLessThan(1500);
    }

    private void flood(int requests, long seed) throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            Random random = new Random(seed * 1000 + i);
            done.add(senders.submit(() -> send(requests / SENDERS + 1, random)));
        }
        senders.shutdown();
        // Meanwhile everybody else is served.
        try (AjpClient client = server.connect()) {
            while (!done.stream().allMatch(Future::isDone)) {
                assertThat(client.exchange(Request.get("/hello").secret("open sesame")).text()).isEqualTo("hello");
                assertThat(client.staysSilent(Duration.ofMillis(20))).isTrue();
            }
        }
        for (Future<?> each : done) {
            each.get();
        }
    }

    private Void send(int requests, Random random) throws IOException {
        InetSocketAddress container = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        ByteBuffer answer = ByteBuffer.allocate(16 * 1024);
        for (int i = 0; i < requests; i++) {
            try (SocketChannel connection = SocketChannel.open(container)) {
                connection.setOption(StandardSocketOptions.SO_LINGER, 0);
                connection.write(ByteBuffer.wrap(garbage(random)));
                if (random.nextInt(4) > 0) {
                    connection.shutdownOutput();
                    while (connection.read(answer.clear()) >= 0) {
                        assertBeginsAPacket(answer);
                    }
                }
            }
        }
        return null;
    }

    private static void assertBeginsAPacket(ByteBuffer answer) {
        assertThat((int) answer.getShort(0)).isCloseTo('A' << 8 | 'B', within(0));
    }

    private byte[] garbage(Random random) {
        byte[] packet = captured.get(random.nextInt(captured.size())).clone();
        return switch (random.nextInt(6)) {
            case 0 -> noise(random, random.nextInt(200) + 1);
            case 1 -> Request.packet(noise(random, random.nextInt(200)));
            case 2 -> {
                for (int i = random.nextInt(5); i >= 0; i--) {
                    packet[random.nextInt(packet.length)] = (byte) random.nextInt();
                }
                yield packet;
            }
            case 3 -> Arrays.copyOf(packet, random.nextInt(packet.length) + 1);
            case 4 -> Request.join(packet, noise(random, random.nextInt(50)), packet);
            default -> Request.get("/forbidden").secret("wrong " + random.nextInt()).packet();
        };
    }

    private static byte[] noise(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
