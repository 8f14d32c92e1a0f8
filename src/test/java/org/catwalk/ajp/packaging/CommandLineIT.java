package org.catwalk.ajp.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code java -jar} of the jar as it is published: nothing else is on the class path. */
class CommandLineIT {

    private static final String JAR = Objects.requireNonNull(
            System.getProperty("catwalk.jar"), "catwalk.jar is not set: run this test by `mvn verify`, which packages the jar first");

    private record Run(int exitCode, String out, String err) {
    }

    @Test
    void tellsTheVersionThatWasBuilt() throws Exception {
        assertThat(catwalk("", "--version"))
                .isEqualTo(new Run(0, "Catwalk AJP " + System.getProperty("catwalk.version") + System.lineSeparator(), ""));
    }

    @Test
    void listsEveryCommandInItsHelp() throws Exception {
        assertThat(catwalk("", "--help").out()).contains("ping", "request", "decode", "doctor", "generate", "completion", "Exit codes:");
    }

    @Test
    void talksToAConnector() throws Exception {
        try (TestServer server = TestServer.with().servlet("/*", (request, response) -> response.getOutputStream().write(new byte[] {1, -1, 0})).start()) {
            String address = "127.0.0.1:" + server.port();
            assertThat(catwalk("", "ping", "-q", "-c", "1", address).exitCode()).isZero();
            assertThat(catwalk("", "request", address, "/")).isEqualTo(new Run(0, "\u0001\u00ff\u0000", ""));
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void showsStatisticsAfterCtrlC() throws Exception {
        try (TestServer server = TestServer.with().start()) {
            List<String> command = new ArrayList<>(command("ping", "-c", "0", "-i", "0.05", "127.0.0.1:" + server.port()));
            // What a shell runs in the background, as this build may be, ignores this signal, and so would its children.
            command.addAll(0, List.of("env", "--default-signal=INT"));
            Process ping = new ProcessBuilder(command).start();
            try (BufferedReader out = ping.inputReader()) {
                assertThat(out.readLine()).startsWith("CPONG from ");
                new ProcessBuilder("kill", "-INT", Long.toString(ping.pid())).start().waitFor();
                assertThat(out.lines().toList()).anyMatch(line -> line.contains(" 0% loss")).anyMatch(line -> line.startsWith("rtt min/avg/max/mdev = "));
            } finally {
                ping.destroyForcibly();
            }
        }
    }

    @Test
    void readsStandardInput() throws Exception {
        assertThat(catwalk("12 34 00 01 0a", "decode", "-")).isEqualTo(new Run(0, "-> CPING" + System.lineSeparator(), ""));
    }

    @Test
    void answersAMistakeWithOneLineAndNoColour() throws Exception {
        Run decode = catwalk("", "decode", "no-such-file");

        assertThat(decode.exitCode()).isEqualTo(2);
        assertThat(decode.err().lines()).containsExactly("catwalk-ajp decode: No such file: no-such-file");
    }

    @Test
    void printsACompletionThatBashUnderstands() throws Exception {
        Run completion = catwalk("", "completion");
        Run bash = run(completion.out() + "\ncomplete -p catwalk-ajp\n", List.of("bash", "--norc", "-s"));

        assertThat(bash.err()).isEmpty();
        assertThat(bash.out()).contains("complete ", "catwalk-ajp");
    }

    private static Run catwalk(String input, String... arguments) throws Exception {
        return run(input, command(arguments));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Run run(String input, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.ISO_8859_1));
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), out, err);
    }
}
