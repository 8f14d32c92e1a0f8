package org.catwalk.ajp.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.SocketEvent;
import org.catwalk.ajp.AjpProtocol;
import org.catwalk.ajp.wire.HexFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the connector allocates for a small request, without a container: the bytes that its threads have allocated, as the JVM counts them. */
class AllocationTest {

    private static final byte[] BODY = "Hello, small world!\n".getBytes(StandardCharsets.US_ASCII);
    /** The JIT compiles what is called 10,000 times and removes what never escapes. */
    private static final int WARM_UP = 30_000;
    private static final int MEASURED = 5_000;
    private static final int ROUNDS = 20;
    private static final int SMALLEST_OBJECT = 16;
    /** Coyote's own: a node of a hash map for each attribute; a reader for the Host header, and an iterator unless it is optimised away. */
    private static final int BYTES_PER_ATTRIBUTE = 32;
    private static final int BYTES_PER_REQUEST = 40 + 24;

    private static AjpProtocol protocol;

    @BeforeAll
    static void start() throws Exception {
        protocol = new AjpProtocol();
        protocol.setPort(0);
        protocol.setAddress(InetAddress.getLoopbackAddress());
        protocol.setSecretRequired(false);
        protocol.setAllowedRequestAttributesPattern(".*");
        protocol.setAdapter(new Answering());
        protocol.init();
        protocol.start();
    }

    @AfterAll
    static void stop() throws Exception {
        protocol.stop();
        protocol.destroy();
    }

    @ParameterizedTest
    @CsvSource({"mod_jk-get, 2", "mod_jk-balancer, 2", "mod_jk-tls, 5", "mod_proxy_ajp-get, 1", "mod_proxy_ajp-tls, 4"})
    void ofItsOwnIsNothing(String capture, int attributes) throws Exception {
        int host = attributes * BYTES_PER_ATTRIBUTE + BYTES_PER_REQUEST;
        byte[] packet = HexFixture.all().filter(each -> each.name().equals(capture)).findFirst().orElseThrow().packets().get(0);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), protocol.getLocalPort())) {
            exchange(socket, packet, WARM_UP);
            long own = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && own >= SMALLEST_OBJECT; round++) {
                long before = allocatedByConnector();
                exchange(socket, packet, MEASURED);
                own = (allocatedByConnector() - before) / MEASURED - host;
            }
            assertThat(own).as("bytes a request, beside the %s of Coyote's own", host).isLessThan(SMALLEST_OBJECT);
        }
    }

    private static void exchange(Socket socket, byte[] packet, int times) throws IOException {
        OutputStream out = socket.getOutputStream();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] first = null;
        for (int i = 0; i < times; i++) {
            out.write(packet);
            if (first == null) {
                byte[] room = new byte[8192];
                int n = 0;
                while (n < 6 || room[n - 2] != 5) {
                    n += in.read(room, n, room.length - n);
                }
                first = Arrays.copyOf(room, n);
            } else {
                in.readFully(first);
            }
        }
    }

    private static long allocatedByConnector() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long total = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith("ajp-")) {
                total += threads.getThreadAllocatedBytes(thread.getThreadId());
            }
        }
        return total;
    }

    /** What is left of a container. */
    private static final class Answering implements Adapter {

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
            return "bare";
        }
    }
}
