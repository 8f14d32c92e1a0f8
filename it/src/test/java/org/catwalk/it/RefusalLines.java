package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.catwalk.it.harness.GuardBed;
import org.catwalk.it.harness.LogFile;

/** The lines that Catwalk logs for one reason while a test runs. */
final class RefusalLines {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final LogFile.Mark mark;

    private RefusalLines(LogFile.Mark mark) {
        this.mark = mark;
    }

    static RefusalLines from(GuardBed bed) {
        return new RefusalLines(bed.tomcat().log().mark());
    }

    /** The line for {@code reason}; there must be one, however often it happened. */
    String only(String reason) {
        List<String> lines = mark.linesOnce(LIMIT, line -> isFor(line, reason)).stream().filter(line -> isFor(line, reason)).toList();
        assertThat(lines).as("lines for %s", reason).hasSize(1);
        assertThat(lines.get(0)).contains("WARN").contains("127.0.0.1");
        return lines.get(0);
    }

    void assertNone() {
        assertThat(mark.lines()).noneMatch(line -> line.contains("RefusalLog"));
    }

    /** Everything that Tomcat has logged meanwhile. */
    String text() {
        return mark.text();
    }

    private static boolean isFor(String line, String reason) {
        return line.contains(reason + " from ");
    }
}
