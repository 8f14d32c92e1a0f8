package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.apache.tomcat.jakartaee.Migration;

/**
 * The web applications under test: {@code it/src/main/webapps/NAME} with the classes of {@code org.catwalk.it.webapp}. They are
 * written for {@code javax.servlet} (Tomcat 9.0) and converted once for {@code jakarta.servlet}.
 */
final class WebApplication {

    private enum Api { JAVAX, JAKARTA }

    private static final Map<Api, Path> BUILT = new EnumMap<>(Api.class);

    private WebApplication() {
    }

    /** The exploded application, in the name space that {@code tomcat} understands. */
    static Path forTomcat(TomcatDistribution tomcat, String name) {
        return built(tomcat.isJakarta() ? Api.JAKARTA : Api.JAVAX).resolve(name);
    }

    private static synchronized Path built(Api api) {
        return BUILT.computeIfAbsent(api, wanted -> wanted == Api.JAVAX ? assemble() : convert(built(Api.JAVAX)));
    }

    private static Path assemble() {
        Path applications = ItDirectory.empty("webapps/javax");
        for (String name : new String[] {"app", "form"}) {
            Path application = applications.resolve(name);
            ItDirectory.copyRecursively(ItDirectory.root().resolve("../src/main/webapps").resolve(name), application);
            ItDirectory.copyRecursively(compiledClasses().resolve("org/catwalk/it/webapp"),
                    application.resolve("WEB-INF/classes/org/catwalk/it/webapp"));
        }
        return applications;
    }

    private static Path compiledClasses() {
        try {
            URI location = WebApplication.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            Path classes = Path.of(location);
            if (!Files.isDirectory(classes)) {
                throw new IllegalStateException("The harness must run from a directory of classes, not from " + classes);
            }
            return classes;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path convert(Path javax) {
        Path jakarta = ItDirectory.empty("webapps/jakarta");
        Migration migration = new Migration();
        migration.setSource(javax.toFile());
        migration.setDestination(jakarta.toFile());
        try {
            migration.execute();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jakarta;
    }
}
