package org.catwalk.it.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that we started and therefore may end: by its own pid, with SIGTERM first, and at the latest when this JVM exits.
 * Its output, both streams, goes to one file.
 */
public final class ChildProcess implements AutoCloseable {

    private static final Set<ChildProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ChildProcess::stopAll, "stop-child-processes"));
    }

    private final String name;
    private final Process process;
    private final Path output;

    private ChildProcess(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    /**
     * Starts {@code command}.
     *
     * @param environment added to this JVM's own
     * @param output receives standard output and error; appended to
     */
    public static ChildProcess start(String name, Path directory, Path output, Map<String, String> environment,
            List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        try {
            ChildProcess child = new ChildProcess(name, builder.start(), output);
            RUNNING.add(child);
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start " + name + " with " + command, e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes when the process has ended, for whatever reason. */
    public CompletableFuture<?> onExit() {
        return process.onExit();
    }

    /** Everything that the process has printed. */
    public LogFile output() {
        return new LogFile(output);
    }

    /** SIGTERM, ten seconds of grace, then SIGKILL for it and for those it started. */
    @Override
    public void close() {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        process.destroy();
        if (!hasEndedWithin(Duration.ofSeconds(10))) {
            process.destroyForcibly();
            hasEndedWithin(Duration.ofSeconds(10));
        }
        for (ProcessHandle descendant : family) {
            awaitEndOrKill(descendant);
        }
        RUNNING.remove(this);
    }

    /** SIGKILL at once. */
    void kill() {
        process.destroyForcibly();
        close();
    }

    private static void awaitEndOrKill(ProcessHandle descendant) {
        try {
            descendant.onExit().get(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            descendant.destroyForcibly();
        } catch (ExecutionException | TimeoutException e) {
            descendant.destroyForcibly();
        }
    }

    /** Sends a signal by its name, such as STOP. */
    public void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + " of " + this + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    boolean hasEndedWithin(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Processes below this JVM that still run, ours and any that they left behind. */
    public static List<String> leftOver() {
        return ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)
                .map(handle -> handle.pid() + " " + handle.info().commandLine().orElse("?")).toList();
    }

    private static void stopAll() {
        List<ChildProcess> children = new ArrayList<>(RUNNING);
        Collections.reverse(children);
        children.forEach(ChildProcess::close);
    }

    @Override
    public String toString() {
        return name + " (pid " + process.pid() + ")";
    }
}
