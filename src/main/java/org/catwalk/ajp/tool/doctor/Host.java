package org.catwalk.ajp.tool.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What this machine's own commands and files say. */
interface Host {

    /**
     * @param command name, looked up on the PATH, and arguments
     * @return standard output; nothing if the command is not there, fails, or takes too long
     */
    Optional<String> output(String... command);

    /** @return the file's end, 1 MiB at most; nothing if it is not there or may not be read */
    Optional<String> tail(Path file);

    /** The machine that we run on. */
    static Host local() {
        return new Local();
    }

    /** Runs commands without a shell. */
    final class Local implements Host {

        /** semanage is written in Python and slow to start; a machine without SELinux has none. */
        private static final long SECONDS = 5;
        private static final int MOST_BYTES = 1 << 20;

        @Override
        public Optional<String> output(String... command) {
            Optional<Path> program = find(command[0]);
            if (program.isEmpty()) {
                return Optional.empty();
            }
            String[] absolute = command.clone();
            absolute[0] = program.get().toString();
            try {
                Process process = new ProcessBuilder(absolute).redirectInput(new File("/dev/null"))
                        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
                CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process));
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return Optional.empty();
                }
                return process.exitValue() == 0 ? Optional.of(output.join()) : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }

        /** The PATH of an ordinary user often lacks the directories of semanage and ausearch. */
        private static Optional<Path> find(String name) {
            return List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream().map(directory -> Path.of(directory, name))
                    .filter(Files::isExecutable).findFirst();
        }

        private static String read(Process process) {
            try {
                return new String(process.getInputStream().readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return "";
            }
        }

        @Override
        public Optional<String> tail(Path file) {
            try (var channel = Files.newByteChannel(file)) {
                channel.position(Math.max(0, channel.size() - MOST_BYTES));
                return Optional.of(new String(java.nio.channels.Channels.newInputStream(channel).readNBytes(MOST_BYTES),
                        StandardCharsets.UTF_8));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }
}
