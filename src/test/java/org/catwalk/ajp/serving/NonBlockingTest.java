package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.servlet.AsyncContext;
import javax.servlet.ReadListener;
import javax.servlet.ServletInputStream;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ReadListener and WriteListener, with peers that dribble and peers that hardly read. */
class NonBlockingTest {

    private static final int LARGE = 3 * 1024 * 1024;
    private static final AtomicReference<Throwable> ERROR = new AtomicReference<>();

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.with()
                .attribute("maxThreads", "4")
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/read", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(30_000);
                    request.getInputStream().setReadListener(new Echo(context, request.getInputStream()));
                })
                .servlet("/write", (request, response) -> {
                    byte[] body = Payload.ofSize(Integer.parseInt(request.getParameter("size")));
                    int piece = Integer.parseInt(request.getParameter("piece"));
                    AsyncContext context = request.startAsync();
                    context.setTimeout(30_000);
                    response.getOutputStream().setWriteListener(new Pour(context, response.getOutputStream(), body, piece));
                })
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Collects the body without ever blocking and sends it back. */
    private record Echo(AsyncContext context, ServletInputStream in, ByteArrayOutputStream body) implements ReadListener {

        Echo(AsyncContext context, ServletInputStream in) {
            this(context, in, new ByteArrayOutputStream());
        }

        @Override
        public void onDataAvailable() throws IOException {
            byte[] buffer = new byte[1000];
            while (in.isReady() && !in.isFinished()) {
                int n = in.read(buffer);
                if (n > 0) {
                    body.write(buffer, 0, n);
                }
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            context.getResponse().getOutputStream().write(body.toByteArray());
            context.complete();
        }

        @Override
        public void onError(Throwable t) {
            ERROR.set(t);
            context.complete();
        }
    }

    /** Writes a body piece by piece, whenever it may. */
    private static final class Pour implements WriteListener {

        private final AsyncContext context;
        private final ServletOutputStream out;
        private final byte[] body;
        private final int piece;
        private int written;

        Pour(AsyncContext context, ServletOutputStream out, byte[] body, int piece) {
            this.context = context;
            this.out = out;
            this.body = body;
            this.piece = piece;
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (written == body.length) {
                    context.complete();
                    return;
                }
                int n = Math.min(piece, body.length - written);
                out.write(body, written, n);
                written += n;
            }
        }

        @Override
        public void onError(Throwable t) {
            ERROR.set(t);
            context.complete();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 8186, 8187, 1_048_576})
    void readsABodyWithAContentLength(int size) {
        byte[] body = Payload.ofSize(size);
        try (AjpClient client = server.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.exchange(Request.post("/read", size), body).body()).isEqualTo(body);
                assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8186, 100_000})
    void readsABodyOfUnknownLength(int size) {
        byte[] body = Payload.ofSize(size);
        try (AjpClient client = server.connect()) {
            assertThat(client.exchangeChunked(Request.postChunked("/read"), body).body()).isEqualTo(body);
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void readsABodyThatComesByteByByte() {
        byte[] body = Payload.ofSize(300);
        byte[] chunk = Request.bodyChunk(body);
        try (AjpClient client = server.connect()) {
            client.sendByteByByte(Request.post("/read", body.length).packet(), Arrays.copyOf(chunk, 3));
            // Nobody waits for the rest of a packet.
            await().untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isZero());
            client.sendByteByByte(Arrays.copyOfRange(chunk, 3, chunk.length));

            assertThat(client.answer().body()).isEqualTo(body);
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void asksForMoreWhenMoreIsExpectedAndHoldsNoThreadMeanwhile() {
        byte[] body = Payload.ofSize(5);
        try (AjpClient client = server.connect()) {
            client.send(Request.postChunked("/read"));
            for (int i = 0; i < body.length; i++) {
                client.next(Reply.Ask.class);
                await().untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isZero());
                client.send(Request.bodyChunk(body, i, 1));
            }
            client.next(Reply.Ask.class);
            client.send(Request.bodyEnd());

            assertThat(client.answer().body()).isEqualTo(body);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 8184, 10_000, 100_000, LARGE})
    void writesToAPeerThatReadsLittleByLittleAndLosesNothing(int piece) {
        try (AjpClient client = AjpClient.connect(server.port(), 4096)) {
            Answer answer = client.exchange(Request.get("/write").query("size=" + LARGE + "&piece=" + piece));

            assertThat(answer.body()).isEqualTo(Payload.ofSize(LARGE));
            assertThat(answer.reuse()).isTrue();
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void holdsNoThreadWhileAPeerDoesNotRead() {
        try (AjpClient client = AjpClient.connect(server.port(), 4096)) {
            client.send(Request.get("/write").query("size=" + 8 * LARGE + "&piece=100000"));
            client.next(Reply.Head.class);
            await().untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isZero());

            assertThat(client.answer().body()).hasSize(8 * LARGE);
        }
    }

    @Test
    void tellsTheListenerThatThePeerLeft() {
        ERROR.set(null);
        try (AjpClient client = AjpClient.connect(server.port(), 4096)) {
            client.send(Request.get("/write").query("size=" + 8 * LARGE + "&piece=100000"));
            client.next(Reply.Head.class);
            client.reset();
        }
        await().untilAsserted(() -> assertThat(ERROR.get()).isInstanceOf(IOException.class));
        server.awaitQuiet();
    }

    @Test
    void tellsTheListenerThatTheBodyWillNeverBeComplete() {
        ERROR.set(null);
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/read", 100).packet(), Request.bodyChunk(Payload.ofSize(10)));
            client.next(Reply.Ask.class);
            client.halfClose();
            await().untilAsserted(() -> assertThat(ERROR.get()).isInstanceOf(IOException.class));
        }
        server.awaitQuiet();
    }

    @Test
    void tellsTheListenerThatTheClientLeft() {
        ERROR.set(null);
        try (AjpClient client = server.connect()) {
            client.send(Request.post("/read", 100).packet(), Request.bodyChunk(Payload.ofSize(10)));
            client.next(Reply.Ask.class);
            client.send(Request.bodyEnd());
            await().untilAsserted(() -> assertThat(ERROR.get()).isInstanceOf(IOException.class));
        }
        server.awaitQuiet();
    }

    @Test
    void aWriteListenerThatWritesAllAtOnceLosesNothing() {
        int size = 32 * 1024 * 1024;
        try (TestServer server = TestServer.with().servlet("/write", (request, response) -> {
            AsyncContext context = request.startAsync();
            context.setTimeout(40_000);
            ServletOutputStream out = response.getOutputStream();
            out.setWriteListener(new WriteListener() {
                private boolean written;

                @Override
                public void onWritePossible() throws IOException {
                    while (out.isReady()) {
                        if (written) {
                            context.complete();
                            return;
                        }
                        out.write(Payload.ofSize(size));
                        written = true;
                    }
                }

                @Override
                public void onError(Throwable t) {
                    context.complete();
                }
            });
        }).start(); AjpClient client = AjpClient.connect(server.port(), 4096)) {
            assertThat(client.exchange(Request.get("/write")).body()).isEqualTo(Payload.ofSize(size));
        }
    }

    /** The listener may come when the application has read the beginning of the body already, and from any thread. */
    @ParameterizedTest
    @CsvSource({"3000,true", "3000,false", "6000,true", "6000,false"})
    void aReadListenerGetsTheRestOfAChunkThatWasBegun(int length, boolean fromAnotherThread) throws Exception {
        byte[] body = Payload.ofSize(6000);
        BlockingQueue<byte[]> rest = new LinkedBlockingQueue<>();
        try (TestServer server = TestServer.with().servlet("/read", (request, response) -> {
            ServletInputStream in = request.getInputStream();
            in.read();
            AsyncContext context = request.startAsync();
            context.setTimeout(5_000);
            ReadListener listener = new ReadListener() {
                private final ByteArrayOutputStream all = new ByteArrayOutputStream();

                @Override
                public void onDataAvailable() throws IOException {
                    while (in.isReady() && !in.isFinished()) {
                        all.write(in.read());
                    }
                }

                @Override
                public void onAllDataRead() {
                    rest.add(all.toByteArray());
                    context.complete();
                }

                @Override
                public void onError(Throwable t) {
                    context.complete();
                }
            };
            if (fromAnotherThread) {
                new Thread(() -> in.setReadListener(listener)).start();
            } else {
                in.setReadListener(listener);
            }
        }).start(); AjpClient client = server.connect()) {
            client.send(Request.post("/read", length).packet(), Request.bodyChunk(body, 0, 3000));
            client.answer(Arrays.copyOf(body, length), 3000, false);
            assertThat(rest.poll(5, TimeUnit.SECONDS)).isEqualTo(Arrays.copyOfRange(body, 1, length));
        }
    }
}
