package org.catwalk.ajp.tool.doctor;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All that was found.
 *
 * @param target what was looked at
 * @param answered whether the connector answered at all
 * @param sections in the order of the report
 */
record Report(String target, boolean answered, List<Section> sections) {

    /** The one word that scripts look for. */
    enum Verdict {
        HEALTHY, WARNINGS, BROKEN, NO_ANSWER
    }

    Verdict verdict() {
        if (!answered) {
            return Verdict.NO_ANSWER;
        }
        return worst().map(finding -> switch (finding.severity()) {
            case BROKEN -> Verdict.BROKEN;
            case WARNING -> Verdict.WARNINGS;
            case NOTE -> Verdict.HEALTHY;
        }).orElse(Verdict.HEALTHY);
    }

    /** The finding to act on first: the most severe, and of these the most basic. */
    Optional<Finding> worst() {
        return sections.stream().flatMap(section -> section.findings().stream())
                .reduce((one, other) -> Comparator.comparing(Finding::severity).compare(other, one) > 0 ? other : one)
                .filter(finding -> finding.severity() != Severity.NOTE);
    }

    /** The last line of the report. */
    String verdictLine() {
        String word = switch (verdict()) {
            case HEALTHY -> "healthy";
            case WARNINGS -> "works, with warnings";
            case BROKEN -> "broken";
            case NO_ANSWER -> "no answer";
        };
        return target + ": " + word + worst().map(finding -> ". " + finding.code() + ": " + finding.what()
                + (finding.cure().isEmpty() ? "" : ". To do: " + finding.cure().get(0))).orElse("");
    }
}
