package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.servlet.AsyncContext;
import javax.servlet.ReadListener;
import javax.servlet.ServletInputStream;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.catwalk.ajp.ConnectorInternals;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** A request that runs already waits for a thread; were its connection closed instead, a web server would send it again elsewhere. */
class OutOfThreadsTest {

    private final AtomicReference<AsyncContext> started = new AtomicReference<>();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger rejected = new AtomicInteger();
    private volatile boolean full;
    private ThreadPoolExecutor threads;

    /** The connector took them for its own, until the executor before them came. */
    private void endThreads() {
        threads.shutdown();
    }

    private interface ThreadsEnd extends AutoCloseable {

        @Override
        void close();
    }

    private TestServer start() {
        TestServer server = TestServer.with()
                .servlet("/async", (request, response) -> {
                    runs.incrementAndGet();
                    AsyncContext async = request.startAsync();
                    async.setTimeout(0);
                    response.getOutputStream().print("answered");
                    started.set(async);
                })
                .servlet("/listen", this::listen)
                .start();
        // As an executor with a full queue.
        var endpoint = ConnectorInternals.endpoint(server.protocol());
        threads = (ThreadPoolExecutor) endpoint.getExecutor();
        endpoint.setExecutor(task -> {
            if (full) {
                rejected.incrementAndGet();
                throw new RejectedExecutionException("full");
            }
            threads.execute(task);
        });
        return server;
    }

    private void listen(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
        runs.incrementAndGet();
        AsyncContext async = request.startAsync();
        ServletInputStream in = request.getInputStream();
        StringBuilder text = new StringBuilder();
        in.setReadListener(new ReadListener() {

            @Override
            public void onDataAvailable() throws java.io.IOException {
                byte[] b = new byte[100];
                while (in.isReady() && !in.isFinished()) {
                    int n = in.read(b);
                    text.append(new String(b, 0, Math.max(n, 0), StandardCharsets.US_ASCII));
                }
            }

            @Override
            public void onAllDataRead() throws java.io.IOException {
                response.getOutputStream().print(text.toString());
                async.complete();
            }

            @Override
            public void onError(Throwable t) {
                async.complete();
            }
        });
        started.set(async);
    }

    @Test
    void aCompletedRequestIsAnsweredWhenThereIsAThreadAgain() {
        try (TestServer server = start(); ThreadsEnd end = this::endThreads; AjpClient client = server.connect()) {
            client.send(Request.get("/async"));
            await().until(() -> started.get() != null);
            await().until(() -> threads.getActiveCount() == 0);
            full = true;
            started.get().complete();
            await().untilAsserted(() -> assertThat(rejected.get()).isGreaterThan(1));
            assertThat(client.staysSilent(Duration.ofMillis(50))).isTrue();
            full = false;
            assertThat(client.answer().text()).isEqualTo("answered");
            assertThat(runs).hasValue(1);
            client.ping();
        }
    }

    @Test
    void bodyDataForAListenerWaitsToo() {
        try (TestServer server = start(); ThreadsEnd end = this::endThreads; AjpClient client = server.connect()) {
            client.send(Request.post("/listen", 5));
            await().until(() -> started.get() != null);
            full = true;
            client.send(Request.bodyChunk("hello".getBytes(StandardCharsets.US_ASCII)));
            await().untilAsserted(() -> assertThat(rejected.get()).isGreaterThan(1));
            full = false;
            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("hello");
            assertThat(runs).hasValue(1);
        }
    }
}
