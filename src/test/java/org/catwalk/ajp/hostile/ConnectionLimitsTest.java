package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** Who may connect, and who has to make room. */
class ConnectionLimitsTest {

    private static TestServer.Builder builder() {
        return TestServer.with().servlet("/hello", (request, response) -> response.getOutputStream().print("hello"));
    }

    private static void assertHello(AjpClient client) {
        assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
    }

    @Test
    void aPeerThatIsNotAllowedIsClosedBeforeAByteIsRead() {
        try (TestServer server = builder().attribute("allowedPeers", "192.0.2.0/24, 2001:db8::/32").start();
                AjpClient client = server.connect()) {
            client.sendRegardless(Request.get("/hello").packet());
            client.awaitEnd();
            await().untilAsserted(() -> assertThat(server.refused(Refusal.PEER_NOT_ALLOWED)).isOne());
            assertThat(server.counters().value(Counters.Event.FORWARD_REQUESTS)).isZero();
            assertThat(server.log().refusals()).singleElement().asString().contains("PEER_NOT_ALLOWED from 127.0.0.1", "192.0.2.0/24");
            server.awaitConnections(0);
        }
    }

    @Test
    void aPeerThatIsNotAllowedCostsNobodyHisPlace() throws IOException {
        try (TestServer server = builder().attribute("allowedPeers", "127.0.0.1").attribute("maxConnections", "1").start();
                AjpClient client = server.connect()) {
            assertHello(client);
            for (int i = 0; i < 3; i++) {
                try (Socket stranger = new Socket(InetAddress.getByName("127.0.0.1"), server.port(), InetAddress.getByName("127.0.0.2"), 0)) {
                    stranger.setSoTimeout(30_000);
                    assertThat(stranger.getInputStream().read()).isEqualTo(-1);
                }
            }
            assertHello(client);
            assertThat(server.refused(Refusal.PEER_NOT_ALLOWED)).isEqualTo(3);
            assertThat(server.counters().value(Counters.Event.CONNECTIONS_EVICTED)).isZero();
        }
    }

    @Test
    void aPeerThatIsAllowedIsServed() {
        try (TestServer server = builder().attribute("allowedPeers", "127.0.0.0/8").start(); AjpClient client = server.connect()) {
            assertHello(client);
        }
    }

    @Test
    void onePeerHasSoManyConnectionsAndNoMore() {
        try (TestServer server = builder().attribute("maxConnectionsPerPeer", "3").start()) {
            for (int round = 0; round < 3; round++) {
                List<AjpClient> clients = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    AjpClient client = server.connect();
                    assertHello(client);
                    clients.add(client);
                }
                try (AjpClient oneMore = server.connect()) {
                    oneMore.awaitEnd();
                }
                // Those that were there first are still there; when they leave there is room again.
                clients.forEach(ConnectionLimitsTest::assertHello);
                clients.forEach(AjpClient::close);
                server.awaitConnections(0);
            }
            assertThat(server.refused(Refusal.TOO_MANY_CONNECTIONS_FROM_PEER)).isEqualTo(3);
        }
    }

    @Test
    void theLongestIdleConnectionMakesRoomForANewOne() {
        try (TestServer server = builder().attribute("maxConnections", "5").start()) {
            List<AjpClient> idle = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                AjpClient client = server.connect();
                assertHello(client);
                idle.add(client);
                // The age of idle connections is known to a tenth of a second.
                assertThat(client.staysSilent(Duration.ofMillis(150))).isTrue();
            }
            assertHello(idle.get(0));
            try (AjpClient one = server.connect(); AjpClient two = server.connect()) {
                assertHello(one);
                assertHello(two);
                assertThat(idle.get(1).awaitEnd()).isTrue();
                assertThat(idle.get(2).awaitEnd()).isTrue();
                assertHello(idle.get(0));
                assertHello(idle.get(3));
                assertHello(idle.get(4));
            }
            assertThat(server.counters().value(Counters.Event.CONNECTIONS_EVICTED)).isEqualTo(2);
            idle.forEach(AjpClient::close);
        }
    }

    private static TestServer.Builder holding(Semaphore mayGoOn) {
        return builder().servlet("/hold", (request, response) -> {
            mayGoOn.acquireUninterruptibly();
            response.getOutputStream().print("held");
        });
    }

    /** @return clients whose requests are held; who came first goes on first */
    private static List<AjpClient> busy(TestServer server, int number, Semaphore mayGoOn) {
        List<AjpClient> busy = new ArrayList<>();
        for (int i = 1; i <= number; i++) {
            int held = i;
            busy.add(server.connect().send(Request.get("/hold")));
            await().untilAsserted(() -> assertThat(mayGoOn.getQueueLength()).isEqualTo(held));
        }
        return busy;
    }

    /** The acceptor has a connection for which it has found no room. */
    private static void awaitNoRoom() {
        await().until(() -> Thread.getAllStackTraces().entrySet().stream().filter(each -> each.getKey().getName().endsWith("-Acceptor"))
                .anyMatch(each -> isParkedBy("serverSocketAccept", each.getValue())));
    }

    private static boolean isParkedBy(String method, StackTraceElement[] stack) {
        for (int i = 1; i < stack.length; i++) {
            if (stack[i - 1].getMethodName().equals("parkNanos") && stack[i].getMethodName().equals(method)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void noBusyConnectionIsEverEvicted() {
        Semaphore mayGoOn = new Semaphore(0);
        try (TestServer server = holding(mayGoOn).attribute("maxConnections", "3").start()) {
            List<AjpClient> busy = busy(server, 3, mayGoOn);
            try (AjpClient waiting = server.connect()) {
                waiting.send(Request.get("/hello"));
                assertThat(waiting.staysSilent(Duration.ofMillis(200))).isTrue();
                mayGoOn.release(3);
                busy.forEach(client -> assertThat(client.answer().text()).isEqualTo("held"));
                assertThat(waiting.answer().text()).isEqualTo("hello");
            }
            busy.forEach(AjpClient::close);
        }
    }

    /** A client of httpd's prefork MPM that always asks again keeps its connection for ever. */
    @Test
    void connectionsThatNeverRestTakeTurnsWithThoseThatWait() {
        Semaphore mayGoOn = new Semaphore(0);
        try (TestServer server = holding(mayGoOn).attribute("maxConnections", "2").start()) {
            List<AjpClient> busy = busy(server, 2, mayGoOn);
            try (AjpClient waiting = server.connect()) {
                waiting.send(Request.get("/hello"));
                awaitNoRoom();
                mayGoOn.release();
                Answer givesWay = busy.get(0).answer();
                assertThat(givesWay.text()).isEqualTo("held");
                assertThat(givesWay.reuse()).as("whether it has kept its connection").isFalse();
                assertThat(busy.get(0).awaitEnd()).isTrue();
                assertThat(waiting.answer().text()).isEqualTo("hello");
                mayGoOn.release();
                assertThat(busy.get(1).answer().reuse()).as("whether the other one has, for whom nobody waits any more").isTrue();
            }
            assertThat(server.counters().value(Counters.Event.CONNECTIONS_EVICTED)).isEqualTo(1);
            busy.forEach(AjpClient::close);
        }
    }

    @Test
    void strangersThatWaitTakeNoTurnsOfThoseWhoAreKnown() {
        Semaphore mayGoOn = new Semaphore(0);
        try (TestServer server = holding(mayGoOn).attribute("maxConnections", "3").start()) {
            List<AjpClient> busy = busy(server, 2, mayGoOn);
            List<AjpClient> strangers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                strangers.add(server.connect());
            }
            awaitNoRoom();
            mayGoOn.release(2);
            busy.forEach(client -> assertThat(client.answer().reuse()).as("whether it has kept its connection").isTrue());
            strangers.forEach(AjpClient::close);
            busy.forEach(AjpClient::close);
        }
    }

    @Test
    void aPoolOfIdleConnectionsShutsNobodyOut() {
        try (TestServer server = builder().attribute("maxConnections", "10").start()) {
            List<AjpClient> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                AjpClient client = server.connect();
                assertHello(client);
                all.add(client);
            }
            assertThat(server.threadPool("connectionCount")).isLessThanOrEqualTo(10);
            all.forEach(AjpClient::close);
            server.awaitConnections(0);
        }
    }

    @Test
    void nobodyWhoseRequestIsOnItsWayMakesRoom() {
        try (TestServer server = builder().attribute("maxConnections", "4").start()) {
            for (int round = 0; round < 5; round++) {
                List<AjpClient> burst = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    burst.add(server.connect().send(Request.get("/hello")));
                }
                burst.forEach(client -> assertThat(client.answer().text()).isEqualTo("hello"));
                burst.forEach(AjpClient::close);
            }
            server.awaitConnections(0);
        }
    }

    @Test
    void strangersMakeRoomForStrangersAndNeverForThoseWhoAreKnown() {
        try (TestServer server = builder().attribute("maxUnadmittedConnections", "5").start()) {
            List<AjpClient> known = new ArrayList<>();
            List<AjpClient> strangers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                AjpClient client = server.connect();
                assertHello(client);
                known.add(client);
            }
            for (int i = 0; i < 50; i++) {
                AjpClient stranger = server.connect();
                strangers.add(i % 2 == 0 ? stranger : stranger.send(new byte[] {0x12, 0x34, 0}));
            }
            await().untilAsserted(() -> assertThat(server.refused(Refusal.TOO_MANY_UNADMITTED)).isEqualTo(45));
            server.awaitConnections(15);
            known.forEach(ConnectionLimitsTest::assertHello);
            try (AjpClient late = server.connect()) {
                assertHello(late);
            }
            strangers.forEach(AjpClient::close);
            known.forEach(AjpClient::close);
            server.awaitConnections(0);
            server.awaitQuiet();
        }
    }
}
