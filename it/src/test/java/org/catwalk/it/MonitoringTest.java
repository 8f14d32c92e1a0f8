package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Connector;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prometheus' JMX exporter in a Tomcat, with our rules: what the user guide and the dashboard name is what it exports. */
class MonitoringTest {

    private static final Path REPOSITORY = ItDirectory.root().resolve("../..").normalize();
    private static final Path MONITORING = REPOSITORY.resolve("it/monitoring");
    private static final Pattern SAMPLE = Pattern.compile("^(catwalk_\\w+)(\\{[^}]*})? (\\S+)", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("catwalk_\\w+");

    private static TomcatInstance tomcat;
    private static HttpdInstance httpd;
    private static String scrape;

    private record Sample(String name, String labels, double value) {
    }

    @BeforeAll
    static void serveAndScrape() throws IOException {
        assumeThat(Connector.underTest()).isEqualTo(Connector.CATWALK);
        int port = freePort();
        Path agent = ItDirectory.root().resolve("monitoring/jmx_prometheus_javaagent.jar");
        assertThat(agent).exists();
        tomcat = TomcatInstance.named("monitored").connector(ConnectorSpec.ajp("ajp").with("secret", "sesame"))
                .jvmOption("-javaagent:" + agent + "=127.0.0.1:" + port + ":" + MONITORING.resolve("jmx_exporter.yml")).start();
        httpd = HttpdInstance.named("monitored")
                .virtualHost(VirtualHost.to("good", FrontEnd.MOD_JK, tomcat.port("ajp")).withSecret("sesame"))
                .virtualHost(VirtualHost.to("refused", FrontEnd.MOD_PROXY_AJP, tomcat.port("ajp")).withSecret("open")).start();
        Client client = Client.plain();
        URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
        // Tables are empty at first, and must not be taken for useless because of that.
        assertThat(client.get(metrics).status()).isEqualTo(200);
        for (int i = 0; i < 5; i++) {
            assertThat(client.get(httpd.uri("good").resolve("/app/echo")).status()).isEqualTo(200);
        }
        assertThat(client.send(Client.request(httpd.uri("good").resolve("/app/upload")).POST(Client.sized(300_000, () -> new PayloadStream(300_000))))
                .status()).isEqualTo(200);
        assertThat(client.get(httpd.uri("refused").resolve("/app/echo")).status()).isEqualTo(403);
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            scrape = client.get(metrics).text();
            assertThat(value("catwalk_refusals_total", "reason=\"secret_wrong\"")).isEqualTo(1);
            // Counted when the refusal has been sent.
            assertThat(value("catwalk_peer_errors_total", "")).isEqualTo(1);
        });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    static void stop() {
        if (httpd != null) {
            httpd.close();
        }
        if (tomcat != null) {
            tomcat.close();
        }
    }

    private static List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        Matcher matcher = SAMPLE.matcher(scrape);
        while (matcher.find()) {
            samples.add(new Sample(matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2), Double.parseDouble(matcher.group(3))));
        }
        return samples;
    }

    private static double value(String name, String label) {
        return samples().stream().filter(sample -> sample.name().equals(name) && sample.labels().contains(label))
                .mapToDouble(Sample::value).findFirst().orElseThrow(() -> new AssertionError("No " + name + " with " + label + " in\n" + scrape));
    }

    @Test
    void exportsWhatHasHappened() {
        assertThat(value("catwalk_packets_total", "type=\"forward_requests\"")).isEqualTo(7);
        assertThat(value("catwalk_peer_requests_total", "peer=\"127.0.0.1\"")).isEqualTo(7);
        assertThat(value("catwalk_peer_errors_total", "peer=\"127.0.0.1\"")).isEqualTo(1);
        assertThat(value("catwalk_peer_bytes_in_total", "peer=\"127.0.0.1\"")).isGreaterThan(300_000);
        assertThat(value("catwalk_peer_last_seen_seconds", "peer=\"127.0.0.1\"")).isBetween(
                System.currentTimeMillis() / 1000.0 - 60, System.currentTimeMillis() / 1000.0 + 1);
        assertThat(value("catwalk_secret_uses_total", "source=\"secret\"")).isEqualTo(6);
        assertThat(value("catwalk_time_to_first_byte_within_total", "le=\"+Inf\"")).isEqualTo(6);
        assertThat(value("catwalk_time_to_first_byte_requests_total", "")).isEqualTo(6);
        assertThat(value("catwalk_time_to_first_byte_max_seconds", "")).isBetween(0.0001, 30.0);
        assertThat(value("catwalk_body_window_max", "")).isGreaterThan(1);
        assertThat(value("catwalk_drain_state", "state=\"serving\"")).isEqualTo(1);
        assertThat(value("catwalk_threads_max", "")).isEqualTo(200);
        assertThat(scrape).doesNotContain("sesame").doesNotContain("\"open\"");
    }

    /** The column of metrics in the user guide: names, some with a label and its value. */
    @Test
    void exportsEveryMetricThatTheUserGuideNames() throws IOException {
        List<String> missing = new ArrayList<>();
        Matcher documented = Pattern.compile("`(catwalk_\\w+)(?:\\{(\\w+=\"[^\"]*\")})?`")
                .matcher(Files.readString(REPOSITORY.resolve("src/site/markdown/monitoring.md")));
        int count = 0;
        while (documented.find()) {
            count++;
            String label = documented.group(2) == null ? "" : documented.group(2);
            if (samples().stream()
                    .noneMatch(sample -> sample.name().equals(documented.group(1)) && sample.labels().contains(label))) {
                missing.add(documented.group());
            }
        }
        assertThat(count).isGreaterThan(80);
        assertThat(missing).isEmpty();
    }

    @Test
    void exportsNothingThatTheUserGuideDoesNotName() throws IOException {
        String page = Files.readString(REPOSITORY.resolve("src/site/markdown/monitoring.md"));
        assertThat(samples()).extracting(Sample::name).allSatisfy(name -> assertThat(page).contains(name));
        assertThat(samples()).filteredOn(sample -> sample.name().equals("catwalk_refusals_total"))
                .allSatisfy(sample -> assertThat(page).contains("catwalk_refusals_total{" + reasonOf(sample) + "}"));
    }

    private static String reasonOf(Sample sample) {
        return sample.labels().replaceAll(".*(reason=\"\\w+\").*", "$1");
    }

    @Test
    void exportsEveryMetricThatTheDashboardShows() throws IOException {
        JsonObject dashboard = JsonParser.parseString(Files.readString(MONITORING.resolve("dashboard.json"))).getAsJsonObject();
        Set<String> exported = samples().stream().map(Sample::name).collect(Collectors.toSet());
        JsonArray panels = dashboard.getAsJsonArray("panels");
        assertThat(panels).hasSizeGreaterThan(10);
        for (JsonElement panel : panels) {
            JsonArray targets = panel.getAsJsonObject().getAsJsonArray("targets");
            assertThat(targets).as(panel.toString()).isNotEmpty();
            for (JsonElement target : targets) {
                Set<String> used = new TreeSet<>();
                NAME.matcher(target.getAsJsonObject().get("expr").getAsString()).results().forEach(match -> used.add(match.group()));
                assertThat(used).as(target.toString()).isNotEmpty();
                assertThat(exported).as(target.toString()).containsAll(used);
            }
        }
    }
}
