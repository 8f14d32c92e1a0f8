package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.junit.jupiter.api.Tag;

/** What the client says arrives at the servlet as it was said. */
@Scenarios
class RequestEchoTest {

    private final TestBed bed;
    private final Client client = Client.plain();

    RequestEchoTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    @Tag("smoke")
    void carriesHeadersCookiesAndQuery(Lane lane) {
        URI uri = bed.at(lane, "/app/echo/some/path?a=1&b=two%20words&a=3");
        Fields seen = client.send(Client.request(uri).header("X-Custom", "first").header("X-Custom", "second")
                .header("Accept", "text/x-odd").header("Cookie", "one=1; two=second")).fields();
        assertThat(seen.get("method")).isEqualTo("GET");
        assertThat(seen.get("requestUri")).isEqualTo("/app/echo/some/path");
        assertThat(seen.get("pathInfo")).isEqualTo("/some/path");
        assertThat(seen.get("queryString")).isEqualTo("a=1&b=two%20words&a=3");
        assertThat(seen.all("parameter.a")).containsExactly("1", "3");
        assertThat(seen.all("parameter.b")).containsExactly("two words");
        assertThat(String.join(",", seen.all("header.x-custom")).replace(" ", "")).isEqualTo("first,second");
        assertThat(seen.get("header.accept")).isEqualTo("text/x-odd");
        assertThat(seen.get("cookie.one")).isEqualTo("1");
        assertThat(seen.get("cookie.two")).isEqualTo("second");
        assertThat(seen.get("protocol")).isEqualTo("HTTP/1.1");
    }

    @EachLane
    void tellsBothEndsOfTheClientsConnection(Lane lane) {
        URI uri = bed.at(lane, "/app/echo");
        Fields seen = client.get(uri).fields();
        assertThat(seen.get("scheme")).isEqualTo("http");
        assertThat(seen.get("secure")).isEqualTo("false");
        assertThat(seen.get("serverName")).isEqualTo("localhost");
        assertThat(seen.get("serverPort")).isEqualTo(Integer.toString(uri.getPort()));
        assertThat(seen.get("remoteAddr")).isEqualTo("127.0.0.1");
        assertThat(seen.get("localAddr")).isEqualTo("127.0.0.1");
        assertThat(seen.get("localPort")).isEqualTo(Integer.toString(uri.getPort()));
        assertThat(Integer.parseInt(seen.get("remotePort"))).isPositive().isNotEqualTo(uri.getPort());
    }

    @EachLane
    void carriesPathsInUtf8(Lane lane) {
        Fields seen = client.get(bed.at(lane, "/app/echo/%C3%A4%E2%82%AC/x%20y%2By?q=%C3%A4")).fields();
        assertThat(seen.get("pathInfo")).isEqualTo("/ä€/x y+y");
        assertThat(seen.get("parameter.q")).isEqualTo("ä");
    }

    @EachLane
    void carriesHeaderValuesInLatin1(Lane lane) throws Exception {
        URI uri = bed.at(lane, "/app/echo");
        try (RawConnection connection = RawConnection.to(uri)) {
            Reply reply = connection.request("GET", uri, "X-Latin: gr\u00fc\u00df dich").readReply();
            assertThat(reply.fields().get("header.x-latin")).isEqualTo("gr\u00fc\u00df dich");
        }
    }

    @EachLane
    @Tag("smoke")
    void decodesFormParameters(Lane lane) {
        Reply reply = client.send(Client.request(bed.at(lane, "/app/echo?a=query"))
                .header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
                .POST(BodyPublishers.ofString("a=form&b=%C3%A4+b")));
        assertThat(reply.fields().all("parameter.a")).containsExactly("query", "form");
        assertThat(reply.fields().get("parameter.b")).isEqualTo("ä b");
    }
}
