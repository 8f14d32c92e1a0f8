package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Finding NOTE = Finding.note("N", "a note", "nothing", "nothing");
    private static final Finding WARNING = Finding.warning("W", "a warning", "later", "do this", "or that");
    private static final Finding BROKEN = Finding.broken("B", "it says \"no\"\n", "now", "mend it");

    private static Report report(boolean answered, Finding... findings) {
        return new Report("host:8009", answered, List.of(new Section("Chapter").fact("a fact").findings(List.of(findings)),
                new Section("Empty")));
    }

    @Test
    void judgesByTheWorst() {
        assertThat(report(true).verdict()).isEqualTo(Report.Verdict.HEALTHY);
        assertThat(report(true, NOTE).verdict()).isEqualTo(Report.Verdict.HEALTHY);
        assertThat(report(true, NOTE, WARNING).verdict()).isEqualTo(Report.Verdict.WARNINGS);
        assertThat(report(true, WARNING, BROKEN).verdict()).isEqualTo(Report.Verdict.BROKEN);
        assertThat(report(false, WARNING).verdict()).isEqualTo(Report.Verdict.NO_ANSWER);
    }

    @Test
    void namesTheFirstOfTheWorstInTheVerdict() {
        Finding second = Finding.broken("SECOND", "x", "y", "z");
        assertThat(report(true, WARNING, BROKEN, second).worst()).hasValue(BROKEN);
        assertThat(report(true, WARNING).verdictLine()).isEqualTo("host:8009: works, with warnings. W: a warning. To do: do this");
        assertThat(report(true, NOTE).verdictLine()).isEqualTo("host:8009: healthy");
    }

    @Test
    void writesTextWithTheVerdictLast() {
        assertThat(TextReport.of(report(true, WARNING), TextReport.Style.PLAIN)).isEqualTo("""
                Chapter
                  a fact
                  WARNING W: a warning
                      effect: later
                      to do:  do this
                              or that

                host:8009: works, with warnings. W: a warning. To do: do this
                """);
    }

    @Test
    void writesJson() {
        assertThat(JsonReport.of(report(true, BROKEN), 1)).isEqualTo("{\"target\":\"host:8009\",\"verdict\":\"broken\",\"exitCode\":1,"
                + "\"summary\":\"host:8009: broken. B: it says \\\"no\\\"\\u000a. To do: mend it\",\"sections\":[{\"title\":\"Chapter\","
                + "\"facts\":[\"a fact\"],\"findings\":[{\"severity\":\"broken\",\"code\":\"B\",\"what\":\"it says \\\"no\\\"\\u000a\","
                + "\"effect\":\"now\",\"cure\":[\"mend it\"]}]},{\"title\":\"Empty\",\"facts\":[],\"findings\":[]}]}\n");
    }
}
