package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.servlet.AsyncContext;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.MessageType;
import org.junit.jupiter.api.Test;

/** Every message type there could be, in every state that a connection can be in. */
class MessageTypesTest extends Attack {

    private final BlockingQueue<AsyncContext> waiting = new LinkedBlockingQueue<>();

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder
                .servlet("/ignores", (request, response) -> response.getOutputStream().print("ignored"))
                .servlet("/reads", (request, response) -> {
                    request.getInputStream().readAllBytes();
                    response.getOutputStream().print("all read");
                })
                .servlet("/waits", (request, response) -> waiting.add(request.startAsync()));
    }

    /** Of one byte, of a few, and as long as a real request. */
    private static byte[][] packetsOf(int type) {
        byte[] request = Request.get("/forbidden").payload();
        request[0] = (byte) type;
        return new byte[][] {{(byte) type}, {(byte) type, 0, 0, 0}, request};
    }

    @Test
    void betweenTwoRequests() {
        for (int type = 0; type < 256; type++) {
            for (byte[] payload : packetsOf(type)) {
                boolean isRequest = type == MessageType.FORWARD_REQUEST && payload.length > 4;
                boolean isPing = type == MessageType.CPING && payload.length == 1;
                if (!isRequest && !isPing) {
                    Answer answer = refusalOf(Request.packet(payload));
                    assertThat(answer.status()).as("type %d, %d bytes", type, payload.length).isEqualTo(400);
                }
            }
        }
        assertThat(server.refused(Refusal.UNKNOWN_MESSAGE_TYPE)).isPositive();
        assertThat(server.refused(Refusal.UNEXPECTED_MESSAGE)).isPositive();
    }

    @Test
    void anEmptyPacketBetweenTwoRequests() {
        assertThat(refusalOf(Request.packet(new byte[0])).status()).isEqualTo(400);
    }

    @Test
    void afterARequestOnTheSameConnection() {
        for (int type = 0; type < 256; type++) {
            if (type == MessageType.FORWARD_REQUEST || type == MessageType.CPING) {
                continue;
            }
            try (AjpClient client = server.connect()) {
                assertThat(client.exchange(Request.get("/hello")).reuse()).isTrue();
                client.send(Request.packet(new byte[] {(byte) type}), forbidden());
                assertThat(refusal(client).status()).isEqualTo(400);
            }
        }
    }

    @Test
    void wherePartOfABodyIsOwedThatNobodyReads() {
        for (int type = 0; type < 256; type++) {
            for (byte[] payload : packetsOf(type)) {
                if (isBodyChunk(payload)) {
                    continue;
                }
                try (AjpClient client = server.connect()) {
                    client.send(Request.post("/ignores", 1000));
                    assertThat(client.answer().text()).isEqualTo("ignored");
                    client.send(Request.packet(payload), forbidden(), Request.cping());
                    refusal(client);
                }
            }
        }
    }

    @Test
    void wherePartOfABodyWasAskedFor() {
        for (int type = 0; type < 256; type++) {
            for (byte[] payload : packetsOf(type)) {
                if (isBodyChunk(payload)) {
                    continue;
                }
                try (AjpClient client = server.connect()) {
                    client.send(Request.postChunked("/reads"));
                    client.next(Reply.Ask.class);
                    client.send(Request.packet(payload), forbidden(), Request.cping());
                    Answer answer = refusal(client);
                    assertThat(answer.status()).isBetween(400, 500);
                }
            }
        }
    }

    @Test
    void duringAnAsynchronousRequest() throws InterruptedException {
        for (int type = 0; type < 256; type++) {
            if (type == MessageType.FORWARD_REQUEST || type == MessageType.CPING) {
                continue;
            }
            try (AjpClient client = server.connect()) {
                client.send(Request.get("/waits").packet(), Request.packet(new byte[] {(byte) type}), forbidden());
                waiting.poll(20, TimeUnit.SECONDS).complete();
                // The answer to what was right, then that to what was wrong.
                assertThat(client.answer().status()).isEqualTo(200);
                assertThat(refusal(client).status()).isEqualTo(400);
            }
        }
    }

    @Test
    void afterARefusal() {
        for (int type = 0; type < 256; type++) {
            try (AjpClient client = server.connect()) {
                client.send(Request.packet(new byte[] {0x55}));
                assertThat(refusal(client).status()).isEqualTo(400);
                client.sendRegardless(Request.packet(new byte[] {(byte) type}), forbidden());
                assertThat(client.awaitEnd()).isTrue();
            }
        }
    }

    private static boolean isBodyChunk(byte[] payload) {
        return payload.length >= 2 && ((payload[0] & 0xFF) << 8 | payload[1] & 0xFF) == payload.length - 2;
    }
}
