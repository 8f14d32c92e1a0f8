package org.catwalk.ajp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AjpSettingsTest {

    @TempDir
    Path directory;

    @Test
    void hasTheStockConnectorsDefaults() {
        AjpSettings settings = builder().build();
        assertThat(settings.packetSize()).isEqualTo(8192);
        assertThat(settings.ajpFlush()).isTrue();
        assertThat(settings.tomcatAuthentication()).isTrue();
        assertThat(settings.tomcatAuthorization()).isFalse();
        assertThat(settings.maxHeaderCount()).isEqualTo(100);
        assertThat(settings.connectionTimeoutMillis()).isEqualTo(-1);
        assertThat(settings.keepAliveTimeoutMillis()).isEqualTo(-1);
        assertThat(settings.allowedRequestAttributesPattern()).isNull();
        assertThat(settings.unknownAttributes()).isEqualTo(UnknownAttributes.REJECT);
        assertThat(settings.allowedPeers()).isEmpty();
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void hasItsOwnDefaults() {
        AjpSettings settings = builder().build();
        assertThat(settings.packetTimeoutMillis()).isEqualTo(20_000);
        assertThat(settings.writeTimeoutMillis()).isEqualTo(60_000);
        assertThat(settings.bodyWindow()).isEqualTo(8);
        assertThat(settings.cping()).isEqualTo(CpingMode.ALIVE);
        assertThat(settings.drainTimeoutMillis()).isEqualTo(5_000);
        assertThat(settings.strict()).isEqualTo(EnumSet.allOf(GrammarRule.class));
        assertThat(settings.maxConnectionsPerPeer()).isEqualTo(AjpSettings.UNLIMITED);
    }

    @Test
    void wantsASecretUnlessToldOtherwise() {
        assertThatThrownBy(() -> AjpSettings.builder().build()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("secretRequired=\"false\"").hasMessageContaining("worker.NAME.secret");
        assertThatThrownBy(() -> AjpSettings.builder().secret("").build()).hasMessageContaining("no secret");
        assertThat(AjpSettings.builder().secretRequired(false).build().secrets()).isEmpty();
    }

    @Test
    void joinsTheSecretsInOrder() {
        AjpSettings settings = AjpSettings.builder().secret("one").secrets("two, drei ä").build();
        assertThat(settings.secrets()).extracting(bytes -> new String(bytes, StandardCharsets.UTF_8)).containsExactly("one", "two", "drei ä");
        assertThat(settings.secretSources()).containsExactly("secret", "secrets[1]", "secrets[2]");
        assertThat(AjpSettings.builder().secrets("two").build().secretSources()).containsExactly("secrets[1]");
    }

    @Test
    void takesASecretFileInsteadOfASecret() throws IOException {
        Path file = Files.writeString(directory.resolve("ajp.secrets"), "hush-hush\n");
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        AjpSettings settings = AjpSettings.builder().secretFile(file.toString()).build();
        assertThat(settings.secretFile()).contains(file);
        assertThat(settings.secrets()).isEmpty();
        assertThat(settings.warnings()).singleElement().asString().contains("chmod 600").doesNotContain("hush");
    }

    @Test
    void takesTheOldNameOfTheSecretWithAWarning() {
        AjpSettings settings = AjpSettings.builder().requiredSecret("hush-hush").build();
        assertThat(settings.secrets()).hasSize(1);
        assertThat(settings.warnings()).singleElement().asString().contains("requiredSecret").doesNotContain("hush");
    }

    @Test
    void neverShowsASecret() throws IOException {
        Path file = Files.writeString(directory.resolve("ajp.secrets"), "hush-file\n");
        AjpSettings settings = AjpSettings.builder().secret("hush-one").secrets("hush-two,hush-three").secretFile(file.toString()).build();
        assertThat(settings.toString()).doesNotContain("hush").contains("secrets=3 configured");
        assertThatThrownBy(() -> AjpSettings.builder().secret("hush\n").build()).hasMessageNotContaining("hush");
        assertThatThrownBy(() -> AjpSettings.builder().secrets("hush,,hush").build()).hasMessageContaining("entry 2 of 3")
                .hasMessageNotContaining("hush");
        assertThatThrownBy(() -> AjpSettings.builder().secrets("hush,hu\u0001sh").build()).hasMessageContaining("entry 2")
                .hasMessageNotContaining("hu\u0001sh");
    }

    @Test
    void raisesSmallPacketSizesWithAWarning() {
        AjpSettings settings = builder().packetSize(4096).build();
        assertThat(settings.packetSize()).isEqualTo(8192);
        assertThat(settings.warnings()).singleElement().asString().contains("4096").contains("8192");
        assertThat(builder().packetSize(65536).build().packetSize()).isEqualTo(65536);
    }

    static Stream<Arguments> illegalValues() {
        return Stream.of(
                illegal("packetSize=\"65537\"", "8192 to 65536", b -> b.packetSize(65537)),
                illegal("packetTimeout=\"0\"", "1 to", b -> b.packetTimeout(0)),
                illegal("packetTimeout=\"-1\"", "1 to", b -> b.packetTimeout(-1)),
                illegal("writeTimeout=\"0\"", "1 to", b -> b.writeTimeout(0)),
                illegal("bodyWindow=\"0\"", "1 to 64", b -> b.bodyWindow(0)),
                illegal("bodyWindow=\"65\"", "1 to 64", b -> b.bodyWindow(65)),
                illegal("drainTimeout=\"-1\"", "0 to", b -> b.drainTimeout(-1)),
                illegal("maxConnectionsPerPeer=\"0\"", "-1 for no limit", b -> b.maxConnectionsPerPeer(0)),
                illegal("maxUnadmittedConnections=\"-2\"", "-1 for no limit", b -> b.maxUnadmittedConnections(-2)),
                illegal("cping=\"maybe\"", "alive or ready", b -> b.cping("maybe")),
                illegal("cping=\"null\"", "alive or ready", b -> b.cping(null)),
                illegal("unknownAttributes=\"drop\"", "reject or ignore or log", b -> b.unknownAttributes("drop")),
                illegal("allowedRequestAttributesPattern=\"[\"", "regular expression", b -> b.allowedRequestAttributesPattern("[")),
                illegal("allowedRequestAttributes=\"a,,b\"", "entry 2", b -> b.allowedRequestAttributes("a,,b")),
                illegal("allowedPeers=\"10.0.0.0/8,web1\"", "\"web1\"", b -> b.allowedPeers("10.0.0.0/8,web1")),
                illegal("strict=\"none\"", "all", b -> b.strict("none")),
                illegal("secretFile=\"/nowhere/at/all\"", "/nowhere/at/all", b -> b.secretFile("/nowhere/at/all")));
    }

    private static Arguments illegal(String attribute, String range, UnaryOperator<AjpSettings.Builder> change) {
        return Arguments.of(attribute, range, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("illegalValues")
    void namesAttributeValueAndLegalRange(String attribute, String range, UnaryOperator<AjpSettings.Builder> change) {
        assertThatThrownBy(() -> change.apply(builder()).build()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(attribute).hasMessageContaining(range);
    }

    @ParameterizedTest
    @CsvSource({"-1, -1", "0, -1", "-5, -1", "30000, 30000"})
    void takesZeroAndNegativeTimeoutsForEndless(long configured, long effective) {
        AjpSettings settings = builder().connectionTimeout(configured).build();
        assertThat(settings.connectionTimeoutMillis()).isEqualTo(effective);
        assertThat(settings.keepAliveTimeoutMillis()).isEqualTo(effective);
    }

    @Test
    void derivesTimeoutsFromConnectionTimeout() {
        AjpSettings settings = builder().connectionTimeout(7_000).build();
        assertThat(settings.writeTimeoutMillis()).isEqualTo(7_000);
        assertThat(settings.keepAliveTimeoutMillis()).isEqualTo(7_000);
        AjpSettings own = builder().connectionTimeout(7_000).writeTimeout(8_000).keepAliveTimeout(9_000).build();
        assertThat(own.writeTimeoutMillis()).isEqualTo(8_000);
        assertThat(own.keepAliveTimeoutMillis()).isEqualTo(9_000);
    }

    @Test
    void readsListsAndWords() {
        AjpSettings settings = builder().allowedRequestAttributes(" SSL_CLIENT_S_DN, REMOTE_IDP ").allowedPeers("10.0.0.0/8, ::1")
                .unknownAttributes("LOG").cping(" Ready ").strict("all,-host").allowedRequestAttributesPattern("MY_.*").build();
        assertThat(settings.allowedRequestAttributes()).containsExactlyInAnyOrder("SSL_CLIENT_S_DN", "REMOTE_IDP");
        assertThat(settings.allowedPeers()).containsExactly(Cidr.parse("10.0.0.0/8"), Cidr.parse("::1"));
        assertThat(settings.unknownAttributes()).isEqualTo(UnknownAttributes.LOG);
        assertThat(settings.cping()).isEqualTo(CpingMode.READY);
        assertThat(settings.strict()).doesNotContain(GrammarRule.HOST).hasSize(GrammarRule.values().length - 1);
        assertThat(settings.allowedRequestAttributesPattern().pattern()).isEqualTo("MY_.*");
        assertThat(settings.toString()).contains("strict=all,-host");
    }

    @Test
    void isNotChangedByItsBuilderAndCanBeBuiltUpon() {
        AjpSettings.Builder builder = builder().packetSize(16384);
        AjpSettings first = builder.build();
        AjpSettings second = first.toBuilder().maxHeaderCount(7).build();
        builder.maxHeaderCount(9).ajpFlush(false);
        assertThat(first.maxHeaderCount()).isEqualTo(100);
        assertThat(first.ajpFlush()).isTrue();
        assertThat(second.maxHeaderCount()).isEqualTo(7);
        assertThat(second.packetSize()).isEqualTo(16384);
    }

    @Test
    void givesSecretsAwayAsCopies() {
        AjpSettings settings = builder().build();
        settings.secrets().get(0)[0] = 'x';
        assertThat(settings.secrets().get(0)).isEqualTo("hush-hush".getBytes(StandardCharsets.UTF_8));
    }

    private static AjpSettings.Builder builder() {
        return AjpSettings.builder().secret("hush-hush");
    }
}
