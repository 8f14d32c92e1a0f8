package org.catwalk.ajp.tool.decode;

import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One direction of a TCP connection: puts segments into their order, once each. */
final class TcpStream {

    /** Out of order for longer than this means that the capture has lost something. */
    private static final int MAX_HELD_BYTES = 4 << 20;

    private final Consumer<byte[]> sink;
    /** By distance from {@link #firstSequence}. */
    private final TreeMap<Long, byte[]> held = new TreeMap<>();
    private boolean hasBegun;
    private int firstSequence;
    private long next;
    private int heldBytes;
    private boolean isBroken;

    /** @param sink gets the bytes in order */
    TcpStream(Consumer<byte[]> sink) {
        this.sink = sink;
    }

    /**
     * @return false if bytes are missing for good; nothing more comes then
     */
    boolean add(TcpSegment segment) {
        int first = segment.sequence() + (segment.isSyn() ? 1 : 0);
        boolean isRepeatedSyn = segment.isSyn() && hasBegun && first == firstSequence;
        if (!hasBegun || segment.isSyn() && !isRepeatedSyn) {
            begin(first);
        }
        if (segment.data().length == 0 || isBroken) {
            return !isBroken;
        }
        // Sequence numbers wrap; two that belong together are less than half their range apart.
        hold(next + (first - (int) (firstSequence + next)), segment.data());
        deliver();
        isBroken = heldBytes > MAX_HELD_BYTES || segment.missing() > 0;
        return !isBroken;
    }

    /** @return whether segments wait for one that has not come */
    boolean hasGap() {
        return !held.isEmpty() || isBroken;
    }

    private void begin(int sequence) {
        hasBegun = true;
        firstSequence = sequence;
        next = 0;
        held.clear();
        heldBytes = 0;
        isBroken = false;
    }

    private void hold(long position, byte[] data) {
        byte[] known = held.get(position);
        if (known == null || known.length < data.length) {
            held.put(position, data);
            heldBytes += data.length - (known == null ? 0 : known.length);
        }
    }

    private void deliver() {
        while (!held.isEmpty() && held.firstKey() <= next) {
            var first = held.pollFirstEntry();
            heldBytes -= first.getValue().length;
            long known = next - first.getKey();
            if (known < first.getValue().length) {
                next = first.getKey() + first.getValue().length;
                sink.accept(Arrays.copyOfRange(first.getValue(), (int) known, first.getValue().length));
            }
        }
    }
}
