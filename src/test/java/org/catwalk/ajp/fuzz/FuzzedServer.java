package org.catwalk.ajp.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.CharArrayWriter;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import org.apache.catalina.valves.AbstractAccessLogValve;

import org.catwalk.ajp.AjpProtocol;
import org.catwalk.ajp.ConnectorInternals;
import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.endpoint.AjpEndpoint;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.telemetry.RefusalLog;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;

/** A Tomcat with our connector, on which conversations are played one after another, each followed by the question whether all is well. */
final class FuzzedServer implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long SHORT_WAIT_MILLIS = 3;
    private static final int MAX_THREADS = 4;
    /** So little that a large response has to wait for its reader. */
    private static final int NARROW_BYTES = 4096;
    static final int SEND_BUFFER_BYTES = 16 * 1024;
    /** The connection of the other request is a new one from time to time. */
    private static final int EXCHANGES_PER_WITNESS = 50;
    private static final String WITNESS = "/witness";
    private static final String ALLOWED = "CAPTURE_VARIABLE";

    private final FuzzApplication application = new FuzzApplication();
    private final WatchfulLog log;
    private final TestServer server;
    private final AjpEndpoint endpoint;
    private final AjpSettings settings;
    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 * 1024);
    private AjpClient witness;
    private int witnessed;
    private long connected;

    FuzzedServer() {
        server = TestServer.with()
                .attribute("secretRequired", "true")
                .attribute("secret", Sesame.RIGHT)
                .attribute("allowedRequestAttributes", ALLOWED)
                .attribute("unknownAttributes", "log")
                .attribute("socket.txBufSize", Integer.toString(SEND_BUFFER_BYTES))
                .attribute("maxThreads", Integer.toString(MAX_THREADS))
                .servlet("/", application)
                .servlet(WITNESS, (request, response) -> response.getOutputStream().print(WITNESS))
                .context(context -> context.getPipeline().addValve(new AccessLog()))
                .start();
        log = WatchfulLog.open();
        settings = AjpSettings.builder().secret(Sesame.RIGHT).allowedRequestAttributes(ALLOWED).unknownAttributes("log").build();
        endpoint = ConnectorInternals.endpoint(server.protocol());
        logEveryRefusal(server.protocol());
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        witness();
    }

    /** Lets the refusal log's clock run so fast that no line is held back. */
    private static void logEveryRefusal(AjpProtocol protocol) {
        try {
            Field refusals = AjpProtocol.class.getDeclaredField("refusals");
            refusals.setAccessible(true);
            Field clock = RefusalLog.class.getDeclaredField("clockNanos");
            clock.setAccessible(true);
            AtomicLong now = new AtomicLong(System.nanoTime());
            LongSupplier fast = () -> now.addAndGet(TimeUnit.HOURS.toNanos(1));
            clock.set(refusals.get(protocol), fast);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The refusal log keeps its clock elsewhere now: say here where", e);
        }
    }

    /** Plays one conversation. @throws AssertionError if a promise does not hold */
    void play(Conversation conversation) {
        application.takeRuns();
        Received received;
        try {
            received = speak(conversation);
        } catch (IOException e) {
            throw new AssertionError("The connection failed in a way that it must not: " + e, e);
        }
        witness();
        awaitQuiet();
        byte[] sent = conversation.bytes();
        new Transcript(settings, sent, received.bytes, received.complete).check(application.takeRuns());
        boolean secretsAreSecret = Sesame.isOnlySecretIn(sent);
        log.check(secretsAreSecret);
        server.log().clear();
        String seen = application.takeSecretSeen();
        if (secretsAreSecret && seen != null) {
            throw new AssertionError("The application was given the secret: " + seen);
        }
    }

    private record Received(byte[] bytes, boolean complete) {
    }

    // ------------------------------------------------------------------ the web server that is played

    private Received speak(Conversation conversation) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (SocketChannel channel = SocketChannel.open()) {
            if (conversation.narrow()) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, NARROW_BYTES);
            }
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            connected++;
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            boolean ended = false;
            for (Conversation.Step step : conversation.steps()) {
                if (ended) {
                    break;
                }
                if (step instanceof Conversation.Send send) {
                    ended = send(channel, key, ByteBuffer.wrap(send.bytes()), received);
                } else if (conversation.narrow()) {
                    witness();
                } else if (step instanceof Conversation.AwaitAnswer) {
                    ended = await(channel, received, SHORT_WAIT_MILLIS);
                } else {
                    witness();
                }
            }
            return leave(conversation.leaving(), channel, received, ended);
        } finally {
            // Until a selector has let go of its key, a closed channel only looks closed.
            selector.selectNow();
        }
    }

    private Received leave(Conversation.Leaving leaving, SocketChannel channel, ByteArrayOutputStream received, boolean alreadyEnded)
            throws IOException {
        boolean ended = alreadyEnded;
        switch (leaving) {
            case RESET -> channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            case CLOSE -> { }
            case LATE_FIN, FIN -> {
                if (leaving == Conversation.Leaving.LATE_FIN && !ended) {
                    ended = await(channel, received, SHORT_WAIT_MILLIS);
                }
                if (!ended) {
                    channel.shutdownOutput();
                }
                long deadline = System.nanoTime() + PATIENCE_NANOS;
                while (!ended) {
                    ended = await(channel, received, TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
                    if (!ended && System.nanoTime() - deadline > 0) {
                        throw new AssertionError("The container neither answered nor closed");
                    }
                }
            }
            default -> throw new IllegalStateException(leaving.name());
        }
        return new Received(received.toByteArray(), ended);
    }

    /** Sends all of it, and takes what comes meanwhile. @return whether the container ended the connection */
    private boolean send(SocketChannel channel, SelectionKey key, ByteBuffer bytes, ByteArrayOutputStream received) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (bytes.hasRemaining()) {
            try {
                channel.write(bytes);
            } catch (IOException gone) {
                // The container closed the connection, and did so after its answer, which is still to be read.
                return takeRest(channel, received);
            }
            if (bytes.hasRemaining()) {
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                boolean ended = await(channel, received, TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
                key.interestOps(SelectionKey.OP_READ);
                if (ended) {
                    return true;
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new AssertionError("The container stopped reading");
                }
            }
        }
        return false;
    }

    private boolean takeRest(SocketChannel channel, ByteArrayOutputStream received) throws IOException {
        while (!take(channel, received)) {
            continue;
        }
        return true;
    }

    /** Waits for something to come. @return whether it was the end */
    private boolean await(SocketChannel channel, ByteArrayOutputStream received, long millis) throws IOException {
        selector.selectedKeys().clear();
        selector.select(millis);
        return take(channel, received);
    }

    private boolean take(SocketChannel channel, ByteArrayOutputStream received) throws IOException {
        while (true) {
            int n = channel.read(in.clear());
            if (n <= 0) {
                return n < 0;
            }
            byte[] bytes = new byte[n];
            in.flip().get(bytes);
            received.writeBytes(bytes);
        }
    }

    // ------------------------------------------------------------------ is all well?

    /** A valid request on another connection is answered correctly. */
    private void witness() {
        if (witnessed++ % EXCHANGES_PER_WITNESS == 0) {
            if (witness != null) {
                witness.close();
            }
            witness = server.connect();
            connected++;
        }
        Answer answer = witness.exchange(Request.get(WITNESS).secret(Sesame.RIGHT));
        if (answer.status() != 200 || !answer.text().equals(WITNESS) || !answer.reuse()) {
            throw new AssertionError("Another connection got " + answer);
        }
    }

    /** No thread, connection or buffer is lost. */
    private void awaitQuiet() {
        // Otherwise the connection that we left may still stand in the backlog.
        await(() -> accepted() == connected, () -> "Accepted connections: " + accepted() + " of " + connected);
        await(() -> endpoint.getCurrentThreadsBusy() == 0, () -> "Busy threads: " + endpoint.getCurrentThreadsBusy());
        await(() -> endpoint.getConnectionCount() == 1, () -> "Connections: " + endpoint.getConnectionCount());
        await(() -> Arrays.stream(server.buffersInUse()).sum() == 0, () -> "Buffers: " + Arrays.toString(server.buffersInUse()));
        if (endpoint.getCurrentThreadCount() > MAX_THREADS) {
            throw new AssertionError("Threads: " + endpoint.getCurrentThreadCount());
        }
    }

    private long accepted() {
        return server.counters().value(Counters.Event.CONNECTIONS_ACCEPTED);
    }

    private static void await(BooleanSupplier condition, java.util.function.Supplier<String> otherwise) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > PATIENCE_NANOS) {
                throw new AssertionError("Still not given back: " + otherwise.get());
            }
            LockSupport.parkNanos(10_000);
        }
    }

    @Override
    public void close() {
        witness.close();
        log.close();
        server.close();
        application.close();
        try {
            selector.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everything that an access log may be told to write. */
    private final class AccessLog extends AbstractAccessLogValve {

        AccessLog() {
            setPattern("%h %l %u %t \"%r\" %s %b %D %{Referer}i %{Cookie}i %a %A %B %H %m %p %q %U %v %{CAPTURE_VARIABLE}r %I");
        }

        @Override
        protected void log(CharArrayWriter message) {
            WatchfulLog l = log;
            if (l != null) {
                l.add(message.toString());
            }
        }
    }
}
