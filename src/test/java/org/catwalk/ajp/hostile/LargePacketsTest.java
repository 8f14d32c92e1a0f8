package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Heap;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Large packets are welcome, but not so many at one time that they would endanger the heap. */
@Tag("slow")
class LargePacketsTest {

    /** An eighth of the heap. */
    private static final int LARGE_AT_MOST = (int) Math.max(64, Runtime.getRuntime().maxMemory() / 8 / 65_536);
    /** Half of that is for those who have not sent a valid request yet. */
    private static final int OF_STRANGERS = LARGE_AT_MOST - LARGE_AT_MOST / 2;
    private static final int TOO_MANY = OF_STRANGERS + 50;

    @Test
    void haveALimitAllTogether() {
        byte[] whole = Request.get("/hello").header("X-Large", "x".repeat(60_000)).packet();
        byte[] half = Arrays.copyOf(whole, 10_000);
        AtomicInteger behind = new AtomicInteger();
        List<AjpClient> clients = new ArrayList<>();
        try (TestServer server = TestServer.with().attribute("maxUnadmittedConnections", "-1").attribute("packetTimeout", "60000")
                .servlet("/behind", (request, response) -> behind.incrementAndGet())
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start();
                AjpClient known = server.connect()) {
            assertThat(known.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            long before = Heap.heldBytes();
            for (int i = 0; i < TOO_MANY; i++) {
                clients.add(server.connect().send(half));
            }
            await().untilAsserted(() -> assertThat(server.refused(Refusal.OUT_OF_BUFFERS)).isEqualTo(TOO_MANY - OF_STRANGERS));
            assertThat(server.buffersInUse()[1]).isEqualTo(OF_STRANGERS);
            assertThat(Heap.heldBytes() - before).isLessThan(Runtime.getRuntime().maxMemory() / 4);
            // Whoever needs no large packet does not notice.
            assertThat(server.get("/hello").text()).isEqualTo("hello");
            // Nor does who has sent a valid request before.
            assertThat(known.exchange(Request.get("/hello").header("X-Large", "x".repeat(60_000))).text()).isEqualTo("hello");
            try (AjpClient refused = server.connect()) {
                refused.send(half);
                assertThat(refused.answer().status()).isEqualTo(503);
                // The rest of it, and a valid request behind it, are never looked at.
                refused.sendRegardless(Arrays.copyOfRange(whole, half.length, whole.length), Request.get("/behind").packet());
                refused.awaitEnd();
            }
            try (AjpClient refused = server.connect()) {
                refused.send(whole, Request.get("/behind").packet());
                assertThat(Attack.refusal(refused).status()).isEqualTo(503);
            }
            assertThat(behind).as("runs of the request behind a refusal").hasValue(0);
            clients.forEach(AjpClient::close);
            known.close();
            server.awaitConnections(0);
            server.awaitQuiet();
            assertThat(server.exchange(Request.get("/hello").header("X-Large", "x".repeat(60_000))).text()).isEqualTo("hello");
        }
    }
}
