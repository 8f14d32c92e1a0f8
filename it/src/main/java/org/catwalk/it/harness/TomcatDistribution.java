package org.catwalk.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An unmodified Tomcat as released, unpacked by Maven below {@code it/target/tomcat}.
 *
 * @param version for instance 11.0.24
 * @param home its CATALINA_HOME
 */
public record TomcatDistribution(String version, Path home) {

    public static final String NEWEST = "11.0.24";

    /** The distribution that this run is about: {@code -Dtomcat.version}. */
    public static TomcatDistribution underTest() {
        String version = System.getProperty("tomcat.version");
        return of(version == null || version.isEmpty() ? NEWEST : version);
    }

    public static TomcatDistribution of(String version) {
        Path home = ItDirectory.root().resolve("tomcat").resolve("apache-tomcat-" + version);
        if (!Files.isDirectory(home)) {
            throw new IllegalStateException("Tomcat " + version + " is not unpacked at " + home
                    + ". Name it in it/pom.xml (tomcat9/10/11.version) and run 'mvn -f it/pom.xml process-resources'.");
        }
        return new TomcatDistribution(version, home);
    }

    /** Whether applications see {@code jakarta.servlet} (from 10 on) or {@code javax.servlet}. */
    public boolean isJakarta() {
        return !version.startsWith("9.");
    }
}
