package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.junit.jupiter.api.Tag;

/** Every method reaches the servlet under its own name: those with a code in AJP, and those that travel as text. */
@Scenarios
class MethodsTest {

    private static final String[] HTTP = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
    private static final String[] WEB_DAV = {"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL", "REPORT",
        "VERSION-CONTROL", "CHECKIN", "CHECKOUT", "UNCHECKOUT", "SEARCH", "MKWORKSPACE", "UPDATE", "LABEL", "MERGE",
        "BASELINE-CONTROL", "MKACTIVITY"};
    private static final String[] ARBITRARY = {"FROB", "M-SEARCH", "lowercase", "A-VERY-LONG-METHOD-THAT-NOBODY-HAS-HEARD-OF"};

    private final TestBed bed;

    MethodsTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    @Tag("smoke")
    void carriesHttpMethods(Lane lane) throws Exception {
        assertEchoed(lane, HTTP);
    }

    @EachLane
    void carriesWebDavMethods(Lane lane) throws Exception {
        assertEchoed(lane, WEB_DAV);
    }

    @EachLane
    void carriesArbitraryMethods(Lane lane) throws Exception {
        assertEchoed(lane, ARBITRARY);
    }

    private void assertEchoed(Lane lane, String[] methods) throws Exception {
        URI uri = bed.at(lane, "/app/echo/method");
        try (RawConnection connection = RawConnection.to(uri)) {
            for (String method : methods) {
                Reply reply = connection.request(method, uri, "Content-Length: 0").readReply();
                assertThat(reply.status()).as(method).isEqualTo(200);
                assertThat(reply.fields().get("method")).isEqualTo(method);
            }
        }
    }

    @EachLane
    @Tag("smoke")
    void answersHeadWithoutBody(Lane lane) throws Exception {
        URI uri = bed.at(lane, "/app/download?size=5000&length=true");
        try (RawConnection connection = RawConnection.to(uri)) {
            Reply head = connection.request("HEAD", uri).readReply(true);
            assertThat(head.status()).isEqualTo(200);
            if (head.header("content-length") != null) {
                // mod_proxy_ajp drops it; where it is passed on it must be that of the GET.
                assertThat(head.header("content-length")).isEqualTo("5000");
            }
            assertThat(connection.request("GET", uri).readReply().body()).hasSize(5000);
        }
    }

    @EachLane
    void keepsTheConnectionInStepAfterResponsesWithoutBody(Lane lane) throws Exception {
        URI echo = bed.at(lane, "/app/echo");
        try (RawConnection connection = RawConnection.to(echo)) {
            for (int status : new int[] {204, 205, 304}) {
                URI uri = bed.at(lane, "/app/fail?how=status&status=" + status);
                Reply reply = connection.request("GET", uri).readReply();
                assertThat(reply.status()).isEqualTo(status);
                assertThat(reply.body()).isEmpty();
                assertThat(connection.request("GET", echo).readReply().fields().get("method")).isEqualTo("GET");
            }
        }
    }

    @EachLane
    void answersOptionsForTheWholeServletWithAllow(Lane lane) {
        Reply reply = Client.plain().send(Client.request(bed.at(lane, "/app/records"))
                .method("OPTIONS", java.net.http.HttpRequest.BodyPublishers.noBody()));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("allow")).contains("GET", "HEAD", "OPTIONS");
    }
}
