package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.servlet.AsyncContext;
import org.catwalk.ajp.ConnectorInternals;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** From which requests the endpoint learns how long requests take. */
class LearningTest {

    @Test
    void learnsFromServedRequestsAndNotFromRefusedOnes() {
        try (TestServer server = TestServer.with().servlet("/busy", (request, response) -> busy(2)).start()) {
            AjpEndpoint endpoint = ConnectorInternals.endpoint(server.protocol());
            int[] before = endpoint.serviceTimes().all();

            for (int i = 0; i < 20; i++) {
                try (AjpClient client = server.connect()) {
                    assertThat(client.exchange(Request.get("/busy").header("X-Bad", "a\rb")).status()).isEqualTo(400);
                    client.awaitEnd();
                }
            }
            server.awaitConnections(0);
            assertThat(endpoint.serviceTimes().all()).isEqualTo(before);

            assertThat(server.get("/busy").status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(endpoint.serviceTimes().all()).isNotEqualTo(before));
        }
    }

    @Test
    void learnsNothingFromWhatAnAsynchronousRequestDoesLater() {
        AtomicReference<AsyncContext> started = new AtomicReference<>();
        try (TestServer server = TestServer.with().servlet("/later", (request, response) -> {
            AsyncContext async = request.startAsync();
            if (request.getAttribute("again") != null) {
                busy(20);
                async.complete();
                return;
            }
            request.setAttribute("again", true);
            started.set(async);
        }).start(); AjpClient client = server.connect()) {
            AjpEndpoint endpoint = ConnectorInternals.endpoint(server.protocol());
            client.send(Request.get("/later"));
            await().until(() -> started.get() != null);
            await().untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isZero());
            int[] before = endpoint.serviceTimes().all();

            started.get().dispatch();

            assertThat(client.answer().status()).isEqualTo(200);
            server.awaitQuiet();
            assertThat(endpoint.serviceTimes().all()).isEqualTo(before);
        }
    }

    private static void busy(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
