package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.catwalk.ajp.ConnectorInternals;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** From which requests the endpoint learns how long requests take. */
class LearningTest {

    @Test
    void learnsFromServedRequestsAndNotFromRefusedOnes() {
        try (TestServer server = TestServer.with().servlet("/busy", (request, response) -> {
            long end = System.nanoTime() + 2_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }).start()) {
            AjpEndpoint endpoint = ConnectorInternals.endpoint(server.protocol());
            int before = endpoint.meanServiceNanos();

            for (int i = 0; i < 20; i++) {
                try (AjpClient client = server.connect()) {
                    assertThat(client.exchange(Request.get("/busy").header("X-Bad", "a\rb")).status()).isEqualTo(400);
                    client.awaitEnd();
                }
            }
            server.awaitConnections(0);
            assertThat(endpoint.meanServiceNanos()).isEqualTo(before);

            assertThat(server.get("/busy").status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(endpoint.meanServiceNanos()).isGreaterThan(before));
        }
    }
}
