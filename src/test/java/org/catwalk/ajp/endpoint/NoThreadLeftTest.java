package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.catwalk.ajp.ConnectorInternals;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** A machine on which no further thread can be made for a while. */
class NoThreadLeftTest {

    private static final int THREADS = 4;

    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean none;

    @Test
    void threadsThatCouldNotBeMadeAreNotTakenForBusyOnesAfterwards() {
        try (TestServer server = TestServer.with().attribute("maxThreads", Integer.toString(THREADS)).attribute("minSpareThreads", "1")
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start()) {
            AjpEndpoint endpoint = ConnectorInternals.endpoint(server.protocol());
            ThreadPoolExecutor threads = (ThreadPoolExecutor) endpoint.getExecutor();
            ThreadFactory factory = threads.getThreadFactory();
            threads.setThreadFactory(task -> {
                if (none) {
                    refused.incrementAndGet();
                    throw new OutOfMemoryError("unable to create native thread");
                }
                return factory.newThread(task);
            });
            none = true;
            // A kind of request that is not known goes to another thread, which there is not.
            for (int i = 0; refused.get() <= THREADS; i++) {
                try (AjpClient client = server.connect()) {
                    client.send(Request.get("/hello/" + Character.toString('a' + i)));
                    client.patience(Duration.ofSeconds(10)).read();
                }
            }
            none = false;

            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(endpoint.mayLead()).isTrue());
            assertThat(server.get("/hello").text()).isEqualTo("hello");
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isZero());
        }
    }
}
