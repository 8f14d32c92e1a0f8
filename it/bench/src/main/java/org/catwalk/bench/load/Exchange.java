package org.catwalk.bench.load;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.catwalk.ajp.wire.BodyChunk;
import org.catwalk.ajp.wire.ControlPackets;
import org.catwalk.ajp.wire.Packets;

/**
 * One request and what its answer has to be.
 *
 * @param request the forward request packet, direct; null for a CPING alone
 * @param pingFirst whether a CPING goes ahead of each request and its CPONG is awaited
 * @param requestBodyBytes to send, the first chunk unasked
 * @param packetSize of the web server: a body chunk fills at most one packet
 * @param responseBodyBytes that the response must have
 */
public record Exchange(ByteBuffer request, boolean pingFirst, long requestBodyBytes, int packetSize, long responseBodyBytes) {

    private static final ByteBuffer CPING = direct(ControlPackets.CPING_BYTES);
    private static final ByteBuffer NO_BYTES = direct(Packets.HEADER_BYTES);
    /** By data length; made when first used. All of the benchmark's connections belong to one thread. */
    private static final ByteBuffer[] CHUNKS = new ByteBuffer[Packets.MAX_PACKET_SIZE];

    static {
        ControlPackets.cping(CPING);
        CPING.flip();
        BodyChunk.putEnd(NO_BYTES);
        NO_BYTES.flip();
    }

    /** Asks for what the servlet at {@code path} answers with {@code bytes} bytes. */
    public static Exchange get(String path, long bytes) {
        return new Exchange(CapturedRequest.get(path), false, 0, Packets.MIN_PACKET_SIZE, bytes);
    }

    /** Sends {@code bytes} bytes to the sink, which answers their number. */
    public static Exchange post(long bytes, int packetSize) {
        return new Exchange(CapturedRequest.post("/sink", bytes), false, bytes, packetSize, Long.toString(bytes).length());
    }

    /** A CPING and nothing else. */
    public static Exchange cping() {
        return new Exchange(null, true, 0, Packets.MIN_PACKET_SIZE, 0);
    }

    /** The same, after a CPING. */
    public Exchange afterCping() {
        return new Exchange(Objects.requireNonNull(request), true, requestBodyBytes, packetSize, responseBodyBytes);
    }

    int largestChunk() {
        return packetSize - BodyChunk.OVERHEAD;
    }

    static ByteBuffer cpingPacket() {
        return CPING;
    }

    /** What mod_jk sends to whoever asks for more than there is. */
    static ByteBuffer emptyChunk() {
        return NO_BYTES;
    }

    static ByteBuffer chunk(int dataLength) {
        ByteBuffer chunk = CHUNKS[dataLength];
        if (chunk == null) {
            chunk = direct(dataLength + BodyChunk.OVERHEAD);
            byte[] data = new byte[dataLength];
            java.util.Arrays.fill(data, (byte) 'u');
            BodyChunk.put(chunk, data, 0, dataLength);
            CHUNKS[dataLength] = chunk.flip();
        }
        return chunk;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes);
    }
}
