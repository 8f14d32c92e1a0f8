package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.LoopStopper;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** The end of {@code keepAliveTimeout}. */
class KeepAliveTest {

    private static TestServer server(String keepAliveTimeout) {
        return TestServer.with().attribute("keepAliveTimeout", keepAliveTimeout)
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start();
    }

    @Test
    void aConnectionThatStaysIdleIsClosed() {
        try (TestServer server = server("200"); AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(client.awaitEnd()).isTrue();
        }
    }

    @Test
    void aRequestThatCameInTimeIsAnsweredEvenIfTheEventLoopIsLate() throws InterruptedException {
        List<AjpClient> all = new ArrayList<>();
        try (TestServer server = server("4000")) {
            // Connections go to the event loops in turn.
            int loops = server.eventLoops();
            for (int i = 0; i <= loops; i++) {
                all.add(server.connect());
                assertThat(all.get(i).exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
            AjpClient client = all.get(0);
            AjpClient onTheSameLoop = all.get(loops);
            // Until then a thread that has just answered may deal with what comes next, in place of the event loop.
            server.awaitQuiet();
            try (LoopStopper stopper = new LoopStopper()) {
                LoopStopper.sendUnknownPacket(onTheSameLoop);
                stopper.awaitStanding();
                client.send(Request.get("/hello"));
                assertThat(client.staysSilent(Duration.ofSeconds(5))).isTrue();
                stopper.letGoOn();
                assertThat(client.answer().text()).isEqualTo("hello");
            }
            all.forEach(AjpClient::close);
        }
    }
}
