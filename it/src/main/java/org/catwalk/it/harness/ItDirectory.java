package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Where the harness works: {@code it/target}, handed over by Maven as the system property {@code it.directory}. */
public final class ItDirectory {

    private ItDirectory() {
    }

    /** {@code it/target} itself. */
    public static Path root() {
        String given = System.getProperty("it.directory");
        Path root = Path.of(given == null || given.isEmpty() ? "target" : given).toAbsolutePath().normalize();
        if (!Files.isDirectory(root)) {
            throw new IllegalStateException("The work directory " + root + " does not exist. Run "
                    + "'mvn -f it/pom.xml process-resources' first, or set -Dit.directory to it/target.");
        }
        return root;
    }

    /** An empty directory below {@code it/target}; what an earlier run left there is deleted. */
    public static Path empty(String relative) {
        Path directory = root().resolve(relative);
        deleteRecursively(directory);
        return create(directory);
    }

    public static Path create(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not create " + directory, e);
        }
    }

    /** Creates the directories above it, too. */
    public static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not write " + file, e);
        }
    }

    static void copyRecursively(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path source : (Iterable<Path>) all::iterator) {
                Path target = to.resolve(from.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(source, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not copy " + from + " to " + to, e);
        }
    }

    static void deleteRecursively(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Could not delete " + directory, e);
        }
    }
}
