package org.catwalk.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** User and system time of processes, in clock ticks of 10 ms. */
final class ProcessTime {

    private static final double TICKS_PER_SECOND = 100;
    // Indices behind the command in parentheses.
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int USER_OF_ENDED_CHILDREN = 13;
    private static final int SYSTEM_OF_ENDED_CHILDREN = 14;

    private static final Pattern COMPILER = Pattern.compile("\\(C[12] Compiler");

    private ProcessTime() {
    }

    /** @return in seconds, to 10 ms; what threads that have ended used is included */
    static double seconds(long pid) {
        String[] fields = fields(pid);
        return (number(fields, USER) + number(fields, SYSTEM)) / TICKS_PER_SECOND;
    }

    /** @return seconds that the JIT compiler's present threads have used, to 10 ms each */
    static double ofCompilers(long pid) {
        long ticks = 0;
        File[] threads = new File("/proc/" + pid + "/task").listFiles();
        for (File thread : threads == null ? new File[0] : threads) {
            String stat = read(thread.toPath().resolve("stat"));
            if (COMPILER.matcher(stat).find()) {
                String[] fields = behindCommand(stat);
                ticks += number(fields, USER) + number(fields, SYSTEM);
            }
        }
        return ticks / TICKS_PER_SECOND;
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
        return behindCommand(read(Path.of("/proc/" + pid + "/stat")));
    }

    /** The command may contain anything, parentheses and blanks too. */
    private static String[] behindCommand(String stat) {
        return stat.isEmpty() ? new String[0] : stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    /** @return the empty string if whom it tells about has ended */
    private static String read(Path stat) {
        try {
            return Files.readString(stat);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No such process")) {
                return "";
            }
            throw new UncheckedIOException(e);
        }
    }
}
