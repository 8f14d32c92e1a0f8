package org.catwalk.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How much of the machine processes use that are neither this one nor its children: what makes figures noisy. Time in interrupts is left
 * out, for loopback traffic is handled there; time that a hypervisor took away counts.
 *
 * @param strangersTicks of all processors
 * @param totalTicks likewise, idle time included
 */
record Bystanders(long strangersTicks, long totalTicks) {

    private static final int USER = 0;
    private static final int NICE = 1;
    private static final int SYSTEM = 2;
    private static final int STEAL = 7;

    static Bystanders now() {
        try {
            String first = Files.readString(Path.of("/proc/stat")).lines().findFirst().orElseThrow();
            long[] ticks = Arrays.stream(first.replaceFirst("cpu *", "").split(" ")).mapToLong(Long::parseLong).limit(8).toArray();
            long busy = ticks[USER] + ticks[NICE] + ticks[SYSTEM] + ticks[STEAL];
            return new Bystanders(busy - ProcessTime.ofThisAndChildren(), Arrays.stream(ticks).sum());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Percent of the whole machine since this was taken. */
    double percentSince() {
        Bystanders now = now();
        long total = now.totalTicks - totalTicks;
        return total == 0 ? 0 : Math.max(0, 100.0 * (now.strangersTicks - strangersTicks) / total);
    }
}
