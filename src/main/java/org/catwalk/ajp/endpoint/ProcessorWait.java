package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;

/**
 * How long a thread was ready to run and waited for a processor, since it began: a clock that runs while the machine has
 * nothing to run it on, and stands while it runs, sleeps or waits for anything else.
 *
 * <p>Source: on Linux the second number of {@code /proc/thread-self/schedstat}, in nanoseconds. A wait counts when it has ended. Each
 * clock keeps a file open: a look at it takes a microsecond or two, to open it ten times that.
 */
class ProcessorWait implements AutoCloseable {

    /** Where the system does not tell. */
    static final long UNKNOWN = -1;

    private static final Path FILE = Paths.get("/proc/thread-self/schedstat");
    /** Three decimal numbers of 64 bits, with a character behind each. */
    private static final int LENGTH = 3 * 21;

    private static final boolean KNOWN = look();

    private final FileChannel file;
    private final Thread thread = Thread.currentThread();
    private final ByteBuffer own = ByteBuffer.allocate(LENGTH);
    private final ByteBuffer other = ByteBuffer.allocate(LENGTH);

    /** @param file null for a clock that shows nothing */
    ProcessorWait(FileChannel file) {
        this.file = file;
    }

    /** @return whether this system counts this at all */
    static boolean isKnown() {
        return KNOWN;
    }

    private static boolean look() {
        try (ProcessorWait clock = new ProcessorWait(open())) {
            return clock.nanos() != UNKNOWN;
        }
    }

    /** @return the clock of the current thread, at which one other thread may look too, until it is closed */
    static ProcessorWait ofCurrentThread() {
        return new ProcessorWait(KNOWN ? open() : null);
    }

    private static FileChannel open() {
        try {
            return FileChannel.open(FILE, StandardOpenOption.READ);
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            return null;
        }
    }

    /**
     * Never fails, and allocates nothing.
     *
     * @return what the clock shows, in nanoseconds, or {@link #UNKNOWN}: after the end of the thread or of the clock, and for ever after
     *         an interrupted thread has looked
     */
    long nanos() {
        if (file == null) {
            return UNKNOWN;
        }
        ByteBuffer line = Thread.currentThread() == thread ? own : other;
        line.clear();
        try {
            return file.read(line, 0) <= 0 ? UNKNOWN : parse(line.flip());
        } catch (IOException | OutOfMemoryError e) {
            return UNKNOWN;
        }
    }

    /** Whoever looks from now on finds nothing. */
    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // It was only read.
        }
    }

    /**
     * @param schedstat nanoseconds on a processor, nanoseconds of waiting for one, and turns on one, in ASCII with a space between them
     * @return the second, or {@link #UNKNOWN}, also if there was no turn: a kernel that does not count shows three zeros
     */
    static long parse(ByteBuffer schedstat) {
        number(schedstat);
        long waited = number(schedstat);
        long turns = number(schedstat);
        return turns > 0 ? waited : UNKNOWN;
    }

    /** @return the number up to the next character that is no digit, which is skipped; {@link #UNKNOWN} if there is none */
    private static long number(ByteBuffer text) {
        long number = UNKNOWN;
        while (text.hasRemaining()) {
            int digit = text.get() - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            number = Math.max(0, number) * 10 + digit;
        }
        return number;
    }

    /** @return the part of {@code nanos} that was no waiting for a processor, by the clock before and after; {@link #UNKNOWN} if either is */
    static long without(long nanos, long before, long after) {
        return before == UNKNOWN || after == UNKNOWN ? UNKNOWN : Math.max(0, nanos - (after - before));
    }
}
