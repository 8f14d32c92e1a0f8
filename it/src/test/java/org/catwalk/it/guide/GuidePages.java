package org.catwalk.it.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.catwalk.it.harness.ItDirectory;

/** The blocks of code in README.md and in the user guide. Translations have the same ones: TranslationTest sees to that. */
final class GuidePages {

    static final Path ROOT = ItDirectory.root().resolve("../..").normalize();
    private static final Pattern MARK = Pattern.compile("<!-- snippet: (.*?) -->");
    private static final String INDENT = "    ";
    private static final String FENCE = "```";

    private GuidePages() {
    }

    static List<Snippet> snippets() {
        Path guide = ROOT.resolve("src/site/markdown");
        try (Stream<Path> files = Files.walk(guide)) {
            List<Path> pages = files.filter(file -> file.toString().endsWith(".md")).filter(file -> !file.startsWith(guide.resolve("ko")))
                    .sorted().toList();
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), pages.stream()).flatMap(page -> in(page).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Snippet> in(Path page) {
        List<String> lines = lines(page);
        List<Snippet> found = new ArrayList<>();
        String mark = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            Matcher comment = MARK.matcher(line);
            if (comment.matches()) {
                mark = comment.group(1).strip();
            } else if (line.startsWith(FENCE) || line.startsWith(INDENT) && !line.isBlank() && beginsABlock(lines, i)) {
                int first = line.startsWith(FENCE) ? i + 1 : i;
                int end = line.startsWith(FENCE) ? closingFence(lines, first) : endOfIndent(lines, first);
                found.add(new Snippet(ROOT.relativize(page), first + 1, mark, text(lines.subList(first, end))));
                i = line.startsWith(FENCE) ? end : end - 1;
                mark = null;
            } else if (!line.isBlank()) {
                mark = null;
            }
        }
        return found;
    }

    private static boolean beginsABlock(List<String> lines, int at) {
        return at == 0 || lines.get(at - 1).isBlank() || lines.get(at - 1).startsWith("<!--");
    }

    private static int closingFence(List<String> lines, int from) {
        int end = from;
        while (!lines.get(end).startsWith(FENCE)) {
            end++;
        }
        return end;
    }

    /** Blank lines within belong to it, those behind do not. */
    private static int endOfIndent(List<String> lines, int from) {
        int end = from;
        for (int i = from; i < lines.size() && (lines.get(i).isBlank() || lines.get(i).startsWith(INDENT)); i++) {
            if (!lines.get(i).isBlank()) {
                end = i + 1;
            }
        }
        return end;
    }

    private static String text(List<String> lines) {
        boolean indented = lines.stream().allMatch(line -> line.isBlank() || line.startsWith(INDENT));
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(indented && !line.isBlank() ? line.substring(INDENT.length()) : line).append('\n'));
        return text.toString();
    }

    private static List<String> lines(Path page) {
        try {
            return Files.readAllLines(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
