package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
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
                }).servlet("/nap", (request, response) -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                    response.getOutputStream().print("rested");
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
            times(server).addStall(kind, 10_000);
        }
    }

    private static ServiceTimes times(TestServer server) {
        return ConnectorInternals.endpoint(server.protocol()).serviceTimes();
    }

    private static void doubtAll(TestServer server) {
        takeAllForShort(server);
        for (int kind = 0; kind < KINDS; kind++) {
            while (!times(server).needsTrials(kind)) {
                times(server).addStall(kind, 5_000_000);
                for (int i = 0; i < 10; i++) {
                    times(server).addStall(kind, 10_000);
                }
            }
        }
    }

    private static boolean isAnyShort(TestServer server) {
        return IntStream.range(0, KINDS).anyMatch(times(server)::isShort);
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
            // Whoever was relieved in a first and slow request has a successor again.
            awaitLeaders(server);
            awaitWatchAsleep(server);

            slow.send(Request.get("/varying").query("slow"));

            // Connections go to the loops in turn, so one of these is on the loop that is held up.
            for (AjpClient other : others) {
                assertThat(other.patience(Duration.ofSeconds(5)).exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
            await().until(() -> server.counters().value(Counters.Event.LOOP_TAKEOVERS) > 0);
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

    @Test
    void aLeaderTriesADoubtfulKindNowAndThenUntilItIsShortAgain() {
        assumeThat(ProcessorWait.isKnown()).isTrue();
        try (TestServer server = start(); AjpClient client = server.connect()) {
            ConnectorInternals.endpoint(server.protocol()).processorWaits(AlwaysWaiting::new);
            doubtAll(server);
            assertThat(isAnyShort(server)).isFalse();

            await().pollInSameThread().pollInterval(Duration.ofMillis(1)).atMost(Duration.ofSeconds(60)).until(() -> {
                for (int i = 0; i < 500; i++) {
                    assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
                }
                return isAnyShort(server);
            });
        }
    }

    @Test
    void aKindThatHoldsUpItsLoopTooOftenIsHandedOn() {
        try (TestServer server = start(); AjpClient client = server.connect()) {
            takeAllForShort(server);

            await().pollInSameThread().pollInterval(Duration.ofMillis(1)).atMost(Duration.ofSeconds(60)).until(() -> {
                nap(client);
                return !areAllShort(server);
            });

            assertThat(server.counters().value(Counters.Event.LOOP_TAKEOVERS)).isPositive();
        }
    }

    @Test
    void aKindWhoseThreadOnlyWaitedForAProcessorStaysShort() {
        assumeThat(ProcessorWait.isKnown()).isTrue();
        try (TestServer server = start(); AjpClient client = server.connect()) {
            ConnectorInternals.endpoint(server.protocol()).processorWaits(AlwaysWaiting::new);
            takeAllForShort(server);
            // The first thread that leads has a clock of the other sort, perhaps.
            nap(client);
            takeAllForShort(server);

            await().pollInSameThread().pollInterval(Duration.ofMillis(1)).atMost(Duration.ofSeconds(60)).until(() -> {
                nap(client);
                return server.counters().value(Counters.Event.LOOP_TAKEOVERS) > 20;
            });

            assertThat(areAllShort(server)).isTrue();
        }
    }

    private static void nap(AjpClient client) {
        assertThat(client.exchange(Request.get("/nap")).text()).isEqualTo("rested");
    }

    private static boolean areAllShort(TestServer server) {
        return IntStream.range(0, KINDS).allMatch(times(server)::isShort);
    }

    /** For its thread all time is waiting, and as on a real one that counts when it has ended: nobody else sees it grow in between. */
    private static final class AlwaysWaiting extends ProcessorWait {

        private final Thread thread = Thread.currentThread();
        private final long begin = System.nanoTime();
        private volatile long ended;

        AlwaysWaiting() {
            super(null);
        }

        @Override
        long nanos() {
            if (Thread.currentThread() == thread) {
                ended = System.nanoTime() - begin;
            }
            return ended;
        }
    }
}
