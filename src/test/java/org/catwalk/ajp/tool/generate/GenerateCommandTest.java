package org.catwalk.ajp.tool.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.catwalk.ajp.tool.Invocation;
import org.catwalk.ajp.tool.console.Terminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class GenerateCommandTest {

    private static final String[] TWO_TOMCATS = {"--tomcat", "t1=192.0.2.21:8009", "--tomcat", "t2=[2001:db8::22]:8010"};

    @TempDir
    private Path directory;

    @Test
    void saysTheSameOnAllSides() throws Exception {
        generate("--packet-size", "16384", "--web-server", "192.0.2.10");

        Element connector = connector("t1");
        String secret = connector.getAttribute("secret");
        assertThat(secret).hasSize(43);
        assertThat(connector.getAttribute("protocol")).isEqualTo("org.catwalk.ajp.AjpProtocol");
        assertThat(connector.getAttribute("address")).isEqualTo("192.0.2.21");
        assertThat(connector.getAttribute("port")).isEqualTo("8009");
        assertThat(connector.getAttribute("packetSize")).isEqualTo("16384");
        assertThat(connector.getAttribute("allowedPeers")).isEqualTo("192.0.2.10");
        assertThat(connector("t2").getAttribute("secret")).isEqualTo(secret);
        assertThat(engine("t2").getAttribute("jvmRoute")).isEqualTo("t2");

        assertThat(read("httpd/workers.properties")).contains("worker.template.secret=" + secret, "worker.template.max_packet_size=16384",
                "worker.balancer.balance_workers=t1,t2", "worker.t2.host=2001:db8::22", "worker.t2.port=8010", "worker.template.recovery_options=23");
        assertThat(read("httpd/mod_proxy_ajp.conf")).contains("BalancerMember \"ajp://[2001:db8::22]:8010\" route=t2 secret=" + secret + " ",
                "ProxyIOBufferSize 16384", "ProxyPass \"/\" \"balancer://catwalk/\"");
        assertThat(read("httpd/mod_jk.conf")).contains("JkWorkersFile \"" + directory.toAbsolutePath() + "/out/httpd/workers.properties\"",
                "JkMount /* balancer", "<VirtualHost *:80>");
    }

    @Test
    void keepsIdleConnectionsShorterThanTomcatDoes() throws Exception {
        generate();

        int keepAliveMillis = Integer.parseInt(connector("t1").getAttribute("keepAliveTimeout"));
        assertThat(number("httpd/workers.properties", "connection_pool_timeout=(\\d+)") * 1000).isLessThan(keepAliveMillis);
        assertThat(number("httpd/mod_proxy_ajp.conf", " ttl=(\\d+)") * 1000).isLessThan(keepAliveMillis);
    }

    @Test
    void explainsEveryLine() throws IOException {
        generate("--host-name", "www.example.com", "--host-name", "example.com", "--mount", "/shop");

        List<String> bare = new ArrayList<>();
        String before = "";
        for (String line : read("httpd/workers.properties").lines().toList()) {
            boolean isSecondLineOfAnAddress = line.matches("worker\\.t\\d\\.port=.*");
            if (line.startsWith("worker.") && !before.startsWith("#") && !isSecondLineOfAnAddress) {
                bare.add(line);
            }
            before = line;
        }
        assertThat(bare).isEmpty();
        assertThat(read("tomcat-t1/server.xml")).contains("keepAliveTimeout  in milliseconds:", "packetSize        the same");
        assertThat(read("httpd/mod_jk.conf")).contains("ServerName www.example.com", "ServerAlias example.com", "JkMount /shop balancer",
                "JkMount /shop/* balancer").doesNotContain("JkMount /* ");
    }

    @Test
    void hidesFilesFromOthersAndTheSecretFromTheTerminal() throws Exception {
        Invocation generate = generate();

        assertThat(generate.out()).contains("Wrote ").doesNotContain(connector("t1").getAttribute("secret"));
        try (Stream<Path> files = Files.walk(directory.resolve("out")).filter(Files::isRegularFile)) {
            assertThat(files).hasSize(5).allSatisfy(file ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------"));
        }
    }

    @Test
    void takesAGivenSecretAndMakesAnotherOneEachTimeOtherwise() throws Exception {
        Path secret = Files.writeString(directory.resolve("ajp.secret"), "given-by-the-operator\n");
        generate("--secret-file", secret.toString());
        assertThat(connector("t1").getAttribute("secret")).isEqualTo("given-by-the-operator");

        generate("--force");
        String first = connector("t1").getAttribute("secret");
        generate("--force");
        assertThat(connector("t1").getAttribute("secret")).isNotEqualTo(first).hasSize(43);
    }

    @Test
    void replacesNothingUnlessTold() throws IOException {
        generate();
        String before = read("httpd/workers.properties");
        Invocation again = invoke(TWO_TOMCATS);

        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("Already there: ", "--force");
        assertThat(read("httpd/workers.properties")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "hash#tag", "quo\"te", "dollar$(x)", "amper&sand",
        "0123456789012345678901234567890123456789012345678901234567890123"})
    void refusesASecretThatOneSideWouldReadDifferently(String secret) throws IOException {
        Path file = Files.writeString(directory.resolve("ajp.secret"), secret);
        Invocation generate = invoke("--tomcat", "t1=127.0.0.1", "--secret-file", file.toString());

        assertThat(generate.exitCode()).isEqualTo(2);
        assertThat(generate.err()).contains("secret").doesNotContain(secret);
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --tomcat t.1=127.0.0.1                      | a Tomcat's name is made of letters
            --tomcat t--1=127.0.0.1                     | and single hyphens
            --tomcat balancer=127.0.0.1                 | neither balancer nor template
            --tomcat 127.0.0.1:8009                     | expected NAME=HOST[:PORT]
            --tomcat t1=h:1 --tomcat t1=h:2             | two Tomcats have the name t1
            --tomcat t1=h:1 --tomcat t2=h:1             | two Tomcats have the address h:1
            --tomcat t1=h --packet-size 100             | a packet size is from 8192 to 65536
            --tomcat t1=h --packet-size 10000           | a multiple of 1024
            --tomcat t1=h --mount app                   | a mount is a path such as / or /app
            --tomcat t1=h --host-name <b>               | is no host name
            --tomcat t1=h --listen 80                   | --listen wants ADDRESS:PORT
            --tomcat t1=h --web-server everybody        | --web-server wants an address
            """)
    void saysWhatCannotBeUsed(String arguments, String message) {
        Invocation generate = invoke(arguments.split(" "));

        assertThat(generate.exitCode()).isEqualTo(2);
        assertThat(generate.err().lines().findFirst().orElseThrow()).startsWith("catwalk-ajp generate: ").contains(message);
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void asksUntilTheAnswersCanBeUsed() throws IOException {
        StringWriter asked = new StringWriter();
        Questions questions = new Questions(new BufferedReader(new StringReader("\nt.2=h\nt2=192.0.2.22:8010\n\nmany\n16384\n")), new PrintWriter(asked));

        assertThat(questions.tomcats()).containsExactly(TomcatNode.parse("tomcat1=127.0.0.1:8009"), TomcatNode.parse("t2=192.0.2.22:8010"));
        assertThat(questions.number("Packet size in bytes", 65536)).isEqualTo(16384);
        assertThat(asked.toString()).contains("First Tomcat, NAME=HOST:PORT [tomcat1=127.0.0.1:8009]: ", "unlike 't.2'", "found 'many'");
    }

    @Test
    void saysThatItCannotAskWithoutATerminal() {
        if (!Terminal.isThere()) {
            assertThat(invoke().err()).contains("no Tomcat is named, and there is no terminal to ask on");
        }
    }

    private Invocation generate(String... more) {
        Invocation generate = invoke(Stream.concat(Arrays.stream(TWO_TOMCATS), Arrays.stream(more)).toArray(String[]::new));
        assertThat(generate.err()).isEmpty();
        assertThat(generate.exitCode()).isZero();
        return generate;
    }

    private Invocation invoke(String... arguments) {
        return Invocation.of(Stream.of(Stream.of("generate"), Arrays.stream(arguments), Stream.of(directory.resolve("out").toString()))
                .flatMap(part -> part).toArray(String[]::new));
    }

    private String read(String file) throws IOException {
        return Files.readString(directory.resolve("out").resolve(file));
    }

    private int number(String file, String pattern) throws IOException {
        Matcher number = Pattern.compile(pattern).matcher(read(file));
        assertThat(number.find()).as(pattern).isTrue();
        return Integer.parseInt(number.group(1));
    }

    private Element connector(String tomcat) throws Exception {
        return element(tomcat, "Connector");
    }

    private Element engine(String tomcat) throws Exception {
        return element(tomcat, "Engine");
    }

    private Element element(String tomcat, String name) throws Exception {
        return (Element) DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(directory.resolve("out/tomcat-" + tomcat + "/server.xml").toFile()).getElementsByTagName(name).item(0);
    }
}
