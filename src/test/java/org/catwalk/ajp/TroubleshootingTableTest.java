package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each line of the guide's troubleshooting table names a test that exists. */
class TroubleshootingTableTest {

    private static final Path PAGE = Path.of("src/site/markdown/troubleshooting.md");
    private static final Pattern TEST = Pattern.compile("(it )?`(\\w+Test)(?:\\.(\\w+))?`");
    private static final int SYMPTOMS_AT_LEAST = 30;

    @TestFactory
    Stream<DynamicTest> everyLineNamesATestThatExists() throws IOException {
        Map<String, String> unit = sources(Path.of("src/test/java"));
        Map<String, String> integration = sources(Path.of("it/src/test/java"));
        List<String> rows = Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("| ") && !line.startsWith("| it ")).toList();
        assertThat(rows).hasSizeGreaterThan(SYMPTOMS_AT_LEAST);
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.split("\\|")[1].trim(), () -> {
            String[] cells = row.split("\\|");
            List<String[]> named = TEST.matcher(cells[cells.length - 1]).results()
                    .map(test -> new String[] {test.group(1), test.group(2), test.group(3)}).toList();
            assertThat(named).as("tests in the last column").isNotEmpty();
            for (String[] test : named) {
                String source = (test[0] == null ? unit : integration).get(test[1]);
                assertThat(source).as(test[1]).isNotNull();
                assertThat(test[2] == null || source.contains("void " + test[2] + "(")).as(test[1] + "." + test[2]).isTrue();
            }
        }));
    }

    private static Map<String, String> sources(Path root) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(each -> each.getFileName().toString().endsWith("Test.java")).toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        return sources;
    }
}
