package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.catwalk.ajp.hosts.TomcatHost;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The user guide's tables of attributes list what the connector accepts, all of it and nothing else, with the true defaults. */
class AttributeTableTest {

    private static final Path PAGE = Path.of("src/site/markdown/attributes.md");
    private static final String WITHOUT_EFFECT = "Accepted without effect";

    /** Explained in the text: there is no choice. */
    private static final String NOT_IN_A_TABLE = "SSLEnabled";

    private record Row(String section, String name, String defaultText, String values, String meaning) {
    }

    private final List<Row> rows = new ArrayList<>();

    @BeforeEach
    void read() throws IOException {
        String section = "";
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (line.startsWith("| `")) {
                String[] cells = line.substring(1).split("(?<!\\\\)\\|");
                rows.add(new Row(section, cells[0].strip().replace("`", ""), cells[1].strip(), cells[2].strip(), cells[3].strip()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void listsExactlyWhatTheConnectorAccepts(TomcatHost host) throws Exception {
        List<String> accepted = new ArrayList<>(host.ask(OurAttributesProbe.class).keySet());
        accepted.remove(NOT_IN_A_TABLE);

        assertThat(rows).extracting(Row::name).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(accepted);
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void tellsTheTrueDefaults(TomcatHost host) throws Exception {
        Map<String, String> defaults = host.ask(OurAttributesProbe.class);
        SoftAssertions softly = new SoftAssertions();
        for (Row row : rows) {
            if (!row.defaultText().contains("*")) {
                softly.assertThat(row.defaultText().replace("`", "")).as("default of %s", row.name()).isEqualTo(defaults.get(row.name()));
            }
        }
        softly.assertAll();
    }

    @Test
    void saysWhichHaveNoEffect() {
        assertThat(rows).filteredOn(row -> row.section().equals(WITHOUT_EFFECT)).extracting(Row::name)
                .containsExactlyInAnyOrderElementsOf(AttributesWithoutEffect.names());
    }

    @Test
    void explainsEach() {
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.values()).as("values of %s", row.name()).isNotEmpty();
            assertThat(row.meaning()).as("meaning of %s", row.name()).endsWith(".");
        });
    }
}
