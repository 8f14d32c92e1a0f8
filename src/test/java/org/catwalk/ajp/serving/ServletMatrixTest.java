package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import javax.servlet.AsyncContext;
import javax.servlet.AsyncEvent;
import javax.servlet.AsyncListener;
import javax.servlet.ReadListener;
import javax.servlet.ServletException;
import javax.servlet.ServletInputStream;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import org.catwalk.ajp.JmxProbe;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Once through all that a servlet container does with a connector: what is to hold on every Tomcat and every JDK that is supported. See
 * {@code HostMatrixTest}, which runs it there; the depth is in the other tests of this package.
 */
public class ServletMatrixTest {

    private static final int LARGE = 2 * 1024 * 1024;

    private final Semaphore mayGoOn = new Semaphore(0);
    private TestServer server;

    @BeforeEach
    void start() {
        server = configure(TestServer.with()).start();
    }

    protected final TestServer server() {
        return server;
    }

    /** For those who want other attributes. */
    protected TestServer.Builder configure(TestServer.Builder builder) {
        return builder
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/echo", (request, response) -> response.getOutputStream().write(request.getInputStream().readAllBytes()))
                .servlet("/large", (request, response) -> {
                    response.setContentLength(LARGE);
                    response.getOutputStream().write(Payload.ofSize(LARGE));
                })
                .servlet("/parameters", (request, response) -> response.getOutputStream()
                        .print(request.getMethod() + " " + request.getParameter("a") + " " + request.getRemoteAddr() + " "
                                + request.getServerName() + " " + request.getHeader("X-Test")))
                .servlet("/not-found", (request, response) -> response.sendError(404))
                .servlet("/throws", (request, response) -> {
                    throw new ServletException("before commit");
                })
                .servlet("/throws-late", (request, response) -> {
                    response.getOutputStream().print("partial");
                    response.flushBuffer();
                    throw new ServletException("after commit");
                })
                .servlet("/hold", (request, response) -> {
                    mayGoOn.acquireUninterruptibly();
                    response.getOutputStream().print("held");
                })
                .servlet("/async-complete", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.start(() -> {
                        print(context, "completed");
                        context.complete();
                    });
                })
                .servlet("/async-dispatch", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.start(() -> context.dispatch("/hello"));
                })
                .servlet("/async-timeout", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(1);
                    context.addListener(new Ending());
                })
                .servlet("/async-timeout-unheard", (request, response) -> request.startAsync().setTimeout(1))
                .servlet("/async-error", (request, response) -> {
                    request.startAsync().addListener(new Ending());
                    throw new IOException("after startAsync");
                })
                .servlet("/read", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    request.getInputStream().setReadListener(new Echo(context, request.getInputStream()));
                })
                .servlet("/write", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    response.getOutputStream().setWriteListener(new Pour(context, response.getOutputStream()));
                });
    }

    @AfterEach
    void stop() {
        mayGoOn.release(100);
        // Proves that no thread, port, MBean, connection or buffer is left behind.
        server.close();
    }

    private static void print(AsyncContext context, String text) {
        try {
            context.getResponse().getOutputStream().print(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers with the name of what happened. */
    private static final class Ending implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            // Nothing is left to do.
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            print(event.getAsyncContext(), "timed out");
            event.getAsyncContext().complete();
        }

        @Override
        public void onError(AsyncEvent event) {
            print(event.getAsyncContext(), "failed: " + event.getThrowable().getMessage());
            event.getAsyncContext().complete();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // Nobody starts again.
        }
    }

    private record Echo(AsyncContext context, ServletInputStream in, ByteArrayOutputStream body) implements ReadListener {

        Echo(AsyncContext context, ServletInputStream in) {
            this(context, in, new ByteArrayOutputStream());
        }

        @Override
        public void onDataAvailable() throws IOException {
            byte[] buffer = new byte[1000];
            while (in.isReady() && !in.isFinished()) {
                int n = in.read(buffer);
                if (n > 0) {
                    body.write(buffer, 0, n);
                }
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            context.getResponse().getOutputStream().write(body.toByteArray());
            context.complete();
        }

        @Override
        public void onError(Throwable t) {
            context.complete();
        }
    }

    private static final class Pour implements WriteListener {

        private final AsyncContext context;
        private final ServletOutputStream out;
        private final byte[] body = Payload.ofSize(LARGE);
        private int written;

        Pour(AsyncContext context, ServletOutputStream out) {
            this.context = context;
            this.out = out;
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (written == body.length) {
                    context.complete();
                    return;
                }
                int n = Math.min(100_000, body.length - written);
                out.write(body, written, n);
                written += n;
            }
        }

        @Override
        public void onError(Throwable t) {
            context.complete();
        }
    }

    @Test
    void synchronousRequests() {
        try (AjpClient client = server.connect()) {
            client.ping();
            Answer answer = client.exchange(Request.get("/parameters").query("a=b").header("X-Test", "value"));
            assertThat(answer.text()).isEqualTo("GET b 192.0.2.7 www.example.test value");
            assertThat(client.exchange(Request.of("PROPFIND", "/parameters")).text()).startsWith("PROPFIND");
            for (int size : new int[] {1, 8186, 8187, 300_000}) {
                byte[] body = Payload.ofSize(size);
                assertThat(client.exchange(Request.post("/echo", size), body).body()).isEqualTo(body);
                assertThat(client.exchangeChunked(Request.postChunked("/echo"), body).body()).isEqualTo(body);
            }
            assertThat(client.exchange(Request.get("/large")).body()).isEqualTo(Payload.ofSize(LARGE));
            assertThat(client.exchange(Request.get("/hello")).reuse()).isTrue();
        }
        server.awaitQuiet();
        assertThat(server.log().complaints()).isEmpty();
    }

    @Test
    void headRequests() {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.of("HEAD", "/large"));
            assertThat(answer.header("Content-Length")).contains(Integer.toString(LARGE));
            assertThat(answer.all(Reply.Data.class)).isEmpty();
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void asynchronousRequests() {
        try (AjpClient client = server.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.exchange(Request.get("/async-complete")).text()).isEqualTo("completed");
                assertThat(client.exchange(Request.get("/async-dispatch")).text()).isEqualTo("hello");
                assertThat(client.exchange(Request.get("/async-timeout")).text()).isEqualTo("timed out");
                client.ping();
            }
        }
        assertThat(server.get("/async-error").text()).contains("failed: after startAsync");
        assertThat(server.get("/async-timeout-unheard").status()).isEqualTo(500);
        server.awaitQuiet();
    }

    @Test
    void nonBlockingRequests() {
        byte[] body = Payload.ofSize(300_000);
        try (AjpClient client = AjpClient.connect(server.port(), 4096)) {
            assertThat(client.exchange(Request.post("/read", body.length), body).body()).isEqualTo(body);
            assertThat(client.exchangeChunked(Request.postChunked("/read"), body).body()).isEqualTo(body);
            assertThat(client.exchange(Request.get("/write")).body()).isEqualTo(Payload.ofSize(LARGE));
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
        server.awaitQuiet();
        assertThat(server.log().complaints()).isEmpty();
    }

    @Test
    void errors() {
        assertThat(server.get("/none").status()).isEqualTo(404);
        assertThat(server.get("/not-found").status()).isEqualTo(404);
        assertThat(server.get("/throws").status()).isEqualTo(500);
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.get("/throws-late"));
            assertThat(answer.text()).isEqualTo("partial");
            assertThat(answer.isEnded()).as("END_RESPONSE behind half a response").isFalse();
        }
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/throws-late").throughModJk()).reuse()).isFalse();
            assertThat(client.awaitEnd()).isTrue();
        }
        server.awaitQuiet();
        server.awaitConnections(0);
    }

    @Test
    void pauseAndResume() {
        try (AjpClient held = server.connect()) {
            held.send(Request.get("/hold"));
            await().untilAsserted(() -> assertThat(mayGoOn.getQueueLength()).isOne());
            for (int i = 0; i < 3; i++) {
                server.connector().pause();
                server.connector().resume();
                assertThat(server.get("/hello").text()).isEqualTo("hello");
            }
            mayGoOn.release();
            assertThat(held.answer().text()).isEqualTo("held");
        }
        server.awaitConnections(0);
    }

    /** A request in flight is answered, and told that it was the last of its connection. */
    @Test
    void gracefulStop() {
        try (AjpClient client = server.connect()) {
            client.send(Request.get("/hold"));
            await().untilAsserted(() -> assertThat(mayGoOn.getQueueLength()).isOne());
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> {
                server.connector().pause();
                mayGoOn.release();
                server.stop();
            });
            Answer answer = client.answer();
            assertThat(answer.text()).isEqualTo("held");
            assertThat(answer.reuse()).isFalse();
            assertThat(client.awaitEnd()).isTrue();
            stopped.join();
        }
    }

    @Test
    void jmxNamesComeAndGo() throws Exception {
        assertThat(server.get("/hello").text()).isEqualTo("hello");
        await().untilAsserted(() -> assertThat(server.global("requestCount")).isOne());
        assertThat(server.threadPool("maxThreads")).isEqualTo(200);
        List<String> types = server.mbeans().stream().filter(name -> name.toString().contains("ajp-nio-"))
                .map(ServletMatrixTest::type).distinct().sorted().collect(Collectors.toList());
        assertThat(types).containsExactly("AjpStatistics", "GlobalRequestProcessor", "RequestProcessor", "SocketProperties", "ThreadPool");
        server.connector().stop();
        server.connector().destroy();
        assertThat(server.mbeans()).noneMatch(name -> name.toString().contains("ajp-nio-"));
    }

    private static String type(ObjectName name) {
        return name.getKeyProperty("subType") == null ? name.getKeyProperty("type") : name.getKeyProperty("subType");
    }

    @Test
    void managerStatus() {
        Map<String, Map<String, Object>> seen = new JmxProbe().get();
        assertThat((List<?>) seen.get("ours").get("status")).hasSize(3).isEqualTo(seen.get("stock").get("status"))
                .allSatisfy(page -> assertThat(page.toString()).contains("ajp-nio-").doesNotContain("unreadable"));
        assertThat(seen.get("ours").get("left behind")).asString().isEqualTo("[]");
    }
}
