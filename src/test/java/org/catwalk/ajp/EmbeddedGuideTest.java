package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.IntrospectionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user guide tells people to copy. */
class EmbeddedGuideTest {

    private static final Path GUIDE = Path.of("src/site/markdown/embedded.md");
    private static final Pattern CONNECTOR = Pattern.compile("<Connector\\s+([^>]*)/>");
    private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)=\"([^\"]*)\"");
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

    /** That application is what it/verify runs. */
    @Test
    void theRecipeForSpringBootIsTheOneThatIsTested() throws IOException {
        String tested = Files.readString(Path.of("it/spring-boot/src/main/java/org/catwalk/it/boot/BootApplication.java"));
        String guide = Files.readString(GUIDE);
        String recipe = guide.substring(guide.indexOf("    @Bean"), guide.indexOf("\n\n", guide.indexOf("    @Bean")));

        assertThat(tested).contains(recipe);
    }
}
