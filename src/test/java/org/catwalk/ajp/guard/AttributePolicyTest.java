package org.catwalk.ajp.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.guard.AttributePolicy.Verdict;
import org.catwalk.ajp.wire.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributePolicyTest {

    @ParameterizedTest
    @ValueSource(strings = {"AJP_REMOTE_PORT", "AJP_LOCAL_ADDR", "AJP_SSL_PROTOCOL", "JK_LB_ACTIVATION", "javax.servlet.request.cipher_suite",
            "javax.servlet.request.key_size", "javax.servlet.request.ssl_session", "javax.servlet.request.X509Certificate",
            "jakarta.servlet.request.cipher_suite", "jakarta.servlet.request.key_size", "jakarta.servlet.request.ssl_session",
            "jakarta.servlet.request.X509Certificate", "jakarta.servlet.request.secure_protocol", "CERT_ISSUER", "CERT_SUBJECT", "CERT_COOKIE",
            "HTTPS_SERVER_SUBJECT", "CERT_FLAGS", "HTTPS_SECRETKEYSIZE", "CERT_SERIALNUMBER", "HTTPS_SERVER_ISSUER", "HTTPS_KEYSIZE"})
    void acceptsWhatTheStockConnectorAccepts(String name) {
        assertThat(verdict(builder -> builder, name)).isEqualTo(Verdict.ACCEPT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ajp_remote_port", "AJP_REMOTE_PORT ", "JK_LB_ACTIVATIO", "javax.servlet.request.secure_protocol",
            "javax.servlet.include.request_uri", "org.apache.catalina.jsp_file", "javax.servlet.request.x509certificate"})
    void rejectsEverythingElse(String name) {
        assertThat(verdict(builder -> builder, name)).isEqualTo(Verdict.REJECT);
    }

    @Test
    void matchesThePatternAsAWhole() {
        UnaryOperator<AjpSettings.Builder> pattern = builder -> builder.allowedRequestAttributesPattern("MY_.*|SSL_CLIENT_S_DN");
        assertThat(verdict(pattern, "MY_OWN")).isEqualTo(Verdict.ACCEPT);
        assertThat(verdict(pattern, "SSL_CLIENT_S_DN")).isEqualTo(Verdict.ACCEPT);
        assertThat(verdict(pattern, "SSL_CLIENT_S_DN_CN")).isEqualTo(Verdict.REJECT);
        assertThat(verdict(pattern, "NOT_MY_OWN")).isEqualTo(Verdict.REJECT);
    }

    @Test
    void matchesPlainNamesExactlyBesideThePattern() {
        UnaryOperator<AjpSettings.Builder> names = builder -> builder.allowedRequestAttributes("a.b, C*").allowedRequestAttributesPattern("MY_.*");
        assertThat(verdict(names, "a.b")).isEqualTo(Verdict.ACCEPT);
        assertThat(verdict(names, "C*")).isEqualTo(Verdict.ACCEPT);
        assertThat(verdict(names, "MY_X")).isEqualTo(Verdict.ACCEPT);
        assertThat(verdict(names, "axb")).isEqualTo(Verdict.REJECT);
        assertThat(verdict(names, "CC")).isEqualTo(Verdict.REJECT);
    }

    @Test
    void treatsTheRestAsTold() {
        assertThat(verdict(builder -> builder.unknownAttributes("ignore"), "X")).isEqualTo(Verdict.IGNORE);
        assertThat(verdict(builder -> builder.unknownAttributes("log"), "X")).isEqualTo(Verdict.LOG);
        assertThat(verdict(builder -> builder.unknownAttributes("log").allowedRequestAttributesPattern("Y"), "X")).isEqualTo(Verdict.LOG);
    }

    @Test
    void remembersABoundedNumberOfNamesAndStaysRight() {
        AttributePolicy policy = policy(builder -> builder.allowedRequestAttributesPattern("[0-9]*[02468]"));
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 4 * AttributePolicy.MAX_REMEMBERED; i++) {
                assertThat(policy.verdict(span("" + i))).isEqualTo(i % 2 == 0 ? Verdict.ACCEPT : Verdict.REJECT);
            }
        }
        assertThat(policy.verdict(span("JK_LB_ACTIVATION"))).isEqualTo(Verdict.ACCEPT);
    }

    private static Verdict verdict(UnaryOperator<AjpSettings.Builder> settings, String name) {
        return policy(settings).verdict(span(name));
    }

    private static AttributePolicy policy(UnaryOperator<AjpSettings.Builder> settings) {
        return new AttributePolicy(settings.apply(AjpSettings.builder().secretRequired(false)).build());
    }

    private static Span span(String text) {
        byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.ISO_8859_1);
        return new Span().wrap(bytes, 1, bytes.length - 2);
    }
}
