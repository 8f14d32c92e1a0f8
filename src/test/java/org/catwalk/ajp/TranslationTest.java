package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A translated page of the user guide has kept up with its original: whoever changes one is told here to change the other. */
class TranslationTest {

    private static final Path GUIDE = Path.of("src/site/markdown");
    private static final Path KOREAN = GUIDE.resolve("ko");

    static List<Path> translations() throws IOException {
        try (Stream<Path> files = Files.list(KOREAN)) {
            return files.sorted().toList();
        }
    }

    private static Path original(Path translation) {
        return GUIDE.resolve(KOREAN.relativize(translation));
    }

    private static List<String> lines(Path page, Predicate<String> of) throws IOException {
        return Files.readAllLines(page).stream().filter(of).toList();
    }

    @Test
    void thereAreSome() throws IOException {
        assertThat(translations()).extracting(page -> page.getFileName().toString()).contains("install.md");
    }

    @ParameterizedTest
    @MethodSource("translations")
    void hasTheSameBlocksOfCode(Path translation) throws IOException {
        Predicate<String> code = line -> line.startsWith("    ") && !line.isBlank() || line.startsWith("<!-- snippet:");

        assertThat(lines(translation, code)).as("code in %s", translation).isEqualTo(lines(original(translation), code));
    }

    @ParameterizedTest
    @MethodSource("translations")
    void hasTheSameHeadingsRowsAndItems(Path translation) throws IOException {
        assertThat(shape(translation)).as("headings, rows with their columns, and items of %s", translation).isEqualTo(shape(original(translation)));
    }

    /** "##", "| 3" for a row with three columns, "-" and "1." for items; text counts for nothing. */
    private static List<String> shape(Path page) throws IOException {
        return Files.readAllLines(page).stream().filter(line -> line.matches("(#+ |\\||- |\\d+\\. ).*"))
                .map(line -> line.startsWith("|") ? "| " + line.replaceAll("\\\\\\|", "").chars().filter(c -> c == '|').count()
                        : line.replaceAll(" .*", "")).toList();
    }

    /** What stands between backticks is typed or read as it is: directives, commands, lines of logs. */
    @ParameterizedTest
    @MethodSource("translations")
    void namesTheSameThings(Path translation) throws IOException {
        assertThat(names(translation)).as("names in %s", translation).containsExactlyInAnyOrderElementsOf(names(original(translation)));
    }

    private static List<String> names(Path page) throws IOException {
        String prose = String.join("\n", lines(page, line -> !line.startsWith("    ")));
        return Pattern.compile("`([^`]+)`").matcher(prose).results().map(name -> name.group(1).replaceAll("\\s+", " ")).toList();
    }

    @ParameterizedTest
    @MethodSource("translations")
    void isLinkedBothWays(Path translation) throws IOException {
        String name = translation.getFileName().toString();

        assertThat(Files.readString(translation)).contains("(../" + name + ")");
        assertThat(Files.readString(original(translation))).contains("(ko/" + name + ")");
    }
}
