package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.tomcat.jakartaee.Migration;

/**
 * The web applications under test: {@code it/src/main/webapps/NAME} with the classes of {@code org.catwalk.it.webapp}. They are
 * written for {@code javax.servlet} (Tomcat 9.0) and converted once for {@code jakarta.servlet}.
 */
final class WebApplication {

    private static final Path SOURCES = ItDirectory.root().resolve("../src/main/webapps").normalize();
    private static final Path BUILT = ItDirectory.root().resolve("webapps");

    private WebApplication() {
    }

    /** The exploded application, in the name space that {@code tomcat} understands. */
    static synchronized Path forTomcat(TomcatDistribution tomcat, String name) {
        build();
        return BUILT.resolve(tomcat.isJakarta() ? "jakarta" : "javax").resolve(name);
    }

    /** Builds what is missing or out of date; anything else stays, because another run may be serving it. */
    private static void build() {
        long newest = Math.max(newestIn(SOURCES), newestIn(compiledClasses()));
        Path marker = BUILT.resolve("built");
        if (Files.exists(marker) && modified(marker) >= newest) {
            return;
        }
        ItDirectory.empty("webapps");
        assemble(BUILT.resolve("javax"));
        convert(BUILT.resolve("javax"), ItDirectory.create(BUILT.resolve("jakarta")));
        ItDirectory.write(marker, "");
    }

    private static long newestIn(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.mapToLong(WebApplication::modified).max().orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assemble(Path applications) {
        for (String name : new String[] {"app", "form"}) {
            Path application = applications.resolve(name);
            ItDirectory.copyRecursively(SOURCES.resolve(name), application);
            ItDirectory.copyRecursively(compiledClasses(), application.resolve("WEB-INF/classes/org/catwalk/it/webapp"));
        }
    }

    private static Path compiledClasses() {
        try {
            URI location = WebApplication.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            Path classes = Path.of(location);
            if (!Files.isDirectory(classes)) {
                throw new IllegalStateException("The harness must run from a directory of classes, not from " + classes);
            }
            return classes.resolve("org/catwalk/it/webapp");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void convert(Path javax, Path jakarta) {
        Logger.getLogger(Migration.class.getName()).setLevel(Level.WARNING);
        Migration migration = new Migration();
        migration.setSource(javax.toFile());
        migration.setDestination(jakarta.toFile());
        try {
            migration.execute();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not convert " + javax + " to jakarta.servlet", e);
        }
    }
}
