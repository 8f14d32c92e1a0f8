package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;
import org.apache.catalina.LifecycleException;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

class LifeCycleTest {

    private final Semaphore mayGoOn = new Semaphore(0);

    private TestServer.Builder builder() {
        return TestServer.with()
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/hold", (request, response) -> {
                    mayGoOn.acquireUninterruptibly();
                    response.getOutputStream().print("held");
                })
                .servlet("/async", (request, response) -> request.startAsync());
    }

    /** Connections in every state that one can be left in. */
    private static List<AjpClient> connections(TestServer server) {
        List<AjpClient> clients = new ArrayList<>();
        for (byte[] begin : List.of(new byte[0], new byte[] {0x12}, new byte[] {0x12, 0x34, 0x20, 0, 2},
                Request.post("/hello", 10).packet(), Request.get("/async").packet())) {
            clients.add(server.connect().send(begin));
        }
        AjpClient used = server.connect();
        assertThat(used.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        clients.add(used);
        return clients;
    }

    @Test
    void fiveStopsAndStartsLeaveNothing() throws LifecycleException {
        try (TestServer server = builder().start()) {
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            Set<ObjectName> mbeans = null;
            for (int i = 0; i < 5; i++) {
                List<AjpClient> left = connections(server);
                server.connector().stop();
                await().untilAsserted(() -> assertThat(server.threads()).isEmpty());
                await().untilAsserted(() -> assertThat(server.buffersInUse()).containsOnly(0));
                left.forEach(AjpClient::close);

                server.connector().start();
                assertThat(server.get("/hello").text()).isEqualTo("hello");
                server.awaitConnections(0);
                Set<ObjectName> now = server.mbeans();
                now.removeIf(name -> "RequestProcessor".equals(name.getKeyProperty("type")));
                if (mbeans != null) {
                    assertThat(now).isEqualTo(mbeans);
                }
                mbeans = now;
            }
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads + 10);
        }
    }

    @Test
    void fivePausesAndResumesLoseNothing() {
        try (TestServer server = builder().start()) {
            try (AjpClient held = server.connect()) {
                held.send(Request.get("/hold"));
                await().untilAsserted(() -> assertThat(mayGoOn.getQueueLength()).isOne());
                for (int i = 0; i < 5; i++) {
                    server.connector().pause();
                    server.connector().resume();
                    assertThat(server.get("/hello").text()).isEqualTo("hello");
                    server.awaitConnections(1);
                }
                mayGoOn.release();
                assertThat(held.answer().text()).isEqualTo("held");
            }
            server.awaitConnections(0);
        }
    }

    @Test
    void aRequestInFlightIsAnsweredWhilePausedAndEndsItsConnection() {
        try (TestServer server = builder().start(); AjpClient client = server.connect()) {
            client.send(Request.get("/hold"));
            await().untilAsserted(() -> assertThat(mayGoOn.getQueueLength()).isOne());
            server.connector().pause();
            mayGoOn.release();
            Answer answer = client.answer();

            assertThat(answer.text()).isEqualTo("held");
            assertThat(answer.reuse()).isFalse();
            assertThat(client.awaitEnd()).isTrue();
        }
    }

    @Test
    void aRequestOnAnIdleConnectionIsAnsweredWhilePausedAndEndsItsConnection() {
        try (TestServer server = builder().start(); AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/hello")).reuse()).isTrue();
            server.connector().pause();
            client.sendRegardless(Request.get("/hello").packet());
            try {
                Answer answer = client.answer();
                // Answered for the last time, or closed before it was read: never taken in and forgotten.
                if (answer.hasHead()) {
                    assertThat(answer.text()).isEqualTo("hello");
                    assertThat(answer.reuse()).isFalse();
                }
            } catch (UncheckedIOException e) {
                assertThat(e.getCause()).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void nobodyHangsInTheBacklogOfAConnectorThatIsPausedOrStopped() throws LifecycleException {
        try (TestServer server = builder().start()) {
            int port = server.port();
            server.connector().pause();
            assertRefusedOrClosed(port);
            server.connector().resume();
            server.connector().stop();
            assertRefusedOrClosed(port);
            server.connector().start();
            assertThat(server.port()).isEqualTo(port);
            server.assertServes();
        }
    }

    private static void assertRefusedOrClosed(int port) {
        try (AjpClient client = AjpClient.connect(port)) {
            client.sendRegardless(Request.cping());
            client.awaitEnd();
        } catch (UncheckedIOException refused) {
            assertThat(refused.getCause()).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void stopsWithConnectionsInEveryState() {
        List<AjpClient> left;
        try (TestServer server = builder().start()) {
            left = connections(server);
        }
        left.forEach(AjpClient::close);
    }

    @Test
    void stoppingWithRequestsThatWaitForAThreadLeavesNoBuffer() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        try (TestServer server = TestServer.with().attribute("maxThreads", "1").attribute("minSpareThreads", "1")
                .attribute("packetSize", "65536")
                .servlet("/busy", (request, response) -> {
                    busy.countDown();
                    try {
                        letGo.await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }).start();
                AjpClient one = server.connect(); AjpClient two = server.connect()) {
            one.send(Request.get("/busy"));
            busy.await();
            two.send(Request.get("/busy").header("X", "x".repeat(20_000)));
            await().until(() -> server.buffersInUse()[1] == 1);
            server.stop();
            assertThat(server.buffersInUse()).containsOnly(0);
        } finally {
            letGo.countDown();
        }
    }
}
