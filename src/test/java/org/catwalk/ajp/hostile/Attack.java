package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * A server with one servlet that nothing an attacker sends may ever reach. After each test it must have been left alone, nobody may hold a
 * thread or a buffer, and the connector must serve.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Attack {

    /** How often the forbidden servlet ran. */
    private final AtomicInteger reached = new AtomicInteger();

    protected TestServer server;

    @BeforeAll
    void start() {
        server = describe(TestServer.with()
                .servlet("/forbidden", (request, response) -> reached.incrementAndGet())
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))).start();
    }

    /** What this class needs beside that. */
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder;
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @AfterEach
    void nothingIsLost() {
        assertThat(reached.getAndSet(0)).as("requests that were never to be interpreted").isZero();
        server.awaitQuiet();
        server.assertServes();
        List<String> complaints = server.log().complaints();
        server.log().clear();
        assertThat(complaints).as("errors of the connector").filteredOn(line -> line.contains("org.catwalk")).isEmpty();
    }

    /** What an attacker hides where it is not to be read as a request. */
    protected static byte[] forbidden() {
        return Request.get("/forbidden").packet();
    }

    /** Reads what is said to a refused peer: one well-formed answer at the most, then an orderly end of the stream. */
    protected static Answer refusal(AjpClient client) {
        Answer answer = client.answer();
        if (answer.isEnded()) {
            assertThat(answer.reuse()).as("reuse after a refusal").isFalse();
            assertThat(client.awaitEnd()).as("an orderly end, so that the answer is not lost with a reset").isTrue();
        }
        if (answer.hasHead()) {
            assertThat(answer.status()).isGreaterThanOrEqualTo(400);
            assertThat(answer.isEnded()).isTrue();
        } else {
            assertThat(answer.all(Reply.Data.class)).isEmpty();
        }
        return answer;
    }

    /** Sends this in one write with a forbidden request behind it, and reads the refusal. */
    protected Answer refusalOf(byte[]... packets) {
        try (AjpClient client = server.connect()) {
            client.send(Request.join(packets), forbidden(), Request.cping(), forbidden());
            return refusal(client);
        }
    }

    protected Answer refusalOf(Request request) {
        return refusalOf(request.packet());
    }
}
