package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A response head that fits no packet makes mod_jk, if it is sent in any other way, run the request again on every member. */
class OversizedHeadTest {

    private final AtomicInteger runs = new AtomicInteger();

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.with()
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/headers", (request, response) -> {
                    runs.incrementAndGet();
                    response.setHeader("X-Small", "small");
                    response.setHeader("X-Large", "x".repeat(Integer.parseInt(request.getParameter("bytes"))));
                    response.getOutputStream().write(Payload.ofSize(20_000));
                })
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Request headers(int bytes) {
        return Request.get("/headers").query("bytes=" + bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {8160, 9000, 20_000, 100_000})
    void becomesOneClean500(int bytes) {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(headers(bytes));

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.head().headers()).extracting(Reply.Header::name).doesNotContain("X-Large", "X-Small");
            assertThat(answer.text()).contains("500").hasSizeLessThan(500);
            assertThat(answer.header("Content-Length")).contains(Integer.toString(answer.body().length));
            assertThat(runs).hasValue(1);
            if (answer.reuse()) {
                assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
        }
        assertThat(server.log().refusals()).singleElement().asString()
                .contains("RESPONSE_HEAD_TOO_LARGE", "X-Large", Integer.toString(bytes + 13), "packetSize is 8192");
    }

    @Test
    void isRecognisedToTheByte() {
        // Outer header 4, type 1, status 2, reason 5, count 2; X-Small 10 + 8; X-Large 10 + 3.
        int fits = 8192 - 14 - 18 - 13;

        assertThat(server.exchange(headers(fits)).header("X-Large")).get().asString().hasSize(fits);
        assertThat(server.exchange(headers(fits + 1)).status()).isEqualTo(500);
    }

    @Test
    void becomesA500WithoutABodyForHead() {
        Answer answer = server.exchange(Request.of("HEAD", "/headers").query("bytes=9000"));

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.all(Reply.Data.class)).isEmpty();
        assertThat(answer.isEnded()).isTrue();
    }
}
