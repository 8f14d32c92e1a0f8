package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.servlet.AsyncContext;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.MessageType;
import org.junit.jupiter.api.Test;

/** Every message type there could be, wherever a message is due. Where body data is due, {@link BodyPacketTypesTest} does the same. */
class MessageTypesTest extends Attack {

    private static final int PIECE = 10_000;
    /** More than the small buffers of the sockets take. */
    private static final int LARGE = 7 * PIECE;

    private final BlockingQueue<AsyncContext> waiting = new LinkedBlockingQueue<>();

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.attribute("socket.txBufSize", "8192")
                .servlet("/waits", (request, response) -> waiting.add(request.startAsync()))
                .servlet("/writes", (request, response) -> response.getOutputStream().write(Payload.ofSize(LARGE)))
                .servlet("/writes-when-it-may", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    response.getOutputStream().setWriteListener(new Writer(context, response.getOutputStream()));
                });
    }

    private record Writer(AsyncContext context, ServletOutputStream out, AtomicInteger left) implements WriteListener {

        Writer(AsyncContext context, ServletOutputStream out) {
            this(context, out, new AtomicInteger(LARGE));
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (left.get() == 0) {
                    context.complete();
                    return;
                }
                out.write(new byte[PIECE]);
                left.addAndGet(-PIECE);
            }
        }

        @Override
        public void onError(Throwable t) {
            context.complete();
        }
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
                    long refused = server.counters().refused();
                    Answer answer = refusalOf(Request.packet(payload));
                    assertThat(answer.status()).as("type %d, %d bytes", type, payload.length).isEqualTo(400);
                    assertThat(server.counters().refused()).as("type %d, %d bytes", type, payload.length).isEqualTo(refused + 1);
                }
            }
        }
        // AJP has the types 2 to 10, of which 3 to 9 are not due here; and 10 is a ping only if that is all.
        assertThat(server.refused(Refusal.UNKNOWN_MESSAGE_TYPE)).isGreaterThanOrEqualTo(3 * (256 - 9));
        assertThat(server.refused(Refusal.UNEXPECTED_MESSAGE)).isGreaterThanOrEqualTo(3 * 7 + 2);
    }

    @Test
    void anEmptyPacketBetweenTwoRequests() {
        long refused = server.refused(Refusal.UNEXPECTED_MESSAGE);
        assertThat(refusalOf(Request.packet(new byte[0])).status()).isEqualTo(400);
        assertThat(server.refused(Refusal.UNEXPECTED_MESSAGE)).isEqualTo(refused + 1);
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

    /** The peer has not read what it asked for when it sends something else. */
    @Test
    void whileAnAnswerIsWritten() {
        for (String uri : new String[] {"/writes", "/writes-when-it-may"}) {
            for (int type = 0; type < 256; type++) {
                if (type == MessageType.FORWARD_REQUEST || type == MessageType.CPING) {
                    continue;
                }
                try (AjpClient client = AjpClient.connect(server.port(), 32 * 1024)) {
                    client.send(Request.get(uri).packet(), Request.packet(new byte[] {(byte) type}), forbidden());
                    Answer answer = client.answer();
                    assertThat(answer.body()).hasSize(LARGE);
                    assertThat(answer.reuse()).isTrue();
                    assertThat(refusal(client).status()).isEqualTo(400);
                }
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
}
