package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.catwalk.ajp.tool.FakeContainer;
import org.catwalk.ajp.tool.client.ServerAddress;
import org.junit.jupiter.api.Test;

class AddressesTest {

    private static final Duration TIMEOUT = Duration.ofMillis(300);

    /** As seen from another host: nothing is known of the kernel that the connector runs on. */
    private static final Host BLIND = new Host() {

        @Override
        public Optional<String> output(String... command) {
            return Optional.empty();
        }

        @Override
        public Optional<String> tail(Path file) {
            return Optional.empty();
        }
    };

    private static Finding only(Section section, String code) {
        assertThat(section.findings()).extracting(Finding::code).containsExactly(code);
        return section.findings().get(0);
    }

    @Test
    void goesOnWithAnAddressThatIsOpen() {
        try (FakeContainer container = new FakeContainer(socket -> { })) {
            Addresses.Result result = Addresses.tryAll(ServerAddress.parse(container.address()), TIMEOUT, BLIND);
            assertThat(result.open()).containsExactly(new InetSocketAddress("127.0.0.1", container.port()));
            assertThat(result.section().findings()).isEmpty();
        }
    }

    @Test
    void namesAPortWhereNobodyListens() {
        Addresses.Result result = Addresses.tryAll(new ServerAddress("127.0.0.1", FakeContainer.closedPort()), TIMEOUT, Host.local());
        assertThat(result.open()).isEmpty();
        assertThat(only(result.section(), "REFUSED").what()).contains("errno 111");
    }

    @Test
    void tellsAFullBacklogFromAFirewallOnTheHostItselfOnly() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            fill(deaf, waiting);
            ServerAddress server = new ServerAddress("127.0.0.1", deaf.getLocalPort());
            assertThat(only(Addresses.tryAll(server, TIMEOUT, Host.local()).section(), "BACKLOG_FULL").cure()).first().asString()
                    .contains("maxConnections");
            Finding fromElsewhere = only(Addresses.tryAll(server, TIMEOUT, BLIND).section(), "TIMED_OUT");
            assertThat(fromElsewhere.what()).contains("errno 110");
            assertThat(fromElsewhere.cure()).anyMatch(cure -> cure.contains("firewall-cmd")).anyMatch(cure -> cure.contains("Recv-Q"));
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static void fill(ServerSocket deaf, List<Socket> waiting) throws IOException {
        while (waiting.size() < 10) {
            Socket socket = new Socket();
            try {
                socket.connect(deaf.getLocalSocketAddress(), (int) TIMEOUT.toMillis());
                waiting.add(socket);
            } catch (SocketTimeoutException full) {
                socket.close();
                return;
            }
        }
        throw new AssertionError("The kernel took " + waiting.size() + " connections");
    }

    @Test
    void namesAHostWithoutAnAddress() {
        only(Addresses.tryAll(new ServerAddress("nowhere.invalid", 8009), TIMEOUT, BLIND).section(), "UNKNOWN_HOST");
    }

    @Test
    void cannotTellThreadsFromConnectionsFromElsewhere() {
        try (FakeContainer deaf = new FakeContainer(socket -> socket.getInputStream().readAllBytes())) {
            Conversation.Result result = Conversation.with(new InetSocketAddress("127.0.0.1", deaf.port()),
                    new Conversation.Script("/", Optional.empty(), List.of(), OptionalInt.empty(), TIMEOUT), BLIND);
            assertThat(result.answered()).isFalse();
            assertThat(only(result.section(), "NO_CPONG").cure()).anyMatch(cure -> cure.contains("maxThreads"))
                    .anyMatch(cure -> cure.contains("maxConnections"));
        }
    }
}
