package org.catwalk.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** User and system time of processes, in clock ticks of 10 ms. */
final class ProcessTime {

    private static final double TICKS_PER_SECOND = 100;
    // Indices behind the command in parentheses.
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int USER_OF_ENDED_CHILDREN = 13;
    private static final int SYSTEM_OF_ENDED_CHILDREN = 14;

    private ProcessTime() {
    }

    /** @return in seconds, to 10 ms; what threads that have ended used is included */
    static double seconds(long pid) {
        String[] fields = fields(pid);
        return (number(fields, USER) + number(fields, SYSTEM)) / TICKS_PER_SECOND;
    }

    static long ofThisAndChildren() {
        long total = withEndedChildren(ProcessHandle.current().pid());
        for (ProcessHandle child : ProcessHandle.current().descendants().toList()) {
            total += withEndedChildren(child.pid());
        }
        return total;
    }

    private static long withEndedChildren(long pid) {
        String[] fields = fields(pid);
        return number(fields, USER) + number(fields, SYSTEM) + number(fields, USER_OF_ENDED_CHILDREN)
                + number(fields, SYSTEM_OF_ENDED_CHILDREN);
    }

    private static long number(String[] fields, int index) {
        return fields.length == 0 ? 0 : Long.parseLong(fields[index]);
    }

    private static String[] fields(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // The command may contain anything, parentheses and blanks too.
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        } catch (NoSuchFileException e) {
            return new String[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
