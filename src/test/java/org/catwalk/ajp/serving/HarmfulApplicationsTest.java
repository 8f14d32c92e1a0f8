package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.servlet.AsyncContext;
import javax.servlet.ServletOutputStream;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application does to its own request is its own affair; nobody else's is touched by it. */
class HarmfulApplicationsTest {

    private static final int INNOCENT = 8;
    private static final AtomicReference<ServletOutputStream> KEPT = new AtomicReference<>();

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.with()
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/interrupts-at-the-end", (request, response) -> {
                    response.getOutputStream().print("interrupted");
                    Thread.currentThread().interrupt();
                })
                .servlet("/interrupts-and-flushes", (request, response) -> {
                    Thread.currentThread().interrupt();
                    response.getOutputStream().print("interrupted");
                    response.flushBuffer();
                })
                .servlet("/interrupts-and-reads", (request, response) -> {
                    Thread.currentThread().interrupt();
                    request.getInputStream().readAllBytes();
                })
                .servlet("/throws-an-error", (request, response) -> {
                    throw new AssertionError("an Error");
                })
                .servlet("/overflows-the-stack", (request, response) -> overflow(0))
                .servlet("/completes-twice", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.complete();
                    try {
                        context.complete();
                    } catch (IllegalStateException e) {
                        response.setHeader("X-Refused", "yes");
                    }
                })
                .servlet("/keeps-its-stream", (request, response) -> {
                    KEPT.set(response.getOutputStream());
                    response.getOutputStream().print("kept");
                })
                .servlet("/changes-the-head-too-late", (request, response) -> {
                    response.getOutputStream().print("body");
                    response.flushBuffer();
                    response.setStatus(500);
                    response.setHeader("X-Late", "yes");
                    response.setContentLength(1);
                })
                .servlet("/lies-about-the-length", (request, response) -> {
                    response.setHeader("Transfer-Encoding", "chunked");
                    response.getOutputStream().print("body");
                })
                .start();
    }

    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void nobodyIsHarmed() {
        server.awaitQuiet();
        assertThat(server.get("/hello").text()).isEqualTo("hello");
        assertThat(server.log().complaints()).filteredOn(line -> line.contains("org.catwalk")).isEmpty();
    }

    /** While harm is done on one connection, all others are served, in the same threads. */
    @ParameterizedTest
    @ValueSource(strings = {"/interrupts-at-the-end", "/interrupts-and-flushes", "/interrupts-and-reads", "/throws-an-error",
            "/overflows-the-stack"})
    void harmsNobodyElse(String uri) throws Exception {
        ExecutorService innocents = Executors.newFixedThreadPool(INNOCENT);
        AtomicBoolean over = new AtomicBoolean();
        List<Future<Integer>> served = new ArrayList<>();
        for (int i = 0; i < INNOCENT; i++) {
            served.add(innocents.submit(() -> {
                int n = 0;
                try (AjpClient client = server.connect()) {
                    while (!over.get()) {
                        assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
                        n++;
                    }
                }
                return n;
            }));
        }
        for (int i = 0; i < 100; i++) {
            try (AjpClient client = server.connect()) {
                client.send(Request.post(uri, 10).packet(), Request.bodyChunk(new byte[10]));
                readToTheEnd(client);
            }
        }
        over.set(true);
        innocents.shutdown();
        for (Future<Integer> each : served) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isPositive();
        }
    }

    /** A channel that an interrupted thread writes to is closed by the JDK: its own answer may be lost, never half of another one come. */
    private static void readToTheEnd(AjpClient client) {
        try {
            Answer answer = client.answer();
            assertThat(answer.isEnded() || answer.endOfStream()).isTrue();
        } catch (UncheckedIOException e) {
            assertThat(e.getCause()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void anInterruptAtTheEndDoesNotCostTheAnswer() {
        for (int i = 0; i < 50; i++) {
            assertThat(server.get("/interrupts-at-the-end").text()).isEqualTo("interrupted");
        }
    }

    @Test
    void aSecondCompletionIsTheApplicationsMistakeAlone() {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/completes-twice")).header("X-Refused")).contains("yes");
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void aStreamThatWasKeptWritesIntoNobodysAnswer() {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/keeps-its-stream")).text()).isEqualTo("kept");
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            try {
                KEPT.get().print("late");
                KEPT.get().flush();
            } catch (Exception e) {
                assertThat(e).isNotNull();
            }
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(client.staysSilent(Duration.ofMillis(50))).isTrue();
        }
    }

    @Test
    void aHeadIsSentOnce() {
        Answer answer = server.get("/changes-the-head-too-late");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.head().headers()).extracting(Reply.Header::name).doesNotContain("X-Late", "Content-Length");
        assertThat(answer.text()).isEqualTo("body");
    }

    @Test
    void framingIsTheConnectorsAffair() {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/lies-about-the-length")).text()).isEqualTo("body");
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }
}
