package org.catwalk.ajp.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @TestFactory
    Stream<DynamicTest> everyCommandHasHelpWithExamples() {
        return Main.commandLine().getSubcommands().keySet().stream().map(name -> DynamicTest.dynamicTest(name, () -> {
            Invocation help = Invocation.of(name, "--help");
            assertThat(help.exitCode()).isZero();
            assertThat(help.out()).startsWith("Usage: catwalk-ajp " + name).containsPattern("Examples?:\\R  \\S");
        }));
    }

    /** Runs none of them. */
    @ParameterizedTest
    @ValueSource(strings = {"README.md", "src/site/markdown/command-line.md"})
    void understandsEveryExampleOfTheGuide(String page) throws IOException {
        String text = Files.readString(Path.of(page)).replaceAll("\\\\\n *", "");
        List<String> examples = Pattern.compile("(?m)^    (?:\\$ )?(?:catwalk-ajp|java -jar catwalk-ajp\\.jar) (.*)$").matcher(text).results()
                .map(found -> found.group(1).replaceFirst(" +#.*", "").replace("'", "")).toList();

        assertThat(examples).hasSizeGreaterThan(3);
        assertThat(examples).allSatisfy(example -> Main.commandLine().parseArgs(example.split(" +")));
    }

    @Test
    void tellsItsVersion() {
        assertThat(Invocation.of("--version").out()).matches("Catwalk AJP \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @Test
    void asksForACommand() {
        Invocation nothing = Invocation.of();

        assertThat(nothing.exitCode()).isEqualTo(2);
        assertThat(nothing.err().lines()).containsExactly("catwalk-ajp: a COMMAND is missing", "Try 'catwalk-ajp --help'.");
    }

    @Test
    void answersAMistypedCommandWithASuggestion() {
        Invocation mistyped = Invocation.of("pign", "tomcat1");

        assertThat(mistyped.exitCode()).isEqualTo(2);
        assertThat(mistyped.err()).contains("pign", "ping").doesNotContain("at picocli");
    }

    @Test
    void saysWhatIsWrongWithAnAddressInOneLine() {
        Invocation ping = Invocation.of("ping", "tomcat1:99999");

        assertThat(ping.exitCode()).isEqualTo(2);
        assertThat(ping.err().lines().findFirst().orElseThrow()).contains("with a port from 1 to 65535, found 'tomcat1:99999'");
        assertThat(ping.err().lines()).hasSize(2);
    }

    @Test
    void printsACompletionScript() {
        Invocation completion = Invocation.of("completion");

        assertThat(completion.exitCode()).isZero();
        assertThat(completion.out()).contains("complete -F", "catwalk-ajp", "ping");
    }
}
