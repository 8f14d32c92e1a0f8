package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.TomcatInstance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a curious stranger learns with nmap's AJP scripts, from a connector of ours on loopback: without a secret, and with one. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class NmapAjpScriptsTest {

    private static final Path NMAP = Path.of("/usr/bin/nmap");
    private static final Path SCRIPT = Path.of("/usr/share/nmap/scripts/ajp-methods.nse");

    private static TomcatInstance tomcat;

    @BeforeAll
    static void start() {
        assumeThat(Files.isExecutable(NMAP) && Files.exists(SCRIPT))
                .as("nmap with its scripts was not found; apt-get install nmap").isTrue();
        tomcat = TomcatInstance.named("nmap").connector(ConnectorSpec.ajp("open").with("secretRequired", "false"))
                .connector(ConnectorSpec.ajp("secret").with("secret", "s3cret")).start();
    }

    @AfterAll
    static void stop() {
        if (tomcat != null) {
            tomcat.close();
        }
    }

    /** @return what the script says. */
    private static String scan(String connector, String script, String... arguments) throws IOException, InterruptedException {
        Path output = ItDirectory.empty("instances/nmap-run").resolve(script + ".txt");
        // "+": although the port is not 8009. A connect scan: that of root would send packets of its own making.
        List<String> command = new ArrayList<>(List.of(NMAP.toString(), "-n", "-Pn", "-sT", "-p", Integer.toString(tomcat.port(connector)),
                "--script", "+" + script));
        if (arguments.length > 0) {
            command.addAll(List.of("--script-args", String.join(",", arguments)));
        }
        command.add("127.0.0.1");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(said).contains("/tcp open");
        return said.lines().filter(line -> line.startsWith("|")).reduce("", (all, line) -> all + line + "\n");
    }

    @Test
    void withoutASecretTheyLearnWhatTheApplicationTellsEverybody() throws Exception {
        assertThat(scan("open", "ajp-methods", "ajp-methods.path=/form/login.html")).contains("Supported methods: OPTIONS GET HEAD POST").doesNotContain("risky");
        assertThat(scan("open", "ajp-headers", "ajp-headers.path=/app/echo")).contains("X-Echo: one", "X-Echo: two");
        assertThat(scan("open", "ajp-request", "ajp-request.path=\"/app/echo?a=b\"", "ajp-request.method=PUT"))
                .contains("AJP/1.3 200 OK", "method=PUT", "parameter.a=b");
        assertThat(scan("open", "ajp-auth", "ajp-auth.path=/app/members/echo")).contains("Basic", "realm=tomcat");
        assertThat(scan("open", "ajp-request", "ajp-request.path=/app/members/echo", "ajp-request.username=" + TomcatInstance.MEMBER,
                "ajp-request.password=" + TomcatInstance.MEMBER_PASSWORD)).contains("AJP/1.3 200 OK");
    }

    /** A few names and passwords only: that a password can be guessed is nothing that a connector could prevent, unless it has a secret. */
    @Test
    void withASecretTheyCannotEvenGuessPasswords() throws Exception {
        Path names = ItDirectory.empty("instances/nmap-guesses").resolve("names");
        Path passwords = names.resolveSibling("passwords");
        Files.writeString(names, TomcatInstance.MEMBER + "\nbob\n");
        Files.writeString(passwords, "wrong\n" + TomcatInstance.MEMBER_PASSWORD + "\n");
        String[] arguments = {"ajp-brute.path=/app/members/echo", "userdb=" + names, "passdb=" + passwords};
        assertThat(scan("open", "ajp-brute", arguments)).contains(TomcatInstance.MEMBER + ":" + TomcatInstance.MEMBER_PASSWORD + " - Valid credentials");
        assertThat(scan("secret", "ajp-brute", arguments)).contains("URL does not require authentication");
    }

    @Test
    void withASecretTheyGet403AndNothingMore() throws Exception {
        assertThat(scan("secret", "ajp-request", "ajp-request.path=/app/echo").lines()).containsExactly("| ajp-request: ",
                "| AJP/1.3 403 Forbidden", "| Content-Type: text/html;charset=utf-8", "| Content-Length: 111", "| ",
                "|_<!doctype html><html lang=\"en\"><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>");
        assertThat(scan("secret", "ajp-headers", "ajp-headers.path=/app/echo").lines()).containsExactly("| ajp-headers: ",
                "|   Content-Type: text/html;charset=utf-8", "|_  Content-Length: 111");
        assertThat(scan("secret", "ajp-methods", "ajp-methods.path=/form/login.html"))
                .isEqualTo("|_ajp-methods: Failed to get a valid response for the OPTION request\n");
        assertThat(scan("secret", "ajp-auth", "ajp-auth.path=/app/members/echo")).isEmpty();
        assertThat(tomcat.log().text()).contains("SECRET_MISSING from 127.0.0.1");
    }
}
