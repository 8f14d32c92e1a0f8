package org.catwalk.it.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.catwalk.it.harness.CatwalkJar;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Connector;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TomcatInstance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every block of configuration in README.md and in the user guide works: in a real Tomcat and, where it has a part for the web server, in
 * a real httpd that a request passes through. See {@link Snippet} for how blocks are marked.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class GuideSnippetsTest {

    private static final byte[] CPING = {0x12, 0x34, 0, 1, 0x0A};
    private static final byte[] CPONG = {0x41, 0x42, 0, 1, 0x09};
    /** Serves the trials that have no Connector of their own. */
    private static final String PLAIN = "plain";
    /** So many for each trial that every member of a balancer gets one. */
    private static final int REQUESTS = 4;
    /** Modules that pages speak of, beside those that every instance has. */
    private static final List<String> MODULES = List.of("headers", "rewrite", "setenvif", "remoteip", "reqtimeout", "status", "authz_host",
            "slotmem_shm", "proxy_balancer", "lbmethod_byrequests", "lbmethod_bybusyness", "lbmethod_bytraffic", "proxy_hcheck",
            "proxy_http", "proxy_wstunnel");
    private static final Pattern LEVEL = Pattern.compile("(org\\.catwalk\\.ajp[\\w.]*)\\.level *= *(OFF|SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST|ALL)");

    private final List<Snippet> snippets = GuidePages.snippets();
    private List<Trial> trials;
    private TomcatInstance tomcat;

    @BeforeAll
    void startTomcatWithEveryConnector(@TempDir Path directory) throws IOException {
        assumeThat(Connector.underTest()).isEqualTo(Connector.CATWALK);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        trials = trials(new TrialFiles(directory));
        TomcatInstance.Builder builder = TomcatInstance.named("guide").connector(ConnectorSpec.ajp(PLAIN).with("secret", TrialFiles.SECRET)
                .with("packetSize", "65536"));
        trials.forEach(trial -> trial.connectors().values().forEach(builder::connector));
        tomcat = builder.start();
    }

    @AfterAll
    void stopTomcat() {
        if (tomcat != null) {
            tomcat.close();
        }
    }

    private List<Trial> trials(TrialFiles files) {
        Map<String, List<Snippet>> byName = new LinkedHashMap<>();
        for (Snippet snippet : snippets) {
            if (snippet.mark() != null && snippet.complaint() == null && !snippet.isNotRun() && !snippet.isTestedElsewhere()) {
                String page = snippet.page().getFileName().toString().replace(".md", "");
                snippet.trials().forEach(trial -> byName.computeIfAbsent(page + "-" + trial, name -> new ArrayList<>()).add(snippet));
            }
        }
        return byName.entrySet().stream().map(entry -> new Trial(entry.getKey(), entry.getValue(), files)).toList();
    }

    @Test
    void everyBlockSaysWhatItIs() {
        assertThat(snippets).hasSizeGreaterThan(20);
        assertThat(snippets.stream().map(Snippet::complaint).filter(Objects::nonNull)).isEmpty();
    }

    /** The list is it/target/snippets-not-run.txt. */
    @Test
    void listsWhatIsNotRunAndWhy() {
        String list = snippets.stream().filter(snippet -> snippet.mark() != null && snippet.isNotRun())
                .map(snippet -> snippet + ": " + snippet.reason()).collect(Collectors.joining("\n"));
        ItDirectory.write(ItDirectory.root().resolve("snippets-not-run.txt"), list + "\n");
        System.out.println("Blocks of the guide that are not run:\n" + list);

        assertThat(snippets).filteredOn(snippet -> snippet.mark() != null && snippet.isNotRun())
                .allSatisfy(snippet -> assertThat(snippet.text()).as(snippet.toString()).doesNotContain("<Connector ", "worker.list="));
    }

    @Test
    void blocksThatAreTestedElsewhereNameATest() throws IOException {
        List<String> tests;
        try (Stream<Path> ours = Files.walk(GuidePages.ROOT.resolve("src/test/java"));
                Stream<Path> it = Files.walk(GuidePages.ROOT.resolve("it"))) {
            tests = Stream.concat(ours, it).map(file -> file.getFileName().toString()).filter(file -> file.endsWith("Test.java"))
                    .map(file -> file.replace(".java", "")).toList();
        }
        assertThat(snippets).filteredOn(snippet -> snippet.mark() != null && snippet.isTestedElsewhere()).isNotEmpty()
                .allSatisfy(snippet -> assertThat(tests).as(snippet.toString()).contains(snippet.testClass()));
    }

    @Test
    void loggersExist() throws IOException {
        try (JarFile jar = new JarFile(CatwalkJar.find().toFile())) {
            assertThat(ofKind("logging")).isNotEmpty().allSatisfy(snippet -> assertThat(snippet.text().lines()).as(snippet.toString())
                    .allSatisfy(line -> {
                        Matcher level = LEVEL.matcher(line);
                        assertThat(level.matches()).as(line).isTrue();
                        String path = level.group(1).replace('.', '/');
                        assertThat(jar.stream()).as(line).anyMatch(entry -> entry.getName().equals(path + ".class")
                                || entry.getName().startsWith(path + "/"));
                    }));
        }
    }

    @Test
    void dependenciesAreOurs() throws IOException {
        String pom = Files.readString(GuidePages.ROOT.resolve("pom.xml"));
        String coordinates = pom.substring(pom.indexOf("<groupId>"), pom.indexOf("<packaging>")).replaceAll("\\s", "");
        assertThat(ofKind("dependency")).isNotEmpty().allSatisfy(snippet ->
                assertThat(snippet.text().replaceAll("\\s", "")).as(snippet.toString()).isEqualTo("<dependency>" + coordinates + "</dependency>"));
    }

    private List<Snippet> ofKind(String kind) {
        return snippets.stream().filter(snippet -> snippet.mark() != null && snippet.kind().equals(kind)).toList();
    }

    @TestFactory
    Stream<DynamicTest> works() {
        return trials.stream().map(trial -> dynamicTest(trial.name(), () -> tryIt(trial)));
    }

    private void tryIt(Trial trial) {
        trial.connectors().forEach((port, spec) -> assertServes(spec));
        if (trial.hasHttpd()) {
            IntUnaryOperator ports = written -> tomcat.port(trial.connectors().containsKey(written)
                    ? trial.connectors().get(written).name() : PLAIN);
            HttpdInstance.Builder builder = HttpdInstance.named("guide-" + trial.name())
                    .mainServer(trial.httpd(ports, HttpdInstance.Builder.PORT)).workerProperty(trial.workers(ports));
            MODULES.forEach(builder::module);
            try (HttpdInstance httpd = builder.start()) {
                assertThat(httpd.errorLog().text()).doesNotContain("[error]", ":error]");
                for (int i = 0; i < REQUESTS && trial.path() != null; i++) {
                    Reply reply = Client.plain().get(httpd.uri("main").resolve(trial.path()));
                    assertThat(reply.status()).as("%s: %s%n%s%n%s", trial, reply, httpd.errorLog().text(), httpd.modJkLog().text()).isEqualTo(200);
                }
            }
        }
    }

    private void assertServes(ConnectorSpec spec) {
        if (spec.attributes().containsKey("unixDomainSocketPath")) {
            assertThat(Path.of(spec.attributes().get("unixDomainSocketPath"))).exists();
            return;
        }
        try (Socket socket = new Socket("127.0.0.1", tomcat.port(spec.name()))) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(CPING);
            InputStream in = socket.getInputStream();
            assertThat(in.readNBytes(CPONG.length)).as(spec.toString()).isEqualTo(CPONG);
        } catch (IOException e) {
            throw new UncheckedIOException(spec.toString(), e);
        }
    }

    /** A misspelt attribute, a value that is refused, a connector that did not start. */
    @Test
    void tomcatComplainsOfNoConnector() {
        assertThat(tomcat.log().text().lines()).noneMatch(line -> line.contains(" SEVERE ")
                || line.contains(" WARNING ") && (line.contains("org.catwalk.") || line.contains("Connector]")
                        || line.contains("did not find a matching property")));
    }
}
