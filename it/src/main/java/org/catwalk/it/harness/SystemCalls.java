package org.catwalk.it.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts system calls of another process by the kernel's tracepoints, which cost it next to nothing. Needs perf and root. */
public final class SystemCalls {

    private SystemCalls() {
    }

    /** Whether perf is installed and may be used here. */
    public static boolean canBeCounted(Path directory) {
        try {
            return !count(ProcessHandle.current().pid(), directory, List.of("write"), () -> { }).isEmpty();
        } catch (IllegalStateException | UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Runs {@code work} and returns how often the process made each of {@code calls} meanwhile.
     *
     * @param directory for a pipe and perf's output
     * @throws IllegalStateException if perf does not count
     */
    public static Map<String, Long> count(long pid, Path directory, List<String> calls, Runnable work) {
        Path pipe = directory.resolve("until-closed");
        Path counts = directory.resolve("counts.csv");
        Path output = directory.resolve("perf.log");
        makePipe(pipe, output);
        String events = calls.stream().map(call -> "syscalls:sys_enter_" + call).collect(Collectors.joining(","));
        // perf counts while cat waits for the pipe to be closed.
        List<String> command = List.of("perf", "stat", "-x,", "-o", counts.toString(), "-e", events, "-p", Long.toString(pid), "--",
                "cat", pipe.toString());
        try (ChildProcess perf = ChildProcess.start("perf", directory, output, Map.of(), command)) {
            if (perf.hasEndedWithin(Duration.ofMillis(300))) {
                throw new IllegalStateException("perf does not count here: " + perf.output().text());
            }
            // Opening waits for cat to open the other end, which it does once the counters run.
            try (OutputStream untilClosed = Files.newOutputStream(pipe)) {
                work.run();
            }
            perf.hasEndedWithin(Duration.ofSeconds(10));
            return parse(Files.readAllLines(counts));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(pipe);
        }
    }

    private static void makePipe(Path pipe, Path output) {
        try (ChildProcess mkfifo = ChildProcess.start("mkfifo", pipe.getParent(), output, Map.of(),
                List.of("mkfifo", pipe.toString()))) {
            mkfifo.hasEndedWithin(Duration.ofSeconds(10));
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Long> parse(List<String> lines) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String line : lines) {
            List<String> cells = new ArrayList<>(List.of(line.split(",")));
            if (cells.size() > 2 && cells.get(0).matches("\\d+")) {
                counts.put(cells.get(2).replace("syscalls:sys_enter_", ""), Long.parseLong(cells.get(0)));
            }
        }
        return counts;
    }
}
