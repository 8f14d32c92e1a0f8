package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No link between the pages of the user guide, or from the project's other pages, is dead: neither on disk nor in the Maven site. */
class GuideLinksTest {

    private static final Path GUIDE = Path.of("src/site/markdown");
    private static final Path INDEX = GUIDE.resolve("index.md");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern MENU = Pattern.compile("href=\"([^\"]+)\"");

    static List<Path> guide() throws IOException {
        return pages(GUIDE);
    }

    static List<Path> others() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CHANGELOG.md"), Path.of("it/differences.md")));
        pages(Path.of("it")).stream().filter(page -> page.endsWith("README.md")).forEach(pages::add);
        return pages;
    }

    private static List<Path> pages(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".md") && !file.toString().contains("target/")).sorted().toList();
        }
    }

    /** The relative ones; the site names headings in another way than others do, so a page is as exact as a link gets. */
    private static List<String> links(Path page) throws IOException {
        return LINK.matcher(Files.readString(page)).results().map(link -> link.group(1)).filter(link -> !link.matches("(https?|mailto):.*")).toList();
    }

    private static Path target(Path page, String link) {
        return page.resolveSibling(link).normalize();
    }

    @ParameterizedTest
    @MethodSource("guide")
    void leadToPagesOfTheGuide(Path page) throws IOException {
        assertThat(links(page)).as("links in %s", page).allSatisfy(link -> assertThat(target(page, link)).exists().isRegularFile()
                .matches(target -> target.startsWith(GUIDE), "is in " + GUIDE));
    }

    @ParameterizedTest
    @MethodSource("others")
    void leadToFiles(Path page) throws IOException {
        assertThat(links(page)).as("links in %s", page).allSatisfy(link -> assertThat(target(page, link.replaceAll("#.*", ""))).exists());
    }

    @Test
    void reachEveryPageFromTheIndex() throws IOException {
        Set<Path> reached = new TreeSet<>(Set.of(INDEX));
        List<Path> next = new ArrayList<>(reached);
        while (!next.isEmpty()) {
            Path page = next.remove(0);
            for (String link : links(page)) {
                Path target = target(page, link);
                if (reached.add(target)) {
                    next.add(target);
                }
            }
        }
        assertThat(reached).containsAll(guide());
    }

    @Test
    void leadFromTheMenuOfTheSiteToEveryPage() throws IOException {
        Set<String> menu = new TreeSet<>();
        MENU.matcher(Files.readString(Path.of("src/site/site.xml"))).results().map(item -> item.group(1)).forEach(menu::add);
        List<String> expected = guide().stream().map(page -> GUIDE.relativize(page).toString().replace(".md", ".html")).toList();

        assertThat(menu).containsExactlyInAnyOrderElementsOf(expected);
    }
}
