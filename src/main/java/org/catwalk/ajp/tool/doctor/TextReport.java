package org.catwalk.ajp.tool.doctor;

import java.util.List;

/** The report for people: sections, what is wrong with its cure, the verdict. */
final class TextReport {

    private static final String INDENT = "      ";

    private TextReport() {
    }

    /** @param style how to colour a word; {@link Style#PLAIN} leaves it as it is */
    static String of(Report report, Style style) {
        StringBuilder text = new StringBuilder();
        for (Section section : report.sections()) {
            if (section.facts().isEmpty() && section.findings().isEmpty()) {
                continue;
            }
            text.append(style.heading(section.title())).append('\n');
            section.facts().forEach(fact -> text.append("  ").append(fact).append('\n'));
            section.findings().forEach(finding -> append(text, finding, style));
            text.append('\n');
        }
        return text.append(style.verdict(report.verdict(), report.verdictLine())).append('\n').toString();
    }

    private static void append(StringBuilder text, Finding finding, Style style) {
        text.append("  ").append(style.severity(finding.severity(), finding.severity() + " " + finding.code())).append(": ")
                .append(finding.what()).append('\n');
        text.append(INDENT).append("effect: ").append(finding.effect()).append('\n');
        List<String> cure = finding.cure();
        for (int i = 0; i < cure.size(); i++) {
            text.append(INDENT).append(i == 0 ? "to do:  " : "        ").append(cure.get(i)).append('\n');
        }
    }

    /** Colours, or none. */
    interface Style {

        Style PLAIN = new Style() {
        };

        default String heading(String text) {
            return text;
        }

        default String severity(Severity severity, String text) {
            return text;
        }

        default String verdict(Report.Verdict verdict, String text) {
            return text;
        }
    }
}
