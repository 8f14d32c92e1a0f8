package org.catwalk.ajp;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.IntrospectionUtils;
import org.apache.tomcat.util.net.SocketEvent;
import org.catwalk.ajp.wire.AjpMethods;
import org.catwalk.ajp.wire.ForwardRequestWriter;
import org.catwalk.ajp.wire.MessageType;
import org.catwalk.ajp.wire.Packets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One small request through a whole connector and back, on one connection of loopback, with nothing behind the connector: event loop,
 * processor, mapping, guard, response writer. With {@code -prof gc}, gc.alloc.rate.norm is what connector and Coyote allocate a request;
 * the client allocates nothing. How it does among many connections is for {@code it/bench}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ConnectorBenchmark {

    private static final int END_RESPONSE_BYTES = 6;

    @Param({"org.catwalk.ajp.AjpProtocol", "org.apache.coyote.ajp.AjpNioProtocol"})
    public String protocol;

    private AbstractProtocol<?> connector;
    private SocketChannel client;
    private final ByteBuffer request = ByteBuffer.allocateDirect(Packets.MIN_PACKET_SIZE);
    private final ByteBuffer response = ByteBuffer.allocateDirect(Packets.MIN_PACKET_SIZE);

    @Setup(Level.Trial)
    public void start() throws Exception {
        connector = (AbstractProtocol<?>) Class.forName(protocol).getDeclaredConstructor().newInstance();
        connector.setAddress(InetAddress.getLoopbackAddress());
        connector.setPort(0);
        IntrospectionUtils.setProperty(connector, "secretRequired", "false");
        connector.setAdapter(new Answering());
        connector.init();
        connector.start();
        client = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort()));
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        new ForwardRequestWriter().wrap(request)
                .begin(AjpMethods.codeOf("GET"), "HTTP/1.1", "/small", "127.0.0.1", null, "localhost", 80, false)
                .header("host", "localhost").header("user-agent", "jmh").header("accept", "*/*").header("content-length", "0").end();
        request.flip();
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        client.close();
        connector.stop();
        connector.destroy();
    }

    @Benchmark
    public int smallGet() throws IOException {
        client.write(request.rewind());
        response.clear();
        do {
            if (client.read(response) < 0) {
                throw new EOFException("The connector closed the connection");
            }
        } while (!endsWithEndResponse());
        return response.position();
    }

    /** Enough to tell: the body has no such bytes. */
    private boolean endsWithEndResponse() {
        int start = response.position() - END_RESPONSE_BYTES;
        return start >= 0 && response.getShort(start) == Packets.CONTAINER_MAGIC && response.get(start + 4) == MessageType.END_RESPONSE;
    }

    /** Stands for the container. */
    private static final class Answering implements Adapter {

        private static final byte[] BODY = "Hello, small world!\n".getBytes(StandardCharsets.US_ASCII);
        private final ThreadLocal<ByteBuffer> bodies = ThreadLocal.withInitial(() -> ByteBuffer.wrap(BODY));

        @Override
        public void service(Request request, Response response) throws Exception {
            response.setStatus(200);
            response.setContentLength(BODY.length);
            response.doWrite(bodies.get().rewind());
            response.action(ActionCode.CLOSE, null);
        }

        @Override
        public boolean prepare(Request request, Response response) {
            return true;
        }

        @Override
        public boolean asyncDispatch(Request request, Response response, SocketEvent status) {
            return false;
        }

        @Override
        public void log(Request request, Response response, long time) {
            // nobody reads it
        }

        @Override
        public void checkRecycled(Request request, Response response) {
            // nothing is kept
        }

        @Override
        public String getDomain() {
            return "jmh";
        }
    }
}
