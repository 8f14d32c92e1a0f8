package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;

/** Request targets, from the ordinary to what only old or odd clients send. */
@Scenarios
class PathsTest {

    private final TestBed bed;
    private final Client client = Client.plain();

    PathsTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void refusesEncodedSlashesUnlessToldOtherwise(Lane lane) {
        assertThat(client.get(bed.at(lane, "/app/echo/a%2Fb")).status()).isEqualTo(400);
    }

    @EachFrontEnd
    void passesEncodedSlashesOnWhereTheConnectorIsToldTo(FrontEnd frontEnd) {
        Fields seen = client.get(bed.at(frontEnd, Mount.ENCODED_SLASHES, "/app/echo/a%2Fb")).fields();
        assertThat(seen.get("requestUri")).isEqualTo("/app/echo/a%2Fb");
        assertThat(seen.get("pathInfo")).isEqualTo("/a%2Fb");
    }

    @EachLane
    void passesUnusualQueryCharactersOn(Lane lane) throws Exception {
        // Tomcat's HTTP connector refuses some of these; over AJP the front end has already decided.
        String query = "a=%22%3C&b=[]|^`{}\"<>~!$'()*,;:@/?";
        URI host = bed.at(lane, "/app/echo");
        try (RawConnection connection = RawConnection.to(host)) {
            Reply reply = connection.request("GET", "/app/echo?" + query, host).readReply();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.fields().get("queryString")).isEqualTo(query);
        }
    }

    @EachLane
    void passesRawBytesInTheQueryOn(Lane lane) throws Exception {
        String rawUtf8 = new String("q=\u00e4\u20ac".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        URI host = bed.at(lane, "/app/echo");
        try (RawConnection connection = RawConnection.to(host)) {
            Fields seen = connection.request("GET", "/app/echo?" + rawUtf8, host).readReply().fields();
            assertThat(seen.get("parameter.q")).isEqualTo("\u00e4\u20ac");
        }
    }

    @EachLane
    void understandsAbsoluteRequestTargets(Lane lane) throws Exception {
        URI host = bed.at(lane, "/app/echo");
        try (RawConnection connection = RawConnection.to(host)) {
            Fields seen = connection.request("GET", host + "/absolute?x=1", host).readReply().fields();
            assertThat(seen.get("pathInfo")).isEqualTo("/absolute");
            assertThat(seen.get("queryString")).isEqualTo("x=1");
        }
    }

    @EachLane
    void answersUnknownPathsWith404(Lane lane) {
        assertThat(client.get(bed.at(lane, "/app/nothing-here")).status()).isEqualTo(404);
        assertThat(client.get(bed.at(lane, "/no-such-application")).status()).isEqualTo(404);
    }

    @EachLane
    void keepsPathParametersAndSessionIds(Lane lane) {
        Fields seen = client.get(bed.at(lane, "/app/echo/x;v=1/y;jsessionid=ABC?q=1")).fields();
        assertThat(seen.get("requestUri")).isEqualTo("/app/echo/x;v=1/y;jsessionid=ABC");
        assertThat(seen.get("pathInfo")).isEqualTo("/x/y");
    }
}
