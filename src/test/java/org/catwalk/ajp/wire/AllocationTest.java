package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The codec's part of the promise that a request costs the connector no heap. */
class AllocationTest {

    private static final int WARM_UP = 2_000;
    private static final int ROUNDS = 20_000;
    /** What the JVM may allocate for itself while the rounds run; one object a round would be at least 320,000 bytes. */
    private static final long NOISE_BYTES = 50_000;

    private final ByteBuffer buffer = ByteBuffer.allocate(8192);

    @Test
    void parsingAllocatesNothing() {
        byte[] request = HexFixture.load("mod_jk-tls").forwardRequests().get(0);
        ForwardRequestParser parser = new ForwardRequestParser();
        SecretScanner scanner = new SecretScanner();
        CountingSink sink = new CountingSink();

        allocatesNothing(() -> {
            scanner.scan(request, 0, request.length);
            parser.parse(request, 0, request.length, sink);
        });
        assertThat(sink.bytes).isPositive();
    }

    @Test
    void writingAllocatesNothing() {
        SendHeaders head = new SendHeaders().wrap(buffer, 8192);
        byte[] name = "X-Powered-By".getBytes(StandardCharsets.ISO_8859_1);
        byte[] value = "nothing".getBytes(StandardCharsets.ISO_8859_1);

        allocatesNothing(() -> {
            buffer.clear();
            head.begin(200, "OK");
            head.header("Content-Type", "text/plain;charset=UTF-8");
            head.header("X-Other", value, 0, value.length);
            head.header(name, 0, name.length, value, 0, value.length);
            head.end();
            SendBodyChunk.putPrefix(buffer, value.length);
            buffer.put(value);
            SendBodyChunk.putSuffix(buffer);
            ControlPackets.endResponse(buffer, true);
        });
    }

    private static void allocatesNothing(Step step) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        run(step, WARM_UP);
        long before = threads.getCurrentThreadAllocatedBytes();
        run(step, ROUNDS);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(NOISE_BYTES);
    }

    private static void run(Step step, int rounds) {
        try {
            for (int i = 0; i < rounds; i++) {
                step.run();
            }
        } catch (AjpException e) {
            throw new AssertionError(e);
        }
    }

    private interface Step {
        void run() throws AjpException;
    }
}
