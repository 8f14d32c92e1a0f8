package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The user guide's table of promises names tests that exist. */
class PromiseTableTest {

    private static final Path PAGE = Path.of("src/site/markdown/security.md");
    private static final Pattern PROMISE = Pattern.compile("\\| (\\d+) \\|.*");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");

    @Test
    void listsEveryPromiseInOrder() throws IOException {
        List<Integer> numbers = Files.readAllLines(PAGE).stream().map(PROMISE::matcher).filter(Matcher::matches)
                .map(matcher -> Integer.valueOf(matcher.group(1))).toList();
        assertThat(numbers).isEqualTo(IntStream.rangeClosed(1, 22).boxed().toList());
    }

    @Test
    void namesOnlyTestsThatExist() throws IOException {
        Set<String> existing = new TreeSet<>();
        for (Path root : List.of(Path.of("src/test/java"), Path.of("it/src/test/java"))) {
            try (Stream<Path> files = Files.walk(root)) {
                files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("Test.java"))
                        .forEach(name -> existing.add(name.replace(".java", "")));
            }
        }
        List<String> named = TEST.matcher(Files.readString(PAGE)).results().map(result -> result.group(1)).toList();

        assertThat(named).isNotEmpty().isSubsetOf(existing);
    }
}
