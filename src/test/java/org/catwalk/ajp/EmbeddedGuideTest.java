package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.IntrospectionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user guide tells people to copy. */
class EmbeddedGuideTest {

    private static final Path GUIDE = Path.of("src/site/markdown/embedded.md");
    private static final Pattern CONNECTOR = Pattern.compile("<Connector\\s+([^>]*)/>");
    private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final Pattern RECIPE = Pattern.compile("(?m)^(    Tomcat tomcat.*\n)?    Connector ajp = .*\n(    \\S.*\n)+");
    /** Enough to notice a slip; there is no engine here that could build the image. */
    private static final Pattern INSTRUCTION = Pattern.compile("FROM tomcat:\\d+\\.\\d+-jdk\\d+-temurin"
            + "|COPY [\\w.-]+ /usr/local/tomcat/(lib|conf|webapps)/\\S*|EXPOSE \\d+");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "src/site/markdown/embedded.md"})
    void everyConnectorHasAttributesThatAreKnown(String file) throws IOException {
        Matcher elements = CONNECTOR.matcher(Files.readString(Path.of(file)));
        int count = 0;
        while (elements.find()) {
            count++;
            Matcher attributes = ATTRIBUTE.matcher(elements.group(1));
            Connector connector = new Connector("org.catwalk.ajp.AjpProtocol");
            while (attributes.find()) {
                if (!attributes.group(1).equals("protocol")) {
                    assertThat(IntrospectionUtils.setProperty(connector, attributes.group(1), attributes.group(2)))
                            .as("%s in %s", attributes.group(), file).isTrue();
                }
            }
        }
        assertThat(count).as("Connector elements in %s", file).isPositive();
    }

    @Test
    void theDockerfileCopiesWhereTomcatLooks() throws IOException {
        List<String> lines = Files.readAllLines(GUIDE).stream().map(String::strip).toList();
        int begin = lines.indexOf(lines.stream().filter(line -> line.startsWith("FROM ")).findFirst().orElseThrow());
        List<String> dockerfile = lines.subList(begin, begin + lines.subList(begin, lines.size()).indexOf(""));

        assertThat(dockerfile).hasSizeGreaterThan(3).allMatch(INSTRUCTION.asMatchPredicate());
        assertThat(dockerfile).anyMatch(line -> line.matches("COPY catwalk-ajp-\\S+\\.jar /usr/local/tomcat/lib/"));
    }

    /** Compiled and run as it stands there, but for the port. */
    @ParameterizedTest
    @ValueSource(strings = {"README.md", "src/site/markdown/embedded.md"})
    void theRecipeForEmbeddedTomcatServes(String file, @TempDir Path directory) throws Exception {
        Matcher recipe = RECIPE.matcher(Files.readString(Path.of(file)));
        assertThat(recipe.find()).as("recipe in %s", file).isTrue();
        String body = recipe.group().replace("setPort(8009)", "setPort(0)");
        String source = """
                import org.apache.catalina.connector.Connector;
                import org.apache.catalina.startup.Tomcat;

                public class Recipe {
                    public static Tomcat follow(String secret) {
                        %s%s
                        return tomcat;
                    }
                }
                """.formatted(body.contains("new Tomcat()") ? "" : "Tomcat tomcat = new Tomcat();\n", body);

        Tomcat tomcat = follow(source, directory);
        try {
            tomcat.setBaseDir(directory.toString());
            tomcat.start();
            assertThat(tomcat.getService().findConnectors()).singleElement().satisfies(connector ->
                    assertThat(connector.getLocalPort()).isPositive());
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private static Tomcat follow(String source, Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("Recipe.java"), source);
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-cp", System.getProperty("java.class.path"), "-proc:none",
                "-d", directory.toString(), file.toString());
        assertThat(result).as("javac of%n%s", source).isZero();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, EmbeddedGuideTest.class.getClassLoader())) {
            return (Tomcat) loader.loadClass("Recipe").getMethod("follow", String.class).invoke(null, "s3cret");
        }
    }

    /** That application is what it/verify runs. */
    @Test
    void theRecipeForSpringBootIsTheOneThatIsTested() throws IOException {
        String tested = Files.readString(Path.of("it/spring-boot/src/main/java/org/catwalk/it/boot/BootApplication.java"));
        String guide = Files.readString(GUIDE);
        String recipe = guide.substring(guide.indexOf("    @Bean"), guide.indexOf("\n\n", guide.indexOf("    @Bean")));

        assertThat(tested).contains(recipe);
    }
}
