package org.catwalk.ajp.hosts;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An installed JDK.
 *
 * @param version as its {@code release} file tells, such as "17.0.15"
 * @param home    its directory
 */
record Jdk(String version, Path home) {

    private static final int OLDEST = 17;

    /** The JDK that runs this. */
    static Jdk current() {
        return new Jdk(System.getProperty("java.version"), Path.of(System.getProperty("java.home")));
    }

    /**
     * One of each feature release from 17 on, oldest first: the current one, and those installed beside it. Others are named by their
     * directories in {@code -Dmatrix.jdks}, separated as in a path.
     */
    static List<Jdk> installed() {
        Map<Integer, Jdk> found = new TreeMap<>();
        candidates().forEach(home -> read(home).filter(jdk -> jdk.feature() >= OLDEST).forEach(jdk -> found.putIfAbsent(jdk.feature(), jdk)));
        found.put(current().feature(), current());
        return List.copyOf(found.values());
    }

    /** The newest of {@link #installed()}. */
    static Jdk newest() {
        return installed().stream().max(Comparator.comparingInt(Jdk::feature)).orElseThrow();
    }

    /** 17 of "17.0.15". */
    int feature() {
        return Integer.parseInt(version.split("\\D")[0]);
    }

    Path java() {
        return home.resolve("bin").resolve("java");
    }

    @Override
    public String toString() {
        return "JDK " + version;
    }

    private static List<Path> candidates() {
        List<Path> homes = new ArrayList<>();
        String named = System.getProperty("matrix.jdks", "");
        for (String home : named.split(File.pathSeparator)) {
            if (!home.isEmpty()) {
                homes.add(Path.of(home));
            }
        }
        Path siblings = current().home().getParent();
        if (siblings != null && Files.isDirectory(siblings)) {
            try (Stream<Path> beside = Files.list(siblings)) {
                beside.sorted().forEach(homes::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return homes;
    }

    private static Stream<Jdk> read(Path home) {
        Path release = home.resolve("release");
        if (!Files.isRegularFile(release) || !Files.isExecutable(home.resolve("bin/java"))) {
            return Stream.empty();
        }
        Properties properties = new Properties();
        try (var in = Files.newInputStream(release)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
        return version.matches("\\d+.*") ? Stream.of(new Jdk(version, home)) : Stream.empty();
    }
}
