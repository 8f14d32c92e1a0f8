package org.catwalk.ajp.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A short run of the fuzzer against the drop-in jar in every build: the same seed and no corpus of its own, so that a finding comes again.
 * {@code it/fuzz} is the long one.
 */
@EnabledOnOs(value = OS.LINUX, architectures = {"amd64", "aarch64"}, disabledReason = "Jazzer is tried on these only")
class FuzzIT {

    private static final long PATIENCE_MINUTES = 5;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"guard, 30000, 8", "connection, 3000, 12"})
    void findsNothingInAShortTime(String target, int executions, int seconds) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Process fuzzer = new ProcessBuilder(command(target, "-runs=" + executions, "-max_total_time=" + seconds, "-seed=1"))
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            boolean ended = fuzzer.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
            assertThat(ended).as("Jazzer ended within %s minutes:%n%s", PATIENCE_MINUTES, Files.readString(log)).isTrue();
            assertThat(fuzzer.exitValue()).as("Jazzer's status:%n%s", Files.readString(log)).isZero();
            assertThat(Files.readString(log)).containsPattern("Done [0-9]{3,} runs");
        } finally {
            fuzzer.destroyForcibly().waitFor();
        }
    }

    private List<String> command(String target, String... options) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A short life: what the second compiler costs is not earned back.
                "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Fuzz.class.getName(), target, directory.toString()));
        command.addAll(List.of(options));
        return command;
    }
}
