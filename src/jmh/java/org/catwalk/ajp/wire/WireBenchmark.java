package org.catwalk.ajp.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What one small request costs in the codec. With {@code -prof gc}, gc.alloc.rate.norm has to be 0 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WireBenchmark {

    private static final byte[] CONTENT_TYPE = "text/plain;charset=UTF-8".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] BODY = "hello, world".getBytes(StandardCharsets.ISO_8859_1);

    private final byte[] modJkGet = HexFixture.load("mod_jk-get").forwardRequests().get(0);
    private final byte[] modJkTls = HexFixture.load("mod_jk-tls").forwardRequests().get(0);
    private final ForwardRequestParser parser = new ForwardRequestParser();
    private final SecretScanner scanner = new SecretScanner();
    private final ByteBuffer heap = ByteBuffer.allocate(Packets.MIN_PACKET_SIZE);
    private final ByteBuffer direct = ByteBuffer.allocateDirect(Packets.MIN_PACKET_SIZE);
    private final SendHeaders head = new SendHeaders();

    /** One for each thread that measures. */
    @State(Scope.Thread)
    public static class Sink extends CountingSink {
    }

    @Benchmark
    public void parseModJkGet(Blackhole blackhole, Sink sink) throws AjpException {
        parser.parse(modJkGet, 0, modJkGet.length, sink);
        blackhole.consume(sink.bytes);
    }

    @Benchmark
    public void scanAndParseModJkTls(Blackhole blackhole, Sink sink) throws AjpException {
        scanner.scan(modJkTls, 0, modJkTls.length);
        blackhole.consume(scanner.secretCount());
        parser.parse(modJkTls, 0, modJkTls.length, sink);
        blackhole.consume(sink.bytes);
    }

    @Benchmark
    public int writeHead() {
        heap.clear();
        return writeHeadInto(heap);
    }

    @Benchmark
    public int writeSmallResponseIntoDirectBuffer() {
        direct.clear();
        writeHeadInto(direct);
        SendBodyChunk.putPrefix(direct, BODY.length);
        direct.put(BODY);
        SendBodyChunk.putSuffix(direct);
        ControlPackets.endResponse(direct, true);
        return direct.position();
    }

    private int writeHeadInto(ByteBuffer buffer) {
        head.wrap(buffer, Packets.MIN_PACKET_SIZE);
        head.begin(200, "OK");
        head.header("Content-Type", CONTENT_TYPE, 0, CONTENT_TYPE.length);
        head.header("Content-Length", "12");
        head.header("Date", "Sun, 22 Nov 2026 11:32:00 GMT");
        head.header("X-Request-Id", "5f0c7e0a");
        return head.end();
    }
}
