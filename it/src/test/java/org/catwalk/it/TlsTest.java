package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.catwalk.it.harness.Certificates;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.TestBed;
import org.junit.jupiter.api.Tag;

/** Real TLS between the client and httpd; what httpd knows of it reaches the application with the types of the Servlet API. */
@Scenarios
class TlsTest {

    private final TestBed bed;

    TlsTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    @Tag("smoke")
    void carriesTheClientsCertificate(Lane lane) {
        Fields seen = Client.tls(bed.httpd().certificates().clientWithCertificate()).get(tls(lane)).fields();
        assertThat(seen.get("certificate.0")).isEqualTo("CN=" + Certificates.CLIENT_NAME);
        if (lane.isModJk()) {
            // mod_jk is told to forward the chain; mod_proxy_ajp cannot.
            assertThat(seen.get("certificates")).isEqualTo("3");
            assertThat(seen.get("certificate.1")).isEqualTo("CN=" + Certificates.INTERMEDIATE_NAME);
        } else {
            assertThat(seen.get("certificates")).isEqualTo("1");
        }
    }

    @EachLane
    @Tag("smoke")
    void carriesCipherAndKeySize(Lane lane) {
        URI uri = tls(lane);
        Fields seen = Client.tls(bed.httpd().certificates().clientWithoutCertificate()).get(uri).fields();
        assertThat(seen.get("secure")).isEqualTo("true");
        assertThat(seen.get("scheme")).isEqualTo("https");
        assertThat(seen.get("serverPort")).isEqualTo(Integer.toString(uri.getPort()));
        assertThat(seen.get("cipher")).contains("AES").contains("SHA");
        assertThat(seen.get("cipher.type")).isEqualTo("java.lang.String");
        assertThat(Integer.parseInt(seen.get("keySize"))).isIn(128, 256);
        assertThat(seen.get("keySize.type")).isEqualTo("java.lang.Integer");
        assertThat(seen.get("protocol")).as(seen.toString()).startsWith("TLSv1.");
        assertThat(seen.get("certificates")).isNull();
    }

    private URI tls(Lane lane) {
        return bed.at(lane.frontEnd(), lane.tlsMount(), "/app/tls");
    }
}
