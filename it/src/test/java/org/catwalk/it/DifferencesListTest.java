package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.ItDirectory;
import org.junit.jupiter.api.Test;

/** The list of intended differences for people and the one for the tests are the same. */
class DifferencesListTest {

    @Test
    void namesTheSameDifferencesAsTheEnum() throws Exception {
        List<String> listed = Files.readAllLines(ItDirectory.root().resolve("../differences.md")).stream()
                .filter(line -> line.matches("\\| [A-Z_]+ \\|.*")).map(line -> line.split("\\|")[1].trim()).toList();
        assertThat(listed).containsExactlyElementsOf(Arrays.stream(Difference.values()).map(Enum::name).toList());
    }
}
