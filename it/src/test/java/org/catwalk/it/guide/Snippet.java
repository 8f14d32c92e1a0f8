package org.catwalk.it.guide;

import java.nio.file.Path;
import java.util.List;

/**
 * A block of code in a page, and the mark ahead of it: a comment that says what kind of block it is and how it is tried.
 *
 * <pre>
 *   snippet: connector in A, B             Connector elements of server.xml, part of the trials A and B of this page
 *   snippet: workers in A                  lines of workers.properties
 *   snippet: httpd in A                    lines of httpd.conf; "; get /path" asks for another page than /app/echo, "; no request" for none
 *   snippet: logging                       lines of logging.properties
 *   snippet: dependency                    a dependency of a POM
 *   snippet: tested by NameTest            run by that test
 *   snippet: not run: reason
 * </pre>
 *
 * @param place the page below the project's root, and the line in which the block begins
 * @param mark the text behind "snippet:"; null if there is no mark
 */
record Snippet(Path page, int line, String mark, String text) {

    private static final String NOT_RUN = "not run:";
    private static final String TESTED_BY = "tested by ";
    private static final List<String> KINDS = List.of("connector", "workers", "httpd", "logging", "dependency");

    boolean isNotRun() {
        return mark.startsWith(NOT_RUN);
    }

    String reason() {
        return mark.substring(NOT_RUN.length()).strip();
    }

    boolean isTestedElsewhere() {
        return mark.startsWith(TESTED_BY);
    }

    String testClass() {
        return mark.substring(TESTED_BY.length()).strip();
    }

    /** What the mark says, or why it does not say it. */
    String complaint() {
        if (mark == null) {
            return this + " has no mark; see Snippet for the kinds";
        }
        if (isNotRun()) {
            return reason().isEmpty() ? this + " does not say why it is not run" : null;
        }
        if (isTestedElsewhere() || KINDS.contains(kind()) && (trials().isEmpty() == List.of("logging", "dependency").contains(kind()))) {
            return null;
        }
        return this + " has a mark that is not understood: " + mark;
    }

    String kind() {
        return head().split(" ", 2)[0];
    }

    /** The trials of its page that it is part of. */
    List<String> trials() {
        int in = head().indexOf(" in ");
        return in < 0 ? List.of() : List.of(head().substring(in + 4).split(", *"));
    }

    /** What is said behind the semicolon, or nothing. */
    String option() {
        int at = mark.indexOf(';');
        return at < 0 ? "" : mark.substring(at + 1).strip();
    }

    private String head() {
        return mark.split(";", 2)[0].strip();
    }

    @Override
    public String toString() {
        return page + ":" + line;
    }
}
