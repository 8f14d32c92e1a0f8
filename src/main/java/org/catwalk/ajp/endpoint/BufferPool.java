package org.catwalk.ajp.endpoint;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.catwalk.ajp.telemetry.BufferUse;

/**
 * Buffers for active requests. Nothing here belongs to a connection: an idle connection holds none.
 *
 * <p>Three shelves, each a stack so that the buffer used last, still warm in the cache, is used next: small and large
 * inbound packets (heap, {@value #SMALL} and {@value #LARGE} bytes) and output (direct, {@value #OUTPUT} bytes). A shelf
 * keeps a bounded number; what is returned beyond that is left to the garbage collector.
 */
public final class BufferPool {

    /** Bytes of a small inbound buffer: one packet of AJP's default size, with its header. */
    static final int SMALL = 8 * 1024;
    /** Bytes of a large inbound buffer: the largest packet, with its header. */
    static final int LARGE = 64 * 1024;
    /** Bytes of an output buffer: several packets of the default size, or one of the largest. */
    static final int OUTPUT = 64 * 1024;

    private final Shelf<PacketBuffer> small;
    private final Shelf<PacketBuffer> large;
    private final Shelf<ByteBuffer> output;
    private final AtomicInteger largeInUse = new AtomicInteger();
    private final int largeAtMost;
    /** Of those in use, the ones that connections have which have not sent a valid request yet. */
    private final AtomicInteger largeOfStrangers = new AtomicInteger();

    /**
     * @param kept how many buffers of each kind are kept for re-use at the most
     * @param largeAtMost how many large inbound buffers may be in use at one time
     */
    public BufferPool(int kept, int largeAtMost) {
        this.largeAtMost = largeAtMost;
        small = new Shelf<>(kept);
        large = new Shelf<>(Math.max(1, kept / 4));
        output = new Shelf<>(Math.max(1, kept / 2));
    }

    /**
     * @param capacity bytes needed, 1 to {@value #LARGE}
     * @return a buffer of at least that capacity, its content undefined
     * @throws BuffersExhaustedException if too many large ones are in use
     */
    PacketBuffer acquirePacket(int capacity) throws BuffersExhaustedException {
        return acquirePacket(capacity, false);
    }

    /**
     * As {@link #acquirePacket(int)}.
     *
     * @param stranger whether it is for a connection that has not sent a valid request yet: all of those together get half of the large
     *        ones, so that announcing large packets and sending none keeps nobody else from sending them
     */
    PacketBuffer acquirePacket(int capacity, boolean stranger) throws BuffersExhaustedException {
        if (capacity <= SMALL) {
            PacketBuffer b = small.take();
            return b != null ? b : new PacketBuffer(SMALL);
        }
        if (stranger) {
            claim(largeOfStrangers, largeAtMost - largeAtMost / 2);
        }
        try {
            claim(largeInUse, largeAtMost);
        } catch (BuffersExhaustedException e) {
            if (stranger) {
                largeOfStrangers.decrementAndGet();
            }
            throw e;
        }
        PacketBuffer b = large.take();
        if (b == null) {
            b = new PacketBuffer(LARGE);
        }
        b.stranger = stranger;
        return b;
    }

    private static void claim(AtomicInteger inUse, int atMost) throws BuffersExhaustedException {
        if (inUse.incrementAndGet() > atMost) {
            inUse.decrementAndGet();
            throw new BuffersExhaustedException(atMost);
        }
    }

    /** Takes back a packet buffer; the caller must not touch it any more. {@code null} is ignored. */
    public void release(PacketBuffer buffer) {
        if (buffer == null) {
            return;
        }
        buffer.view.clear();
        if (buffer.capacity() == SMALL) {
            small.put(buffer);
        } else {
            largeInUse.decrementAndGet();
            if (buffer.stranger) {
                buffer.stranger = false;
                largeOfStrangers.decrementAndGet();
            }
            large.put(buffer);
        }
    }

    /** @return an empty direct buffer of {@value #OUTPUT} bytes, ready to be filled. */
    public ByteBuffer acquireOutput() {
        ByteBuffer b = output.take();
        return b != null ? b : ByteBuffer.allocateDirect(OUTPUT);
    }

    /** Takes back an output buffer; the caller must not touch it any more. {@code null} is ignored. */
    public void releaseOutput(ByteBuffer buffer) {
        if (buffer != null) {
            buffer.clear();
            output.put(buffer);
        }
    }

    /** @return large inbound buffers in use now. */
    int largeInUse() {
        return largeInUse.get();
    }

    /** @return buffers in use or kept that this pool has made and not yet given up: small, large, output. */
    public int[] outstanding() {
        return new int[] {small.outstanding(), large.outstanding(), output.outstanding()};
    }

    /** What requests and connections hold now, and what is kept, by kind. */
    public List<BufferUse> uses() {
        return List.of(small.use("small", SMALL, -1), large.use("large", LARGE, largeAtMost), output.use("output", OUTPUT, -1));
    }

    /** A bounded number of buffers, in stacks of which each thread prefers one, so that threads hardly ever meet there. */
    private static final class Shelf<T> {

        private static final int STACKS = 8;

        private final List<Stack<T>> stacks;

        Shelf(int kept) {
            int each = (kept + STACKS - 1) / STACKS;
            stacks = IntStream.range(0, (kept + each - 1) / each).mapToObj(i -> new Stack<T>(Math.min(each, kept - i * each))).toList();
        }

        private int preferred() {
            // Consecutive threads are to have different ones.
            return (int) (Thread.currentThread().getId() % stacks.size());
        }

        T take() {
            int preferred = preferred();
            T item = stacks.get(preferred).take(true);
            for (int i = 1; item == null && i < stacks.size(); i++) {
                item = stacks.get((preferred + i) % stacks.size()).take(false);
            }
            return item;
        }

        void put(T item) {
            stacks.get(preferred()).put(item);
        }

        /** Never less than none, though a buffer may be taken at one stack and put at another while they are looked at in turn. */
        int outstanding() {
            return Math.max(0, stacks.stream().mapToInt(Stack::outstanding).sum());
        }

        BufferUse use(String kind, int bytes, int atMost) {
            return new BufferUse(kind, bytes, outstanding(), stacks.stream().mapToInt(Stack::count).sum(),
                    stacks.stream().mapToInt(Stack::capacity).sum(), atMost);
        }
    }

    /** The lock is held for a few instructions and hardly ever contended. */
    private static final class Stack<T> {

        private final Object[] items;
        private int count;
        /** What was taken, from here or made for who found nothing here, less what was put. */
        private int out;

        Stack(int kept) {
            items = new Object[kept];
        }

        @SuppressWarnings("unchecked")
        /** @param counts whether it is asked first, and so counts what is used in its stead too */
        synchronized T take(boolean counts) {
            if (counts) {
                out++;
            }
            if (count == 0) {
                return null;
            }
            T item = (T) items[--count];
            items[count] = null;
            return item;
        }

        synchronized void put(T item) {
            out--;
            if (count < items.length) {
                items[count++] = item;
            }
        }

        synchronized int outstanding() {
            return out;
        }

        synchronized int count() {
            return count;
        }

        int capacity() {
            return items.length;
        }
    }
}
