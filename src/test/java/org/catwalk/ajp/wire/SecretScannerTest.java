package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretScannerTest {

    private final SecretScanner scanner = new SecretScanner();

    @ParameterizedTest
    @ValueSource(strings = {"mod_jk-secret", "mod_proxy_ajp-secret"})
    void findsTheSecretOfRealFrontEnds(String fixture) throws AjpException {
        scan(HexFixture.load(fixture).forwardRequests().get(0));

        assertThat(scanner.secretCount()).isOne();
        assertThat(scanner.secret().equalsAscii("capture-secret")).isTrue();
    }

    @Test
    void findsNoneWhereThereIsNone() throws AjpException {
        scan(HexFixture.load("mod_jk-get").forwardRequests().get(0));

        assertThat(scanner.secretCount()).isZero();
        assertThat(scanner.secret().isNull()).isTrue();
    }

    @Test
    void countsSecretsAndKeepsTheFirst() throws AjpException {
        scan(requestWithSecrets("first", "second"));

        assertThat(scanner.secretCount()).isEqualTo(2);
        assertThat(scanner.secret()).hasToString("first");
    }

    @Test
    void countsANullSecretAndDoesNotLetTheSecondTakeItsPlace() throws AjpException {
        scan(requestWithSecrets(null, "second"));

        assertThat(scanner.secretCount()).isEqualTo(2);
        assertThat(scanner.secret().isNull()).isTrue();
    }

    @Test
    void doesNotTakeAnAttributeOfThatNameForTheSecret() throws AjpException {
        ForwardRequestWriter writer = new ForwardRequestWriter();
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        begin(writer.wrap(buffer)).requestAttribute("secret", "forged").end();
        scan(payload(buffer));

        assertThat(scanner.secretCount()).isZero();
    }

    @Test
    void forgetsTheSecretOfThePacketBefore() throws AjpException {
        scan(requestWithSecrets("first"));
        scan(requestWithSecrets());

        assertThat(scanner.secretCount()).isZero();
        assertThat(scanner.secret().isNull()).isTrue();
    }

    @Test
    void hasNoSecretToOfferFromAMalformedPacket() throws AjpException {
        byte[] request = requestWithSecrets("right");
        byte[] trailing = java.util.Arrays.copyOf(request, request.length + 1);

        assertThatExceptionOfType(AjpException.class).isThrownBy(() -> scan(trailing));
        assertThat(scanner.secretCount()).isZero();
        assertThat(scanner.secret().isNull()).isTrue();
    }

    private void scan(byte[] payload) throws AjpException {
        scanner.scan(payload, 0, payload.length);
    }

    private static byte[] requestWithSecrets(String... secrets) {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        ForwardRequestWriter writer = begin(new ForwardRequestWriter().wrap(buffer));
        for (String secret : secrets) {
            writer.attribute(RequestAttributes.SECRET, secret);
        }
        writer.end();
        return payload(buffer);
    }

    private static ForwardRequestWriter begin(ForwardRequestWriter writer) {
        return writer.begin(2, "HTTP/1.1", "/", "127.0.0.1", null, "localhost", 80, false);
    }

    private static byte[] payload(ByteBuffer buffer) {
        return HexFixture.payload(java.util.Arrays.copyOf(buffer.array(), buffer.position()));
    }
}
