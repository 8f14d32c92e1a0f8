package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.catwalk.ajp.wire.RequestAttributes;
import org.junit.jupiter.api.Test;

/** A client certificate that has the form of PEM and holds none. */
class UnreadableCertificateTest extends Attack {

    @Override
    protected TestServer.Builder describe(TestServer.Builder builder) {
        return builder.servlet("/certificate", (request, response) -> response.getOutputStream()
                .print("certificate: " + request.getAttribute("javax.servlet.request.X509Certificate")));
    }

    @Test
    void isLeftOutAndSaidInOneLineWithoutAStackTrace() {
        Request request = Request.get("/certificate").secure()
                .attribute(RequestAttributes.SSL_CERT, "-----BEGIN CERTIFICATE-----\nTm90aGluZw==\n-----END CERTIFICATE-----\n");
        try (AjpClient client = server.connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.exchange(request).text()).isEqualTo("certificate: null");
            }
        }
        assertThat(server.log().refusals()).singleElement().asString()
                .contains("CERTIFICATE_IGNORED from 127.0.0.1", "ExportCertData").doesNotContain("Tm90");
        assertThat(server.log().complaints()).isEmpty();
    }
}
