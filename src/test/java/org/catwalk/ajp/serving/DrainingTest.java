package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.catalina.Container;
import org.apache.catalina.core.StandardService;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pauses and stops that lose no request. Times are generous: what has to wait waits for half a minute, what is cut for a tenth of a second. */
class DrainingTest {

    private static final String LONG = "30000";
    private static final String SHORT = "100";

    private final Semaphore mayGoOn = new Semaphore(0);
    private final AtomicBoolean interrupted = new AtomicBoolean();

    private TestServer server(String drainTimeout) {
        return builder(drainTimeout).start();
    }

    private TestServer.Builder builder(String drainTimeout) {
        return TestServer.with().attribute("drainTimeout", drainTimeout).attribute("executorTerminationTimeoutMillis", "200")
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/length", (request, response) ->
                        response.getOutputStream().print(request.getInputStream().readAllBytes().length))
                .servlet("/async", (request, response) -> request.startAsync().setTimeout(0))
                .servlet("/hold", (request, response) -> {
                    if (request.getParameter("commit") != null) {
                        response.getOutputStream().print("begun");
                        response.flushBuffer();
                    }
                    try {
                        mayGoOn.acquire();
                        response.getOutputStream().print("held");
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                    }
                });
    }

    private AjpClient held(TestServer server, Request request) {
        int before = mayGoOn.getQueueLength();
        AjpClient client = server.connect().send(request);
        await().until(() -> mayGoOn.getQueueLength() == before + 1);
        return client;
    }

    /** Stopping takes its time, in which the test goes on. */
    private static CompletableFuture<Void> inBackground(Step step) {
        return CompletableFuture.runAsync(() -> {
            try {
                step.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Tomcat itself lets requests run for two seconds in an application that it has begun to stop. */
    private static void assertApplicationStaysFor(Duration time, TestServer server) {
        Container application = server.tomcat().getHost().findChildren()[0];
        await().during(time).until(() -> application.getState().isAvailable());
    }

    private static void assertClosedToOthers(int port) {
        assertThatThrownBy(() -> AjpClient.connect(port).close()).isInstanceOf(UncheckedIOException.class).cause()
                .isInstanceOf(ConnectException.class);
    }

    // ------------------------------------------------------------------ what is answered

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void aServiceThatStopsWaitsForARequestInFlightBeforeItStopsTheApplication(String bindOnInit) {
        try (TestServer server = builder(LONG).attribute("bindOnInit", bindOnInit).start();
                AjpClient client = held(server, Request.get("/hold"))) {
            int port = server.port();
            CompletableFuture<Void> stop = inBackground(server::stop);
            await().until(() -> server.protocol().getDrainState().equals("draining"));
            await().untilAsserted(() -> assertClosedToOthers(port));
            assertApplicationStaysFor(Duration.ofSeconds(1), server);
            mayGoOn.release();

            Answer answer = client.answer();
            assertThat(answer.text()).isEqualTo("held");
            assertThat(answer.reuse()).isFalse();
            assertThat(client.awaitEnd()).isTrue();
            stop.join();
            assertThat(interrupted).isFalse();
            assertThat(server.counters().value(Counters.Event.REQUESTS_CUT)).isZero();
        }
    }

    @Test
    void aConnectorThatStopsAloneWaitsToo() {
        try (TestServer server = server(LONG); AjpClient client = held(server, Request.get("/hold"))) {
            CompletableFuture<Void> stop = inBackground(server.connector()::stop);
            await().until(() -> server.protocol().getDrainState().equals("draining"));
            mayGoOn.release();
            assertThat(client.answer().text()).isEqualTo("held");
            stop.join();
        }
    }

    @Test
    void aRequestThatComesWhileItDrainsIsAnsweredForTheLastTime() {
        try (TestServer server = server(LONG); AjpClient busy = held(server, Request.get("/hold"))) {
            // On a machine that stands still for half a second the idle connection may be gone first, as it should.
            assertThat(Stream.generate(() -> answerWhileDraining(server)).limit(10).anyMatch(answered -> answered)).isTrue();
            mayGoOn.release();
            assertThat(busy.answer().text()).isEqualTo("held");
        }
    }

    private static boolean answerWhileDraining(TestServer server) {
        try (AjpClient idle = server.connect()) {
            assertThat(idle.exchange(Request.get("/hello")).reuse()).isTrue();
            server.connector().pause();
            Answer answer = idle.send(Request.get("/hello")).answer();
            if (answer.hasHead()) {
                assertThat(answer.text()).isEqualTo("hello");
                assertThat(answer.reuse()).isFalse();
                assertThat(idle.awaitEnd()).isTrue();
                return true;
            }
        } catch (UncheckedIOException gone) {
            // Once more.
        }
        server.connector().resume();
        return false;
    }

    @Test
    void aRequestThatIsPartlySentIsAwaited() {
        try (TestServer server = server(LONG); AjpClient client = server.connect()) {
            byte[] request = Request.get("/hello").packet();
            client.send(Arrays.copyOf(request, 7));
            await().until(() -> server.buffersInUse()[0] == 1);
            CompletableFuture<Void> stop = inBackground(server::stop);
            await().until(() -> server.protocol().getDrainState().equals("draining"));
            // Longer than an idle connection stays.
            await().pollDelay(Duration.ofSeconds(1)).until(() -> !stop.isDone());
            client.send(Arrays.copyOfRange(request, 7, request.length));
            assertThat(client.answer().text()).isEqualTo("hello");
            stop.join();
        }
    }

    @Test
    void anUploadInFlightIsReadToItsEnd() {
        byte[] body = Payload.ofSize(60_000);
        try (TestServer server = server(LONG); AjpClient client = server.connect()) {
            int first = 8186;
            client.send(Request.post("/length", body.length).packet(), Request.bodyChunk(body, 0, first));
            client.next(Reply.Ask.class);
            CompletableFuture<Void> stop = inBackground(server::stop);
            await().until(() -> server.protocol().getDrainState().equals("draining"));
            client.send(Request.bodyChunk(body, first, first));
            Answer answer = client.answer(body, 2 * first, false);
            assertThat(answer.text()).isEqualTo("60000");
            assertThat(answer.reuse()).isFalse();
            stop.join();
        }
    }

    @Test
    void requestsInTheBacklogAreAnswered() {
        List<AjpClient> clients = new ArrayList<>();
        // One connection is allowed, and busy: those that follow wait in the backlog.
        try (TestServer server = builder(LONG).attribute("maxConnections", "1").start(); AjpClient first = held(server, Request.get("/hold"))) {
            for (int i = 0; i < 5; i++) {
                clients.add(server.connect().send(Request.get("/hello")));
            }
            server.connector().pause();
            for (AjpClient client : clients) {
                Answer answer = client.answer();
                assertThat(answer.text()).isEqualTo("hello");
                assertThat(answer.reuse()).isFalse();
            }
            assertClosedToOthers(server.port());
            mayGoOn.release();
            assertThat(first.answer().text()).isEqualTo("held");
        } finally {
            clients.forEach(AjpClient::close);
        }
    }

    // ------------------------------------------------------------------ what is closed

    @Test
    void cpingIsAnsweredByAClose() {
        try (TestServer server = server(LONG); AjpClient busy = held(server, Request.get("/hold")); AjpClient idle = server.connect()) {
            idle.ping();
            server.connector().pause();
            idle.send(Request.cping());
            assertThat(idle.read()).isEmpty();
            mayGoOn.release();
            busy.answer();
        }
    }

    @Test
    void idleConnectionsAreClosedWhileABusyOneGoesOn() {
        try (TestServer server = server(LONG); AjpClient busy = held(server, Request.get("/hold")); AjpClient used = server.connect();
                AjpClient unused = server.connect()) {
            used.exchange(Request.get("/hello"));
            server.awaitConnections(3);
            server.connector().pause();
            assertThat(used.awaitEnd()).isTrue();
            assertThat(unused.awaitEnd()).isTrue();
            server.awaitConnections(1);
            mayGoOn.release();
            assertThat(busy.answer().text()).isEqualTo("held");
            await().until(() -> server.protocol().getDrainState().equals("drained"));
        }
    }

    @Test
    void aPauseCutsNothingHoweverLongItLasts() {
        try (TestServer server = server(SHORT); AjpClient client = held(server, Request.get("/hold"))) {
            assertThat(inBackground(() -> assertThat(server.protocol().drain()).isOne())).succeedsWithin(Duration.ofSeconds(15));
            mayGoOn.release();
            assertThat(client.answer().text()).isEqualTo("held");
        }
    }

    @Test
    void whatHasNoAnswerInTimeGetsOneOfOursAndALineInTheLog() {
        try (TestServer server = server(SHORT); AjpClient waiting = held(server, Request.get("/hold"));
                AjpClient asynchronous = server.connect().send(Request.get("/async"))) {
            await().until(() -> server.protocol().getWaitingProcessorCount() == 1);
            server.connector().pause();
            assertThat(inBackground(server.connector()::stop)).succeedsWithin(Duration.ofSeconds(15));

            Answer answer = waiting.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.reuse()).isFalse();
            assertThat(waiting.awaitEnd()).isTrue();
            assertThat(asynchronous.answer().status()).isGreaterThanOrEqualTo(500);
            assertThat(server.log().complaints()).filteredOn(line -> line.contains("drainTimeout")).singleElement().asString()
                    .contains("GET /hold for 192.0.2.7", "within 100 ms");
            assertThat(server.counters().value(Counters.Event.REQUESTS_CUT)).isPositive();
        }
    }

    @Test
    void aResponseThatIsCutEndsSoThatModJkDoesNotRunTheRequestAgain() {
        try (TestServer server = server(SHORT);
                AjpClient client = held(server, Request.get("/hold").query("commit=1").throughModJk())) {
            assertThat(inBackground(server.connector()::stop)).succeedsWithin(Duration.ofSeconds(15));
            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("begun");
            assertThat(answer.isEnded()).isTrue();
            assertThat(answer.reuse()).isFalse();
        }
    }

    @Test
    void aResponseThatIsCutHasNoEndForModProxyWhichThenCutsItsClientToo() {
        try (TestServer server = server(SHORT); AjpClient client = held(server, Request.get("/hold").query("commit=1"))) {
            assertThat(inBackground(server.connector()::stop)).succeedsWithin(Duration.ofSeconds(15));
            Answer answer = client.answer();
            assertThat(answer.text()).isEqualTo("begun");
            assertThat(answer.isEnded()).isFalse();
        }
    }

    // ------------------------------------------------------------------ who asks for it

    @Test
    void gracefulStopAwaitMillisWaitsLongerThanDrainTimeout() {
        try (TestServer server = server(SHORT); AjpClient client = held(server, Request.get("/hold"))) {
            ((StandardService) server.tomcat().getService()).setGracefulStopAwaitMillis(30_000);
            CompletableFuture<Void> stop = inBackground(server::stop);
            await().until(() -> server.protocol().getDrainState().equals("draining"));
            assertApplicationStaysFor(Duration.ofSeconds(1), server);
            mayGoOn.release();
            assertThat(client.answer().text()).isEqualTo("held");
            stop.join();
            assertThat(interrupted).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void drainsByJmxAndServesAgainAfterResume(String bindOnInit) throws Exception {
        try (TestServer server = builder(LONG).attribute("bindOnInit", bindOnInit).start(); AjpClient idle = server.connect()) {
            idle.ping();
            int port = server.port();
            assertThat(server.invoke("ProtocolHandler", "drain")).isEqualTo(0L);
            assertThat(server.attribute("ProtocolHandler", "drainState")).isEqualTo("drained");
            assertThat(idle.awaitEnd()).isTrue();
            assertClosedToOthers(port);

            server.connector().resume();
            assertThat(server.attribute("ProtocolHandler", "drainState")).isEqualTo("serving");
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.get("/hello").reuse()).isTrue();
        }
    }

    @Test
    void nothingToDrainTakesNoTime() {
        try (TestServer server = server(LONG)) {
            assertThat(inBackground(server::stop)).succeedsWithin(Duration.ofSeconds(10));
        }
    }
}
