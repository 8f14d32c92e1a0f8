package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.ChildProcess;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Connector;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TomcatDistribution;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code it/demo} runs once the jar is built. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class DemoTest {

    private static final Pattern ADDRESS = Pattern.compile("through mod_jk +(http://\\S+)");

    @TempDir
    Path directory;

    @BeforeEach
    void onlyForCatwalk() {
        assumeThat(Connector.underTest()).isEqualTo(Connector.CATWALK);
    }

    @Test
    void showsOneRequestAndEnds() throws Exception {
        try (ChildProcess demo = start("--once")) {
            demo.onExit().get(150, TimeUnit.SECONDS);
            assertThat(demo.output().text()).contains("HTTP/1.1 200 OK").contains("mod_jk").contains("org.catwalk.ajp.AjpProtocol")
                    .contains("Apache Tomcat/" + TomcatDistribution.NEWEST);
        }
    }

    @Test
    void servesUntilItIsStoppedAndLeavesNothing() throws Exception {
        List<ProcessHandle> family;
        try (ChildProcess demo = start()) {
            Awaitility.await().atMost(Duration.ofSeconds(150)).until(() -> demo.output().text().contains("Ctrl-C ends it."));
            Matcher address = ADDRESS.matcher(demo.output().text());
            assertThat(address.find()).isTrue();
            Reply page = Client.plain().send(Client.request(URI.create(address.group(1))).header("Accept", "text/html"));
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.header("content-type")).startsWith("text/html");
            assertThat(page.text()).contains("<th>front end<td>mod_jk");
            family = ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
            assertThat(family).hasSizeGreaterThanOrEqualTo(3);
        }
        assertThat(family).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void aFleetAnswersAlthoughANodeIsKilled() throws Exception {
        try (ChildProcess demo = start("--fleet", "--once")) {
            demo.onExit().get(150, TimeUnit.SECONDS);
            assertThat(demo.output().text()).containsPattern("node +[ab]\n").containsPattern("route +[ab]\n")
                    .containsPattern("(?s)Answered by node (a|b), which is killed now.*Answered by node (?!\\1)[ab]\\.");
        }
    }

    @Test
    void aSecondTerminalDrainsAndKillsNodesOfARunningFleet() throws Exception {
        try (ChildProcess demo = start("--fleet")) {
            Awaitility.await().atMost(Duration.ofSeconds(150)).until(() -> demo.output().text().contains("Ctrl-C ends it."));
            Matcher address = ADDRESS.matcher(demo.output().text());
            assertThat(address.find()).isTrue();
            URI page = URI.create(address.group(1));
            assertThat(tell("--fleet-drain", "a")).contains("Node a is drained, connections left: 0");
            assertThat(Client.plain().get(page).text()).containsPattern("node +b\n");
            assertThat(tell("--fleet-resume", "a")).contains("Node a is serving");
            assertThat(tell("--fleet-kill", "b")).contains("Node b is killed");
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                Reply reply = Client.plain().get(page);
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.text()).containsPattern("node +a\n");
            });
            assertThat(Client.plain().send(Client.request(page).header("Accept", "text/html")).text()).contains("href=\"/jk-status\"");
            assertThat(Client.plain().get(page.resolve("/jk-status")).status()).isEqualTo(200);
        }
    }

    private String tell(String command, String node) throws Exception {
        try (ChildProcess second = start(command, node)) {
            second.onExit().get(60, TimeUnit.SECONDS);
            return second.output().text();
        }
    }

    private ChildProcess start(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dit.directory=" + ItDirectory.root(), "-Ddemo.name=demo-in-test",
                "-Dcatwalk.jar=" + System.getProperty("catwalk.jar", ""), "-cp", System.getProperty("java.class.path"),
                "org.catwalk.it.demo.Demo"));
        command.addAll(List.of(arguments));
        // A file for each: the second terminal has a screen of its own.
        return ChildProcess.start("demo", directory, directory.resolve("demo" + String.join("", arguments) + ".log"), Map.of(), command);
    }
}
