package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The jar under test: {@code -Dcatwalk.jar}, else the one that the root project packaged into {@code target/}. */
public final class CatwalkJar {

    private CatwalkJar() {
    }

    public static Path find() {
        String given = System.getProperty("catwalk.jar");
        if (given != null && !given.isEmpty()) {
            return existing(Path.of(given).toAbsolutePath());
        }
        Path target = ItDirectory.root().resolve("../../target").normalize();
        List<Path> candidates = packagedIn(target);
        if (candidates.size() != 1) {
            throw new IllegalStateException("Expected one catwalk-ajp-<version>.jar in " + target + ", found " + candidates
                    + ". Run 'mvn package' at the root, or name the jar with -Dcatwalk.jar=.");
        }
        return candidates.get(0);
    }

    private static Path existing(Path jar) {
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException("-Dcatwalk.jar names " + jar + ", which is not a file.");
        }
        return jar;
    }

    private static List<Path> packagedIn(Path target) {
        if (!Files.isDirectory(target)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().matches("catwalk-ajp-[0-9].*\\.jar"))
                    .filter(file -> !file.getFileName().toString().matches(".*-(sources|javadoc|tests)\\.jar")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
