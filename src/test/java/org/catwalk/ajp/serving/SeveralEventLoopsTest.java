package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.LoopStopper;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** What event loops do for one another. */
class SeveralEventLoopsTest {

    @Test
    void oneThatHasNothingToDoTakesWhatAnotherOneHasFoundAndNotRead() throws InterruptedException {
        List<AjpClient> clients = new ArrayList<>();
        try (TestServer server = TestServer.with().servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start()) {
            int loops = server.eventLoops();
            assumeTrue(loops > 1, "a machine with one processor has one event loop");
            // Connections go to the event loops in turn: these to the first, to the second, ..., to the first, ...
            for (int i = 0; i < 2 * loops + 1; i++) {
                clients.add(server.connect());
                assertThat(clients.get(i).exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
            AjpClient ofTheSecond = clients.get(1);
            AjpClient waiting = clients.get(2 * loops);
            server.awaitQuiet();
            try (LoopStopper stopper = new LoopStopper()) {
                LoopStopper.sendUnknownPacket(clients.get(0));
                stopper.awaitStanding();
                // One selection will find both of these, in the order in which they came.
                LoopStopper.sendNoPacket(clients.get(loops));
                waiting.send(Request.get("/hello"));
                assertThat(waiting.staysSilent(Duration.ofMillis(200))).isTrue();
                stopper.letGoOn();
                stopper.awaitStanding();

                assertThat(ofTheSecond.exchange(Request.get("/hello")).text()).isEqualTo("hello");

                assertThat(waiting.answer().text()).isEqualTo("hello");
            }
        } finally {
            clients.forEach(AjpClient::close);
        }
    }
}
