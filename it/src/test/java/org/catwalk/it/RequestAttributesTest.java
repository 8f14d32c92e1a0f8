package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.TestBed;
import org.junit.jupiter.api.Tag;

/** Request attributes that the front end adds (JkEnvVar, SetEnv AJP_NAME). */
@Scenarios
class RequestAttributesTest {

    private final TestBed bed;
    private final Client client = Client.plain();

    RequestAttributesTest(TestBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    @Tag("smoke")
    void passesOnWhatThePatternAllows(FrontEnd frontEnd) {
        Fields seen = client.get(bed.at(frontEnd, Mount.ATTRIBUTE_ALLOWED, "/app/echo")).fields();
        assertThat(seen.get("attribute.it_allowed")).isEqualTo("from-httpd");
    }

    @EachFrontEnd
    void refusesWhatNobodyHasAllowed(FrontEnd frontEnd) {
        assertThat(client.get(bed.at(frontEnd, Mount.ATTRIBUTE_UNKNOWN, "/app/echo")).status()).isEqualTo(403);
        assertThat(client.get(bed.at(frontEnd, Mount.ATTRIBUTE_ALLOWED, "/app/echo")).status()).isEqualTo(200);
    }
}
