package org.catwalk.ajp.hosts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import picocli.CommandLine;

/**
 * A released Tomcat that the build has put into target/hosts: of each supported line the oldest, the newest, and one between them.
 *
 * @param version as released, such as "10.1.59"
 * @param jar     its tomcat-embed-core
 */
public record TomcatHost(String version, Path jar) {

    private static final Path HOSTS = Path.of("target", "hosts");
    private static final Pattern NAME = Pattern.compile("tomcat-embed-core-(.+)\\.jar");

    /** All of them, in the order of their versions. */
    public static Stream<TomcatHost> all() {
        return in(HOSTS);
    }

    /** Releases that are not supported, among them some that lack what our classes need. */
    static Stream<TomcatHost> unsupported() {
        return in(HOSTS.resolve("unsupported"));
    }

    private static Stream<TomcatHost> in(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalStateException(
                    directory.toAbsolutePath() + " is missing: the build puts the hosts there, run `mvn process-test-resources` once");
        }
        try (Stream<Path> jars = Files.list(directory)) {
            List<TomcatHost> hosts = jars.map(jar -> {
                        Matcher name = NAME.matcher(jar.getFileName().toString());
                        return name.matches() ? Stream.of(new TomcatHost(name.group(1), jar)) : Stream.<TomcatHost>empty();
                    })
                    .flatMap(host -> host)
                    .sorted((a, b) -> Arrays.compare(a.numbers(), b.numbers()))
                    .toList();
            if (hosts.isEmpty()) {
                throw new IllegalStateException("No tomcat-embed-core-*.jar in " + directory.toAbsolutePath());
            }
            return hosts.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The oldest and the newest of each line: those between them promise nothing that these do not. */
    public static Stream<TomcatHost> ends() {
        List<TomcatHost> hosts = all().toList();
        return IntStream.range(0, hosts.size())
                .filter(i -> i == 0 || i == hosts.size() - 1
                        || !hosts.get(i - 1).line().equals(hosts.get(i).line()) || !hosts.get(i + 1).line().equals(hosts.get(i).line()))
                .mapToObj(hosts::get);
    }

    /** What every embedded Tomcat from 10 on needs beside its own jar. */
    static Path jakartaAnnotations() {
        try (Stream<Path> jars = Files.list(HOSTS)) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith("tomcat-annotations-api-")).findFirst().orElseThrow(
                    () -> new IllegalStateException("No tomcat-annotations-api-*.jar in " + HOSTS.toAbsolutePath()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** "9.0", "10.1" or "11.0". */
    public String line() {
        return version.substring(0, version.lastIndexOf('.'));
    }

    /** True if the servlet API is {@code jakarta.servlet}, as from Tomcat 10. */
    public boolean isJakarta() {
        return numbers()[0] >= 10;
    }

    /** Our classes, test classes and SLF4J with this Tomcat, and with nothing else but the JDK. */
    public URLClassLoader isolated() {
        URL[] path = {locationOf("org.catwalk.ajp.compat.Tomcat"), locationOf(TomcatHost.class.getName()),
                locationOf(Logger.class.getName()), locationOf(CommandLine.class.getName()), url(jar)};
        return new URLClassLoader(path, ClassLoader.getPlatformClassLoader());
    }

    /**
     * What a probe of ours answers when it runs with this Tomcat; it may name Tomcat's classes, its answer only those of the JDK.
     *
     * @param probe with a public constructor without parameters
     */
    @SuppressWarnings("unchecked")
    public <T> T ask(Class<? extends Supplier<T>> probe) throws ReflectiveOperationException, IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = isolated()) {
            thread.setContextClassLoader(loader);
            Object there = loader.loadClass(probe.getName()).getConstructor().newInstance();
            return ((Supplier<T>) there).get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public String toString() {
        return "Tomcat " + version;
    }

    private int[] numbers() {
        return Stream.of(version.split("\\D+")).mapToInt(Integer::parseInt).toArray();
    }

    /** Without initialising the class. */
    static URL locationOf(String className) {
        try {
            return Class.forName(className, false, TomcatHost.class.getClassLoader())
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
