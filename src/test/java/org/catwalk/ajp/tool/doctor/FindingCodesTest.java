package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The guide lists every code that scripts may meet, and no other. */
class FindingCodesTest {

    private static final Path PAGE = Path.of("src/site/markdown/doctor.md");
    private static final Pattern IN_SOURCES = Pattern.compile("\"([A-Z][A-Z0-9_]{4,})\"");
    private static final Pattern IN_GUIDE = Pattern.compile("`([A-Z][A-Z0-9_]{4,})`");

    @Test
    void areThoseOfTheGuide() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String source : List.of("Addresses", "Conversation", "Comparison", "Selinux")) {
            String text = Files.readString(Path.of("src/main/java/org/catwalk/ajp/tool/doctor/" + source + ".java"));
            IN_SOURCES.matcher(text).results().forEach(code -> used.add(code.group(1)));
        }
        // Words of ours that are no codes.
        used.removeAll(List.of("OPTIONS", "DIRECTORY"));
        String table = Files.readString(PAGE).split("## Findings")[1];
        Set<String> listed = new TreeSet<>();
        IN_GUIDE.matcher(table).results().map(code -> code.group(1)).forEach(listed::add);
        listed.remove("LOG_");
        assertThat(listed).isEqualTo(used);
    }
}
