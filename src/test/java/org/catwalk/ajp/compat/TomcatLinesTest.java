package org.catwalk.ajp.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.catwalk.ajp.hosts.TomcatHost;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same classes, on the oldest and the newest Tomcat of each supported line. */
class TomcatLinesTest {

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#all")
    void resolvesEveryDifference(TomcatHost host) throws Exception {
        Map<String, Object> answers = host.ask(TomcatProbe.class);

        assertThat(answers)
                .containsEntry("version", host.version())
                .containsEntry("supported", true)
                .containsEntry("warning", "")
                .containsEntry("no method", null)
                .containsEntry("method", "PROPFIND")
                .containsEntry("cleared method", null)
                .containsEntry("no read listener", null)
                .containsEntry("no write listener", null)
                .containsEntry("read listener", true)
                .containsEntry("write listener", true)
                .containsEntry("prefix", host.isJakarta() ? "jakarta.servlet." : "javax.servlet.")
                .containsEntry("tls", tlsAttributeNames(host).toString())
                .containsEntry("connection", host.isJakarta() ? "ajp|" : null)
                .containsEntry("same connection", true)
                .containsEntry("acceptor told", true);
        assertThat((Long) answers.get("age")).as("milliseconds since the request began").isBetween(-5L, 5_000L);
    }

    private static TlsAttributeNames tlsAttributeNames(TomcatHost host) {
        String request = (host.isJakarta() ? "jakarta" : "javax") + ".servlet.request.";
        String ours = "org.apache.tomcat.util.net.secure_protocol_version";
        return new TlsAttributeNames(
                request + "cipher_suite",
                request + "key_size",
                request + "X509Certificate",
                request + "ssl_session_id",
                host.line().equals("11.0")
                        ? List.of(request + "secure_protocol", ours)
                        : List.of(ours));
    }
}
