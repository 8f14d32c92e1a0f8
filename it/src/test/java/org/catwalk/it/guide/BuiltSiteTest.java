package org.catwalk.it.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The HTML that {@code mvn site} has made of the user guide, if it was run since the last change; {@code it/verify} runs it. */
class BuiltSiteTest {

    private static final Path PAGES = GuidePages.ROOT.resolve("src/site/markdown");
    private static final Path SITE = GuidePages.ROOT.resolve("target/site");
    private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"#]+)(?:#[^\"]*)?\"");

    @BeforeEach
    void onlyIfItIsUpToDate() throws IOException {
        assumeThat(SITE.resolve("index.html")).as("mvn site was not run").exists();
        FileTime made = Files.getLastModifiedTime(SITE.resolve("index.html"));
        for (Path page : pages(PAGES, ".md")) {
            assumeThat(Files.getLastModifiedTime(PAGES.resolve(page))).as("mvn site was not run since %s has changed", page).isLessThan(made);
        }
    }

    private static List<Path> pages(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix)).map(directory::relativize).sorted().toList();
        }
    }

    @Test
    void hasEveryPage() throws IOException {
        List<String> expected = pages(PAGES, ".md").stream().map(page -> page.toString().replace(".md", ".html"))
                .toList();

        assertThat(pages(SITE, ".html")).extracting(Path::toString).containsAll(expected);
    }

    @Test
    void hasNoDeadLink() throws IOException {
        for (Path page : pages(SITE, ".html")) {
            List<String> links = LINK.matcher(Files.readString(SITE.resolve(page))).results().map(link -> link.group(1))
                    .filter(link -> !link.matches("(https?|mailto):.*")).distinct().toList();
            assertThat(links).as("links in %s", page).isNotEmpty()
                    .allSatisfy(link -> assertThat(SITE.resolve(page).resolveSibling(URI.create(link).getPath()).normalize()).exists());
        }
    }
}
