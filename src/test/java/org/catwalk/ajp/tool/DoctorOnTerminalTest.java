package org.catwalk.ajp.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** Colour and progress are for people at a terminal. */
class DoctorOnTerminalTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private void doctor(Ansi ansi, String... more) {
        String[] arguments = {"doctor", "127.0.0.1:" + FakeContainer.closedPort(), more.length > 0 ? more[0] : "--uri=/"};
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).setColorScheme(Help.defaultColorScheme(ansi)).execute(arguments);
    }

    @Test
    void coloursAndTellsWhatItIsDoing() {
        doctor(Ansi.ON);
        assertThat(out.toString()).contains("\u001b[31mBROKEN REFUSED");
        assertThat(err.toString()).contains("Trying the addresses of 127.0.0.1").endsWith("\r\u001b[K");
    }

    @Test
    void printsNothingButTheReportElsewhere() {
        doctor(Ansi.OFF);
        doctor(Ansi.ON, "--json");
        assertThat(out.toString()).doesNotContain("\u001b").contains("{\"target\"");
        assertThat(err.toString()).isEmpty();
    }
}
