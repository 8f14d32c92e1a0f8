package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.servlet.AsyncContext;
import javax.servlet.ReadListener;
import javax.servlet.ServletInputStream;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every message type there could be, in every state in which body data is due. A body packet has no type: it is legal if its length and
 * its data agree, whatever byte it begins with, and then it is body data and nothing else; all others end the connection.
 */
@Tag("slow")
class BodyPacketTypesTest extends Attack {

    private static final int CHUNK = 8186;
    /** Chunks after which the connector reads ahead, by its rules, and how many it then asks for. */
    private static final int BEFORE_READ_AHEAD = 3;
    private static final int WINDOW = 8;
    private static final int LARGE = 1_000_000;

    /** What each run of an application came to: the number of bytes of a complete body, or why it is not complete. */
    private final BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();
    private final Semaphore mayGoOn = new Semaphore(0);
    private AjpClient bystander;

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder
                .servlet("/ignores", (request, response) -> response.getOutputStream().print("ignored"))
                .servlet("/reads-a-part", (request, response) -> request.getInputStream().readNBytes(BEFORE_READ_AHEAD * CHUNK + 1))
                .servlet("/reads", (request, response) -> {
                    try {
                        outcomes.add(request.getInputStream().readAllBytes().length);
                    } catch (IOException e) {
                        outcomes.add(e);
                        throw e;
                    }
                })
                .servlet("/is-busy", (request, response) -> {
                    request.getInputStream().readNBytes(BEFORE_READ_AHEAD * CHUNK + 1);
                    mayGoOn.acquireUninterruptibly();
                    try {
                        outcomes.add(request.getInputStream().readAllBytes().length);
                    } catch (IOException e) {
                        outcomes.add(e);
                        throw e;
                    }
                })
                .servlet("/listens", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(60_000);
                    request.getInputStream().setReadListener(new Counting(context, request.getInputStream(), outcomes));
                });
    }

    private static final class Counting implements ReadListener {

        private final AsyncContext context;
        private final ServletInputStream in;
        private final BlockingQueue<Object> outcomes;
        private int count;

        Counting(AsyncContext context, ServletInputStream in, BlockingQueue<Object> outcomes) {
            this.context = context;
            this.in = in;
            this.outcomes = outcomes;
        }

        @Override
        public void onDataAvailable() throws IOException {
            byte[] buffer = new byte[CHUNK];
            while (in.isReady() && !in.isFinished()) {
                count += Math.max(0, in.read(buffer));
            }
        }

        @Override
        public void onAllDataRead() {
            outcomes.add(count);
            context.complete();
        }

        @Override
        public void onError(Throwable t) {
            outcomes.add(t);
            context.complete();
        }
    }

    @BeforeEach
    void quietly() {
        server.log().withoutDebug();
        bystander = server.connect();
    }

    @AfterEach
    void nobodyElseNoticed() {
        assertThat(bystander.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        bystander.close();
        assertThat(outcomes).as("outcomes beside the one for each request").isEmpty();
    }

    // ------------------------------------------------------------------ states in which body data is due

    /**
     * @param reach brings a connection there
     * @param leave lets the application go on when the packet has been sent
     */
    private record State(String name, Consumer<AjpClient> reach, Runnable leave) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static final Runnable AT_ONCE = () -> { };

    /** An application waits for body data, and has to learn that it does not come. */
    List<Arguments> waiting() {
        return List.of(
                state("a blocking read of the chunk that comes unasked", client -> client.send(Request.post("/reads", LARGE))),
                state("a blocking read of a chunk that was asked for", client -> askedFor(client, "/reads")),
                state("a blocking read of unknown length", client -> unknownLength(client, "/reads")),
                state("a blocking read ahead", client -> readAhead(client, "/reads")),
                state("a ReadListener for the chunk that comes unasked", client -> client.send(Request.post("/listens", LARGE))),
                state("a ReadListener for a chunk that was asked for", client -> askedFor(client, "/listens")),
                state("a ReadListener for unknown length", client -> unknownLength(client, "/listens")),
                state("a ReadListener that reads ahead", client -> readAhead(client, "/listens")),
                Arguments.of(new State("read ahead while the application is busy", this::readAheadWhileBusy, mayGoOn::release)));
    }

    /** The response has ended, and body packets are still owed that nobody is interested in. */
    List<Arguments> owed() {
        return List.of(
                state("the chunk that comes unasked is owed", client -> {
                    client.send(Request.post("/ignores", LARGE));
                    assertThat(client.answer().reuse()).isTrue();
                }),
                state("chunks that were asked for ahead are owed", client -> {
                    readAhead(client, "/reads-a-part");
                    client.send(Request.bodyChunk(Payload.ofSize(CHUNK)));
                    assertThat(client.answer().reuse()).isTrue();
                }));
    }

    private static Arguments state(String name, Consumer<AjpClient> reach) {
        return Arguments.of(new State(name, reach, AT_ONCE));
    }

    private static void askedFor(AjpClient client, String uri) {
        client.send(Request.post(uri, LARGE).packet(), Request.bodyChunk(Payload.ofSize(10)));
        client.next(Reply.Ask.class);
    }

    private static void unknownLength(AjpClient client, String uri) {
        client.send(Request.postChunked(uri));
        client.next(Reply.Ask.class);
    }

    private static void readAhead(AjpClient client, String uri) {
        byte[] chunk = Request.bodyChunk(Payload.ofSize(CHUNK));
        client.send(Request.post(uri, LARGE).packet(), chunk);
        for (int i = 1; i < BEFORE_READ_AHEAD; i++) {
            client.next(Reply.Ask.class);
            client.send(chunk);
        }
        for (int i = 0; i < WINDOW; i++) {
            client.next(Reply.Ask.class);
        }
    }

    private void readAheadWhileBusy(AjpClient client) {
        readAhead(client, "/is-busy");
        client.send(Request.bodyChunk(Payload.ofSize(CHUNK)));
        await().until(mayGoOn::hasQueuedThreads);
    }

    // ------------------------------------------------------------------ packets that are no body data

    /** Of one byte, of a few, and as long as a real request. None of them is as long as it says. */
    private static byte[][] packetsOf(int type) {
        byte[] request = Request.get("/forbidden").payload();
        request[0] = (byte) type;
        return new byte[][] {{(byte) type}, {(byte) type, 0, 0, 0}, request};
    }

    /** Each type in one form, those that AJP knows and their neighbours in all. */
    private static List<byte[]> attacks() {
        List<byte[]> attacks = new ArrayList<>();
        for (int type = 0; type < 256; type++) {
            byte[][] forms = packetsOf(type);
            if (type < 12) {
                attacks.addAll(List.of(forms));
            } else {
                attacks.add(forms[type % forms.length]);
            }
        }
        return attacks;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waiting")
    void endTheRequestThatWaitsForItsBody(State state) throws InterruptedException {
        for (byte[] payload : attacks()) {
            attack(state, payload);
            assertThat(outcomes.poll(20, TimeUnit.SECONDS)).as("type %d", payload[0] & 0xFF).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("owed")
    void endTheConnectionThatOwesThem(State state) {
        for (byte[] payload : attacks()) {
            // The response has ended: what was said now, a web server would take for the answer to its next request.
            assertThat(attack(state, payload).replies()).as("type %d", payload[0] & 0xFF).isEmpty();
        }
    }

    /** One refusal, one answer at the most, and what follows in the same segment is never interpreted. */
    private Answer attack(State state, byte[] payload) {
        long framing = server.refused(Refusal.BODY_FRAMING);
        long all = server.counters().refused();
        Answer answer;
        try (AjpClient client = server.connect()) {
            state.reach.accept(client);
            client.send(Request.packet(payload), forbidden(), Request.cping(), forbidden());
            state.leave.run();
            answer = refusal(client);
        }
        await().untilAsserted(() -> assertThat(server.refused(Refusal.BODY_FRAMING)).isEqualTo(framing + 1));
        assertThat(server.counters().refused()).as("refusals of whatever kind").isEqualTo(all + 1);
        return answer;
    }

    // ------------------------------------------------------------------ packets that are

    /** Data of such a length that the packet begins with this type, and with the code of GET behind it. */
    private static byte[] dataOf(int type) {
        byte[] data = new byte[type << 8 | 2];
        byte[] request = Request.get("/forbidden").payload();
        System.arraycopy(request, 2, data, 0, Math.min(data.length, request.length - 2));
        return data;
    }

    @Test
    void areBodyDataWhateverTypeTheySeemToHave() throws InterruptedException {
        for (String uri : List.of("/reads", "/listens")) {
            try (AjpClient client = server.connect()) {
                for (int type = 0; type < 256; type++) {
                    byte[] data = dataOf(type);
                    client.send(Request.post(uri, data.length).packet(), Request.bodyChunk(data));
                    assertComplete(client.answer(), data.length);
                }
            }
        }
    }

    @Test
    void areBodyDataOfUnknownLengthToo() throws InterruptedException {
        for (String uri : List.of("/reads", "/listens")) {
            try (AjpClient client = server.connect()) {
                for (int type = 0; type < 256; type++) {
                    byte[] data = dataOf(type);
                    client.send(Request.postChunked(uri));
                    client.next(Reply.Ask.class);
                    client.send(Request.bodyChunk(data));
                    client.next(Reply.Ask.class);
                    client.send(Request.bodyEnd());
                    assertComplete(client.answer(), data.length);
                }
            }
        }
    }

    private void assertComplete(Answer answer, int length) throws InterruptedException {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.reuse()).isTrue();
        assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isEqualTo(length);
    }

    @Test
    void arePassedOverWhereNobodyReadsThem() {
        try (AjpClient client = server.connect()) {
            for (int type = 0; type < 256; type++) {
                byte[] data = dataOf(type);
                client.send(Request.post("/ignores", data.length).packet(), Request.bodyChunk(data), Request.get("/hello").packet());
                assertThat(client.answer().text()).isEqualTo("ignored");
                assertThat(client.answer().text()).isEqualTo("hello");
            }
        }
    }

    // ------------------------------------------------------------------ the empty packet

    /** In both forms. Where a length is known it says that the client has gone: not a request, not a ping, and not a complete body. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("waiting")
    void emptyAreNoData(State state) throws InterruptedException {
        boolean isEnd = state.name.contains("unknown length");
        for (byte[] payload : new byte[][] {{}, {0, 0}}) {
            try (AjpClient client = server.connect()) {
                state.reach.accept(client);
                client.send(Request.packet(payload));
                state.leave.run();
                Answer answer = client.answer();
                Object outcome = outcomes.poll(20, TimeUnit.SECONDS);
                if (isEnd) {
                    assertThat(outcome).isEqualTo(0);
                    assertThat(answer.status()).isEqualTo(200);
                } else {
                    assertThat(outcome).isInstanceOf(IOException.class);
                    assertThat(answer.status()).isGreaterThanOrEqualTo(400);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("owed")
    void emptyAreOneOfThoseThatAreOwed(State state) {
        for (byte[] payload : new byte[][] {{}, {0, 0}}) {
            try (AjpClient client = server.connect()) {
                state.reach.accept(client);
                int owed = state.name.contains("ahead") ? WINDOW - 1 : 1;
                for (int i = 0; i < owed; i++) {
                    client.send(Request.packet(payload));
                }
                client.ping();
                assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
        }
    }
}
