package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of {@code java -jar catwalk-ajp.jar ...}, in a process of its own.
 *
 * @param exitCode what a script sees
 * @param out standard output
 * @param err standard error
 * @param time from start to end, Java's own start included
 */
public record CommandLineRun(int exitCode, String out, String err, Duration time) {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** @param arguments the command first */
    public static CommandLineRun of(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar", CatwalkJar.find().toString()));
        command.addAll(arguments);
        try {
            Path out = Files.createTempFile(ItDirectory.root(), "command", ".out");
            Path err = Files.createTempFile(ItDirectory.root(), "command", ".err");
            long start = System.nanoTime();
            Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(arguments + " did not end within " + LIMIT);
            }
            CommandLineRun run = new CommandLineRun(process.exitValue(), read(out), read(err), Duration.ofNanos(System.nanoTime() - start));
            Files.delete(out);
            Files.delete(err);
            return run;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
