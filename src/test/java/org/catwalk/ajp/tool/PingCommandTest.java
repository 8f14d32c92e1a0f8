package org.catwalk.ajp.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

class PingCommandTest {

    private static final byte[] CPONG = {'A', 'B', 0, 1, 9};

    @Test
    void showsTimesAndStatisticsOfAHealthyConnector() {
        try (TestServer server = TestServer.with().start()) {
            Invocation ping = Invocation.of("ping", "-c", "3", "-i", "0.01", "127.0.0.1:" + server.port());

            assertThat(ping.err()).isEmpty();
            assertThat(ping.exitCode()).isZero();
            assertThat(ping.lines()).hasSize(6);
            assertThat(ping.lines().get(2)).matches("CPONG from 127\\.0\\.0\\.1:\\d+ \\(127\\.0\\.0\\.1:\\d+\\): seq=3 time=\\d+\\.\\d{3} ms");
            assertThat(ping.lines().get(4)).matches("3 sent, 3 answered, 0% loss, time \\d+ ms");
            assertThat(ping.lines().get(5)).matches("rtt min/avg/max/mdev = \\d+\\.\\d{3}/\\d+\\.\\d{3}/\\d+\\.\\d{3}/\\d+\\.\\d{3} ms");
        }
    }

    @Test
    void sharesOneConnectionAmongItsPingsUnlessTold() {
        AtomicInteger connections = new AtomicInteger();
        try (FakeContainer container = new FakeContainer(socket -> {
            connections.incrementAndGet();
            while (socket.getInputStream().readNBytes(5).length == 5) {
                socket.getOutputStream().write(CPONG);
            }
        })) {
            assertThat(Invocation.of("ping", "-c", "3", "-i", "0", container.address()).exitCode()).isZero();
            assertThat(connections).hasValue(1);
            assertThat(Invocation.of("ping", "-c", "3", "-i", "0", "-n", container.address()).exitCode()).isZero();
            assertThat(connections).hasValue(4);
        }
    }

    @Test
    void saysThatNobodyListens() {
        Invocation ping = Invocation.of("ping", "-c", "1", "127.0.0.1:" + FakeContainer.closedPort());

        assertThat(ping.exitCode()).isEqualTo(3);
        assertThat(ping.out()).contains("Connection refused by 127.0.0.1:", "1 sent, 0 answered, 100% loss").doesNotContain("rtt");
    }

    @Test
    void tellsSomeLostFromAllLost() {
        AtomicInteger connections = new AtomicInteger();
        try (FakeContainer container = new FakeContainer(socket -> {
            socket.getInputStream().readNBytes(5);
            if (connections.incrementAndGet() > 1) {
                socket.getOutputStream().write(CPONG);
            }
        })) {
            Invocation ping = Invocation.of("ping", "-n", "-c", "3", "-i", "0", container.address());

            assertThat(ping.out()).contains("closed the connection before it answered", "3 sent, 2 answered, 33.3% loss");
            assertThat(ping.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void givesUpOnASilentPeer() {
        try (FakeContainer container = new FakeContainer(socket -> socket.getInputStream().readAllBytes())) {
            Invocation ping = Invocation.of("ping", "-c", "1", "-W", "100ms", container.address());

            assertThat(ping.out()).contains("took the connection and did not answer within 100 ms");
            assertThat(ping.exitCode()).isEqualTo(3);
        }
    }

    @Test
    void saysThatThePortIsNotAjp() {
        try (FakeContainer container = new FakeContainer(socket ->
                socket.getOutputStream().write("HTTP/1.1 400 \r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))) {
            assertThat(Invocation.of("ping", "-c", "1", container.address()).out())
                    .contains("does not speak AJP", "0x48545450 instead of 0x4142");
        }
    }

    @Test
    void showsStatisticsOfEachWhenQuiet() {
        try (TestServer server = TestServer.with().start()) {
            Invocation ping = Invocation.of("ping", "-q", "-c", "1", "localhost:" + server.port(), "127.0.0.1:" + FakeContainer.closedPort());

            assertThat(ping.out()).startsWith("--- localhost:").doesNotContain("seq=").contains("1 sent, 1 answered", "1 sent, 0 answered");
            assertThat(ping.exitCode()).isEqualTo(1);
        }
    }
}
