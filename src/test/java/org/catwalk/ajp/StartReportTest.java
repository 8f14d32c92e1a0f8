package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.endpoint.AjpEndpoint;
import org.catwalk.ajp.guard.Secrets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the connector says of its configuration, line by line; {@link StartTest} shows that it gets into the log. */
class StartReportTest {

    private final AjpSettings.Builder settings = AjpSettings.builder().secretRequired(false);
    private final AjpEndpoint endpoint = new AjpEndpoint();
    private String[] sources = {};

    @BeforeEach
    void listenOnLoopback() {
        endpoint.setAddress(InetAddress.getLoopbackAddress());
    }

    private StartReport report() {
        List<Secrets.Use> uses = IntStream.range(0, sources.length).mapToObj(i -> new Secrets.Use(i, sources[i], 0, 0)).toList();
        return new StartReport(settings.build(), endpoint, uses);
    }

    private void listenEverywhere() {
        try {
            endpoint.setAddress(InetAddress.getByName("0.0.0.0"));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    // ------------------------------------------------------------------ a sound configuration

    @Test
    void hasNothingAgainstTheDefaults() {
        assertThat(report().warnings()).isEmpty();
        assertThat(report().configuration().lines().skip(1)).hasSize(6).noneMatch(line -> line.contains("web server"));
    }

    @Test
    void hasNothingAgainstAWebServerOnAnotherMachineWithASecret() {
        listenEverywhere();
        sources = new String[] {"secret"};
        settings.secret("Sesame-0815").packetSize(65_536).connectionTimeout(600_000).allowedRequestAttributesPattern("AUTH_.*|SSL_CLIENT_\\w+");
        endpoint.setMaxConnections(400);

        assertThat(report().warnings()).isEmpty();
    }

    @Test
    void hasNothingAgainstASocketFile() {
        endpoint.setAddress(null);
        endpoint.setUnixDomainSocketPath("run/ajp.sock");

        assertThat(report().warnings()).isEmpty();
    }

    // ------------------------------------------------------------------ the configuration

    @Test
    void showsTheConfigurationInTheWordsOfServerXml() {
        settings.allowedPeers("192.0.2.0/24").unknownAttributes("log").allowedRequestAttributes("AUTH_TYPE").bodyWindow(4).packetTimeout(5_000);
        endpoint.setMaxThreads(50);

        assertThat(report().configuration()).startsWith("\n    who may ask: allowedPeers=[192.0.2.0/24], no secret, ")
                .contains("unknownAttributes=log, allowedRequestAttributes=[AUTH_TYPE], allowedRequestAttributesPattern=null")
                .contains("packetSize=8192, bodyWindow=4").contains("maxConnections=8192").contains("keepAliveTimeout=-1, packetTimeout=5000")
                .contains("threads: maxThreads=50, minSpareThreads=10");
    }

    @Test
    void saysHowManySecretsThereAreAndWhereButNone() {
        sources = new String[] {"secret", "secrets[1]", "secrets[2]", "secretFile:3"};
        settings.secret("Sesame-0815").secrets("Open-1, Open-2");

        assertThat(report().configuration()).contains("secrets: 1 from secret and 1 from secretFile and 2 from secrets")
                .doesNotContain("Sesame").doesNotContain("Open");
    }

    @Test
    void saysWhatTheWebServerNeedsForLargerPackets() {
        settings.packetSize(65_536);

        assertThat(report().configuration()).contains("worker.NAME.max_packet_size=65536 in workers.properties")
                .contains("ProxyIOBufferSize 65536 in httpd.conf");
        assertThat(report().warnings()).isEmpty();
    }

    @Test
    void saysWhatTheWebServersPoolShouldDoWhenIdleConnectionsEnd() {
        settings.connectionTimeout(600_000);

        assertThat(report().configuration()).contains("connection_pool_timeout=530").contains("ttl=530");
        assertThat(report().warnings()).isEmpty();
    }

    @Test
    void saysHowManyConnectionsAWebServerShouldOpen() {
        endpoint.setMaxConnections(200);

        assertThat(report().configuration()).contains("no more than 200 connections").contains("MaxRequestWorkers");
        assertThat(report().warnings()).isEmpty();
    }

    // ------------------------------------------------------------------ warnings

    private void assertWarns(String... parts) {
        assertThat(report().warnings()).singleElement().asString().contains(parts);
    }

    private void assertSilentAfter(Consumer<AjpSettings.Builder> cure) {
        cure.accept(settings);
        assertThat(report().warnings()).isEmpty();
    }

    @Test
    void warnsThatEverybodyMayConnect() {
        listenEverywhere();

        assertWarns("other machines can reach", "secretRequired=\"false\"", "allowedPeers");
        assertSilentAfter(b -> b.allowedPeers("192.0.2.7"));
    }

    @Test
    void warnsThatSilentStrangersMayStay() {
        listenEverywhere();
        sources = new String[] {"secret"};
        settings.secret("x").maxUnadmittedConnections(-1);

        assertWarns("maxUnadmittedConnections", "says nothing");
        assertSilentAfter(b -> b.connectionTimeout(60_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {".*", ".+", "(?s).*", "javax\\.servlet\\..*", ".*\\.include\\..*", "[a-z._]+"})
    void warnsOfAPatternThatLetsTomcatsOwnAttributesIn(String pattern) {
        settings.allowedRequestAttributesPattern(pattern);

        assertWarns("allowedRequestAttributesPattern=\"" + pattern + "\"", "Tomcat itself", "allowedRequestAttributes=");
        assertSilentAfter(b -> b.allowedRequestAttributesPattern("AUTH_.*"));
    }

    @Test
    void warnsOfHalfPacketsThatMayStayForLong() {
        settings.packetTimeout(3_600_000);

        assertWarns("packetTimeout=\"3600000\"", "20000");
        assertSilentAfter(b -> b.packetTimeout(20_000));
    }

    @Test
    void warnsOfAThreadThatMayWaitForLong() {
        settings.connectionTimeout(3_600_000);

        assertWarns("writeTimeout=\"3600000\"", "connectionTimeout unless set");
        assertSilentAfter(b -> b.writeTimeout(60_000));
    }

    @Test
    void warnsOfIdleConnectionsThatEndBeforeTheWebServersPoolDoes() {
        settings.connectionTimeout(20_000);

        assertWarns("keepAliveTimeout=\"20000\"", "mod_proxy_ajp", "connection_pool_timeout", "ttl");
        assertSilentAfter(b -> b.keepAliveTimeout(-1));
    }

    @Test
    void warnsOfFewerConnectionsThanAWebServerOpens() {
        endpoint.setMaxConnections(100);

        assertWarns("maxConnections=\"100\"", "MaxRequestWorkers", "8192");
    }

    @Test
    void repeatsWhatTheSettingsWarnOf() {
        settings.packetSize(4_096);

        assertWarns("packetSize=\"4096\"");
    }
}
