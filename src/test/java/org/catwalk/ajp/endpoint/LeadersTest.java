package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.catwalk.ajp.ConnectorInternals;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** Which threads lead the event loops. */
class LeadersTest {

    /** So many that each entry of the table is that of some. */
    private static final int KINDS = 50_000;

    private final CountDownLatch slowMayEnd = new CountDownLatch(1);

    private TestServer start() {
        return TestServer.with().servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/varying", (request, response) -> {
                    if ("slow".equals(request.getQueryString())) {
                        waitFor(slowMayEnd);
                    }
                    response.getOutputStream().print("done");
                }).start();
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void takeAllForShort(TestServer server) {
        for (int kind = 0; kind < KINDS; kind++) {
            ConnectorInternals.endpoint(server.protocol()).serviceTimes().add(kind, 10_000);
        }
    }

    private static void awaitLeaders(TestServer server) {
        ThreadPoolExecutor threads = (ThreadPoolExecutor) ConnectorInternals.endpoint(server.protocol()).getExecutor();
        await().atMost(Duration.ofSeconds(15)).until(() -> threads.getActiveCount() == server.eventLoops());
        assertThat(server.threadPool("currentThreadsBusy")).isZero();
    }

    /** While it watches, it waits with a limit. */
    private static void awaitWatchAsleep(TestServer server) {
        String name = ConnectorInternals.endpoint(server.protocol()).getName() + "-Watch";
        Thread watch = Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals(name)).findFirst().orElseThrow();
        await().atMost(Duration.ofSeconds(15)).until(() -> watch.getState() == Thread.State.WAITING);
    }

    @Test
    void everyLoopIsLedByAThreadOfTheExecutorFromTheStart() {
        try (TestServer server = start()) {
            awaitLeaders(server);
        }
    }

    @Test
    void aSlowRequestOfAShortKindLosesItsLoopToOneThatServesTheOthers() {
        try (TestServer server = start(); AjpClient slow = server.connect()) {
            takeAllForShort(server);
            assertThat(slow.exchange(Request.get("/varying")).text()).isEqualTo("done");
            AjpClient[] others = new AjpClient[server.eventLoops()];
            for (int i = 0; i < others.length; i++) {
                others[i] = server.connect();
                assertThat(others[i].exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
            awaitWatchAsleep(server);

            slow.send(Request.get("/varying").query("slow"));

            // Connections go to the loops in turn, so one of these is on the loop that is held up.
            for (AjpClient other : others) {
                assertThat(other.patience(Duration.ofSeconds(5)).exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
            assertThat(server.counters().value(Counters.Event.LOOP_TAKEOVERS)).isPositive();
            slowMayEnd.countDown();
            assertThat(slow.answer().text()).isEqualTo("done");
            for (AjpClient other : others) {
                other.close();
            }
            awaitLeaders(server);
        } finally {
            slowMayEnd.countDown();
        }
    }
}
