package org.catwalk.ajp.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.URISyntaxException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.catwalk.ajp.compat.UnsupportedTomcatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import picocli.CommandLine;

/** One binary, compiled against the oldest supported Tomcat, on the ends of every supported line. */
class LinkageTest {

    static final Path OURS = locationOf(UnsupportedTomcatException.class);

    /**
     * What our classes may refer to although a host has it not, as the end of a problem line, with the lines of Tomcat that have it not.
     */
    private static final Map<String, List<String>> MAY_BE_MISSING = Map.of(
            // The return type of AbstractProcessor.getServletConnection(), which Tomcat 9.0 neither has nor calls.
            "needs the missing type jakarta/servlet/ServletConnection", List.of("9.0"));

    /**
     * Methods that only these hosts have, and that ours therefore override there only. Any other that overrides on one host and not on
     * another has silently lost its caller: override something that all hosts have, or resolve the difference in compat; if neither is
     * possible, say here which hosts call it and why that will do.
     */
    private static final Map<String, Set<String>> OVERRIDES_ON_SOME = Map.of(
            // The type is part of the servlet API from 6.0 on.
            "processor/AjpProcessor.getServletConnection()Ljakarta/servlet/ServletConnection;",
            Set.of("10.1.25", "10.1.59", "10.1.61", "11.0.0", "11.0.24", "11.0.27"),
            // Abstract where it exists. Elsewhere no action asks for early hints.
            "processor/AjpProcessor.earlyHints()V", Set.of("9.0.117", "9.0.123", "10.1.59", "10.1.61", "11.0.0", "11.0.24", "11.0.27"),
            // TLS on the endpoint, which AJP has not. Abstract where it exists; gone to a subclass in 10.1 and 11.0.
            "endpoint/EndpointAttributes.setDefaultSslHostConfig(Lorg/apache/tomcat/util/net/SSLHostConfig;)V",
            Set.of("9.0.90", "9.0.117", "9.0.123"));

    /** Properties that server.xml sets and monitors read by reflection: their callers need no base class that declares them. */
    private static final Pattern PROPERTY =
            Pattern.compile("(endpoint/EndpointAttributes\\.((get|is)\\w+\\(\\).*|set\\w+\\((I|J|Z|Ljava/lang/String;)\\)V))"
                    + "|endpoint/AjpEndpoint\\.getKeepAliveCount\\(\\)I|AjpProtocol\\.(getAcceptorThreadCount\\(\\)I|isAprRequired\\(\\)Z)");

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#all")
    void findsEverythingThatOurClassesReferTo(TomcatHost host) {
        assertThat(problems(host, OURS)).as("problems on %s", host).isEmpty();
    }

    /** What would end in a LinkageError if these classes ran in this Tomcat, but for what is known to do no harm. */
    static Set<String> problems(TomcatHost host, Path classes) {
        try (ClassWorld world = world(host, classes)) {
            Set<String> problems = LinkageCheck.problems(world);
            problems.removeIf(problem -> MAY_BE_MISSING.entrySet().stream()
                    .anyMatch(known -> problem.endsWith(known.getKey()) && known.getValue().contains(host.line())));
            return problems;
        }
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#all")
    void initialisesEveryClass(TomcatHost host) throws Exception {
        try (URLClassLoader loader = host.isolated();
                ClassWorld world = world(host, OURS)) {
            for (String name : world.ours().keySet()) {
                assertThatCode(() -> Class.forName(name.replace('/', '.'), true, loader))
                        .as("%s on %s", name, host)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void overridesTheSameMethodsOnEveryHost() {
        assertThat(overridingOnSome(OURS)).as("methods that override on these hosts only, see OVERRIDES_ON_SOME").isEqualTo(OVERRIDES_ON_SOME);
    }

    /** Methods of these classes that override on some hosts and not on all, with the versions where they do. */
    static Map<String, Set<String>> overridingOnSome(Path classes) {
        Map<String, Set<String>> overriding = new TreeMap<>();
        List<TomcatHost> hosts = TomcatHost.all().toList();
        for (TomcatHost host : hosts) {
            try (ClassWorld world = world(host, classes)) {
                Overrides.of(world, name -> name.startsWith("org/apache/")).forEach(method ->
                        overriding.computeIfAbsent(method.replaceFirst("^org/catwalk/ajp/", ""), key -> new TreeSet<>()).add(host.version()));
            }
        }
        overriding.values().removeIf(versions -> versions.size() == hosts.size());
        overriding.keySet().removeIf(PROPERTY.asMatchPredicate());
        return overriding;
    }

    private static ClassWorld world(TomcatHost host, Path classes) {
        return new ClassWorld(classes, List.of(host.jar(), locationOf(Logger.class), locationOf(CommandLine.class)));
    }

    private static Path locationOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
