package org.catwalk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What stands in a Markdown file between {@code <!-- MARKER -->} and {@code <!-- /MARKER -->}. */
record ReadmeSection(Path file, String marker) {

    /** @throws IOException also if the two markers are not there */
    void replace(String text) throws IOException {
        String begin = "<!-- " + marker + " -->";
        String end = "<!-- /" + marker + " -->";
        String whole = Files.readString(file);
        int from = whole.indexOf(begin);
        int to = whole.indexOf(end);
        if (from < 0 || to < from) {
            throw new IOException("Expected " + begin + " and, behind it, " + end + " in " + file + ": add these two lines");
        }
        Files.writeString(file, whole.substring(0, from + begin.length()) + "\n" + text + whole.substring(to));
    }
}
