package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.SocketCalls;
import org.catwalk.ajp.testing.SocketCalls.Call;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a request costs in system calls on its connection. */
class WriteCoalescingTest {

    private static final int ROUNDS = 20;
    private static final int MEGABYTE = 1024 * 1024;
    /** What ends each conversation is told from the rest by its size: TAIL_BYTES and some more for the head. */
    private static final int TAIL_BYTES = 1000;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.with()
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/tail", (request, response) -> {
                    response.setStatus(404);
                    response.getOutputStream().write(new byte[TAIL_BYTES]);
                })
                .servlet("/large", (request, response) -> {
                    byte[] body = Payload.ofSize(MEGABYTE);
                    for (int i = 0; i < body.length; i += 4096) {
                        response.getOutputStream().write(body, i, 4096);
                    }
                })
                .servlet("/upload", (request, response) -> {
                    int n = request.getInputStream().readAllBytes().length;
                    response.getOutputStream().print(n);
                })
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aSmallGetLeavesInOneWriteAndIsReadWithTwoReadsAtMost() {
        List<Call> calls = callsFor(client -> {
            for (int i = 0; i < ROUNDS; i++) {
                client.exchange(Request.get("/hello"));
            }
        });

        assertThat(writes(calls)).hasSize(ROUNDS).allSatisfy(call -> assertThat(call.bytes()).isPositive());
        assertThat(reads(calls)).hasSizeLessThanOrEqualTo(2 * ROUNDS + 2);
    }

    @Test
    void aCpingIsAnsweredWithOneWrite() {
        List<Call> calls = callsFor(client -> {
            for (int i = 0; i < ROUNDS; i++) {
                client.ping();
            }
        });

        assertThat(writes(calls)).hasSize(ROUNDS);
        assertThat(reads(calls)).hasSizeLessThanOrEqualTo(2 * ROUNDS + 2);
    }

    @Test
    void aLargeResponseLeavesInFewWrites() {
        List<Call> calls = callsFor(client -> assertThat(client.exchange(Request.get("/large")).body()).isEqualTo(Payload.ofSize(MEGABYTE)));

        // Stock makes one write for each packet of 8 KB: 129 and more. A socket buffer that is full makes some writes come up short.
        assertThat(writes(calls)).hasSizeLessThan(60);
        assertThat(writes(calls).get(0).bytes()).isGreaterThan(32 * 1024);
    }

    @Test
    void aSmallPostIsReadWithTheRequestIfItCameWithIt() {
        byte[] body = Payload.ofSize(100);
        List<Call> calls = callsFor(client -> {
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(client.exchange(Request.post("/upload", body.length), body).text()).isEqualTo("100");
            }
        });

        assertThat(writes(calls)).hasSize(ROUNDS);
        assertThat(reads(calls)).hasSizeLessThanOrEqualTo(3 * ROUNDS + 2);
    }

    private static List<Call> callsFor(Consumer<AjpClient> conversation) {
        try (AjpClient client = server.connect()) {
            // What happens once in a connection's life is not counted, nor what happens once in the server's.
            client.exchange(Request.get("/hello"));
            try (SocketCalls calls = SocketCalls.record()) {
                conversation.accept(client);
                // A call is recorded a moment after its bytes have arrived; with this answer here, the calls before it are on record.
                assertThat(client.exchange(Request.get("/tail")).status()).isEqualTo(404);
                return calls.onConnectionFrom(client.localPort()).stream().filter(call -> !call.write() || call.bytes() < TAIL_BYTES
                        || call.bytes() > 2 * TAIL_BYTES).toList();
            }
        }
    }

    private static List<Call> writes(List<Call> calls) {
        return calls.stream().filter(Call::write).toList();
    }

    private static List<Call> reads(List<Call> calls) {
        return calls.stream().filter(call -> !call.write()).toList();
    }
}
