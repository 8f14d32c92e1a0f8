package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** A log that another process writes. A {@link Mark} remembers where it ended, so that a test sees only its own lines. */
public record LogFile(Path path) {

    /** All that is there now; empty when the file does not exist yet. */
    public String text() {
        return textFrom(0);
    }

    /** From here on. */
    public Mark mark() {
        return new Mark(this, size());
    }

    private long size() {
        try {
            return Files.exists(path) ? Files.size(path) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String textFrom(long offset) {
        try {
            if (!Files.exists(path)) {
                return "";
            }
            byte[] all = Files.readAllBytes(path);
            int from = (int) Math.min(offset, all.length);
            return new String(all, from, all.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A place in the log. */
    public record Mark(LogFile log, long offset) {

        /** What was written since. */
        public String text() {
            return log.textFrom(offset);
        }

        public List<String> lines() {
            return text().lines().toList();
        }

        /** Waits for a line; returns all lines written since the mark, whether it came or not, for the test to judge. */
        public List<String> linesOnce(Duration limit, Predicate<String> wanted) {
            Deadline.met(limit, () -> lines().stream().anyMatch(wanted));
            return lines();
        }
    }
}
