package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.LoopStopper;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** What event loops do for one another. */
class SeveralEventLoopsTest {

    private static final int MANY = 40;

    private final List<AjpClient> clients = new ArrayList<>();

    /** Connections go to the event loops in turn. @return those of the first one, new and used once */
    private List<AjpClient> ofTheFirst(TestServer server, int count) {
        List<AjpClient> ofTheFirst = new ArrayList<>();
        int loops = server.eventLoops();
        while (ofTheFirst.size() < count) {
            boolean first = clients.size() % loops == 0;
            AjpClient client = server.connect();
            clients.add(client);
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            if (first) {
                ofTheFirst.add(client);
            }
        }
        server.awaitQuiet();
        return ofTheFirst;
    }

    @Test
    void oneThatWaitsIsWokenToTakeWhatAnotherOneHasFoundAndNotRead() throws InterruptedException {
        try (TestServer server = TestServer.with().servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start();
                LoopStopper stopper = new LoopStopper()) {
            assumeTrue(server.eventLoops() > 1, "a machine with one processor has one event loop");
            List<AjpClient> ofTheFirst = ofTheFirst(server, MANY);
            LoopStopper.sendUnknownPacket(ofTheFirst.get(0));
            stopper.awaitStanding();
            // One selection will find all of these, in the order in which they came.
            LoopStopper.sendNoPacket(ofTheFirst.get(1));
            List<AjpClient> waiting = ofTheFirst.subList(2, MANY);
            waiting.forEach(client -> client.send(Request.get("/hello")));
            assertThat(waiting.get(0).staysSilent(Duration.ofMillis(200))).isTrue();

            stopper.letGoOn();
            stopper.awaitStanding();

            waiting.forEach(client -> assertThat(client.answer().text()).isEqualTo("hello"));
            assertThat(server.counters().value(Counters.Event.LOOP_HELPS)).isPositive();
        } finally {
            clients.forEach(AjpClient::close);
        }
    }
}
