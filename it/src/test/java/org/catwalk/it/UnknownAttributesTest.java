package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.GuardBed;
import org.catwalk.it.harness.GuardMount;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;

/** A request attribute that the web server's administrator sends (JkEnvVar, SetEnv AJP_NAME) and what the connector makes of it. */
@Scenarios
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class UnknownAttributesTest {

    private final GuardBed bed;
    private final Client client = Client.plain();

    UnknownAttributesTest(GuardBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    void refusesByDefaultAndSaysWhichAttribute(FrontEnd frontEnd) {
        RefusalLines log = RefusalLines.from(bed);
        for (int i = 0; i < 3; i++) {
            assertRefused(client.get(bed.at(frontEnd, GuardMount.ATTRIBUTE_REJECTED, "/app/echo")));
            assertRefused(client.send(Client.request(bed.at(frontEnd, GuardMount.ATTRIBUTE_REJECTED, "/app/upload"))
                    .POST(Client.sized(50_000, () -> new PayloadStream(50_000)))));
        }
        assertThat(log.only("ATTRIBUTE_NOT_ALLOWED")).contains("COLOUR", "allowedRequestAttributes", "JkEnvVar", "SetEnv")
                .doesNotContain("blue");
        assertThat(bed.counter(frontEnd, GuardMount.ATTRIBUTE_REJECTED, "attributeNotAllowed")).isEqualTo(6);
    }

    private static void assertRefused(Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(403);
        RefusalPages.assertNamesNoProduct(reply);
    }

    @EachFrontEnd
    void ignoresInSilence(FrontEnd frontEnd) {
        RefusalLines log = RefusalLines.from(bed);
        assertThat(colour(frontEnd, GuardMount.ATTRIBUTE_IGNORED)).isNull();
        assertThat(colour(frontEnd, GuardMount.ATTRIBUTE_IGNORED)).isNull();
        log.assertNone();
        assertThat(bed.counter(frontEnd, GuardMount.ATTRIBUTE_IGNORED, "attributesIgnored")).isEqualTo(2);
    }

    @EachFrontEnd
    void ignoresAndLogsOneLine(FrontEnd frontEnd) {
        RefusalLines log = RefusalLines.from(bed);
        for (int i = 0; i < 3; i++) {
            assertThat(colour(frontEnd, GuardMount.ATTRIBUTE_LOGGED)).isNull();
        }
        assertThat(log.only("ATTRIBUTE_IGNORED")).contains("COLOUR", "allowedRequestAttributes").doesNotContain("blue");
    }

    @EachFrontEnd
    void handsOnWhatIsListedOrMatched(FrontEnd frontEnd) {
        RefusalLines log = RefusalLines.from(bed);
        assertThat(colour(frontEnd, GuardMount.ATTRIBUTE_LISTED)).isEqualTo("blue");
        assertThat(colour(frontEnd, GuardMount.ATTRIBUTE_MATCHED)).isEqualTo("blue");
        log.assertNone();
    }

    /** What the application sees; the request must succeed. */
    private String colour(FrontEnd frontEnd, GuardMount mount) {
        Reply reply = client.get(bed.at(frontEnd, mount, "/app/echo?attribute=COLOUR"));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply.fields().get("attribute.COLOUR");
    }
}
