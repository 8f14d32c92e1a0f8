package org.catwalk.ajp.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** What this process holds on to, as exactly as a collector tells. */
public final class Heap {

    private static final int COLLECTIONS = 4;

    private Heap() {
    }

    /** @return bytes in use after full collections: the least of several, as what is just being allocated is not held on to */
    public static long heldBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
