package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

class PingTest {

    private static final int THREADS = 3;
    private static final int CPONG_BYTES = 5;
    private static final int MANY = 40_000;

    private final Semaphore mayGoOn = new Semaphore(0);

    private TestServer.Builder builder() {
        return TestServer.with()
                .attribute("maxThreads", Integer.toString(THREADS))
                .attribute("minSpareThreads", "1")
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/busy", (request, response) -> {
                    mayGoOn.acquireUninterruptibly();
                    response.getOutputStream().print("done");
                });
    }

    private List<AjpClient> keepAllThreadsBusy(TestServer server) {
        List<AjpClient> clients = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            clients.add(server.connect().send(Request.get("/busy")));
        }
        await().untilAsserted(() -> assertThat(mayGoOn.getQueueLength()).isEqualTo(THREADS));
        return clients;
    }

    private void letGo(List<AjpClient> clients) {
        mayGoOn.release(1000);
        for (AjpClient client : clients) {
            assertThat(client.answer().text()).isEqualTo("done");
            client.close();
        }
    }

    @Test
    void isAnsweredOnAFreshConnectionAndBetweenRequests() {
        try (TestServer server = builder().start(); AjpClient client = server.connect()) {
            client.ping();
            client.ping();
            client.exchange(Request.get("/hello"));
            client.ping();
            client.sendByteByByte(Request.cping());
            client.next(Reply.Cpong.class);
        }
    }

    @Test
    void needsNoSecret() {
        try (TestServer server = builder().attribute("secretRequired", "true").attribute("secret", "open sesame").start();
                AjpClient client = server.connect()) {
            client.ping();
            assertThat(client.exchange(Request.get("/hello").secret("open sesame")).text()).isEqualTo("hello");
        }
    }

    @Test
    void isAnsweredWhileEveryThreadIsBusy() {
        try (TestServer server = builder().start()) {
            List<AjpClient> busy = keepAllThreadsBusy(server);
            try (AjpClient client = server.connect()) {
                for (int i = 0; i < 10; i++) {
                    client.ping();
                }
            }
            letGo(busy);
        }
    }

    @Test
    void meansAFreeThreadIfSaidSo() {
        try (TestServer server = builder().attribute("cping", "ready").start()) {
            server.assertServes();
            List<AjpClient> busy = keepAllThreadsBusy(server);
            try (AjpClient client = server.connect()) {
                client.send(Request.cping());
                assertThat(client.awaitEnd()).as("a close at once and no CPONG").isTrue();
            }
            letGo(busy);
            await().untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isZero());
            server.assertServes();
        }
    }

    @Test
    void keepsItsPlaceAmongPipelinedRequests() {
        try (TestServer server = builder().start(); AjpClient client = server.connect()) {
            byte[] ping = Request.cping();
            byte[] hello = Request.get("/hello").packet();
            client.send(ping, hello, ping, ping, hello, hello, ping);

            client.next(Reply.Cpong.class);
            assertThat(client.answer().text()).isEqualTo("hello");
            client.next(Reply.Cpong.class);
            client.next(Reply.Cpong.class);
            assertThat(client.answer().text()).isEqualTo("hello");
            assertThat(client.answer().text()).isEqualTo("hello");
            client.next(Reply.Cpong.class);
        }
    }

    @Test
    void aHundredPipelinedRequestsAreAnsweredInOrder() {
        try (TestServer server = builder().start(); AjpClient client = server.connect()) {
            List<byte[]> requests = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                requests.add(Request.get(i % 2 == 0 ? "/hello" : "/nowhere").packet());
            }
            client.send(requests.toArray(new byte[0][]));
            for (int i = 0; i < 100; i++) {
                assertThat(client.answer().status()).isEqualTo(i % 2 == 0 ? 200 : 404);
            }
        }
    }

    @Test
    void aCpongThatFindsNoRoomClosesTheConnectionAndIsNotCounted() {
        byte[] pings = new byte[MANY * Request.cping().length];
        for (int i = 0; i < MANY; i++) {
            System.arraycopy(Request.cping(), 0, pings, i * Request.cping().length, Request.cping().length);
        }
        try (TestServer server = builder().attribute("socket.txBufSize", "4096").start();
                AjpClient client = AjpClient.connect(server.port(), 4096)) {
            client.send(pings);
            server.awaitConnections(0);
            int received = client.readRaw(new byte[pings.length], pings.length);
            assertThat(received).as("bytes of CPONGs").isLessThan(MANY * CPONG_BYTES);
            assertThat(server.counters().value(Counters.Event.CPONGS)).isEqualTo(received / CPONG_BYTES);
        }
    }
}
