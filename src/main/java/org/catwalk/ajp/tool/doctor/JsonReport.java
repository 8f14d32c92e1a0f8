package org.catwalk.ajp.tool.doctor;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report for programs. Names are never changed once released; more may be added. */
final class JsonReport {

    private JsonReport() {
    }

    static String of(Report report, int exitCode) {
        return "{\"target\":" + quoted(report.target())
                + ",\"verdict\":" + quoted(report.verdict().name().toLowerCase(Locale.ROOT))
                + ",\"exitCode\":" + exitCode
                + ",\"summary\":" + quoted(report.verdictLine())
                + ",\"sections\":" + array(report.sections().stream().map(JsonReport::section).toList()) + "}\n";
    }

    private static String section(Section section) {
        return "{\"title\":" + quoted(section.title()) + ",\"facts\":" + strings(section.facts())
                + ",\"findings\":" + array(section.findings().stream().map(JsonReport::finding).toList()) + "}";
    }

    private static String finding(Finding finding) {
        return "{\"severity\":" + quoted(finding.severity().name().toLowerCase(Locale.ROOT)) + ",\"code\":" + quoted(finding.code())
                + ",\"what\":" + quoted(finding.what()) + ",\"effect\":" + quoted(finding.effect())
                + ",\"cure\":" + strings(finding.cure()) + "}";
    }

    private static String strings(List<String> texts) {
        return array(texts.stream().map(JsonReport::quoted).toList());
    }

    private static String array(List<String> values) {
        return values.stream().collect(Collectors.joining(",", "[", "]"));
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"', '\\' -> json.append('\\').append(c);
                default -> {
                    if (c < ' ' || c > '~') {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"').toString();
    }
}
