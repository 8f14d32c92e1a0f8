package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Fields;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;

/** A user whom httpd has authenticated, under the three settings that say what Tomcat makes of that. */
@Scenarios
class AuthenticationTest {

    private final TestBed bed;
    private final Client client = Client.plain();

    AuthenticationTest(TestBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    void httpdTurnsStrangersAway(FrontEnd frontEnd) {
        assertThat(client.get(bed.at(frontEnd, Mount.USER_TAKEN_OVER, "/app/echo")).status()).isEqualTo(401);
    }

    @EachFrontEnd
    void ignoresHttpdsUserByDefault(FrontEnd frontEnd) {
        Fields seen = asUser(frontEnd, Mount.USER_IGNORED, "/app/echo").fields();
        assertThat(seen.get("remoteUser")).isNull();
        assertThat(seen.get("principal")).isNull();
        Reply members = asUser(frontEnd, Mount.USER_IGNORED, "/app/members/echo");
        assertThat(members.status()).as("Tomcat does not know httpd's password").isEqualTo(401);
        assertThat(members.header("www-authenticate")).contains("realm=\"tomcat\"");
    }

    @EachFrontEnd
    void takesHttpdsUserOverWithoutRoles(FrontEnd frontEnd) {
        Fields seen = asUser(frontEnd, Mount.USER_TAKEN_OVER, "/app/echo").fields();
        assertThat(seen.get("remoteUser")).isEqualTo(HttpdInstance.USER);
        assertThat(seen.get("principal")).isEqualTo(HttpdInstance.USER);
        assertThat(seen.get("authType")).isEqualTo("Basic");
        assertThat(seen.get("isMember")).isEqualTo("false");
        assertThat(asUser(frontEnd, Mount.USER_TAKEN_OVER, "/app/members/echo").status()).isEqualTo(403);
    }

    @EachFrontEnd
    void takesHttpdsUserOverWithTheRealmsRoles(FrontEnd frontEnd) {
        Reply members = asUser(frontEnd, Mount.USER_AUTHORIZED, "/app/members/echo");
        assertThat(members.status()).isEqualTo(200);
        assertThat(members.fields().get("remoteUser")).isEqualTo(HttpdInstance.USER);
        assertThat(members.fields().get("isMember")).isEqualTo("true");
    }

    private Reply asUser(FrontEnd frontEnd, Mount mount, String path) {
        String credentials = Base64.getEncoder()
                .encodeToString((HttpdInstance.USER + ":" + HttpdInstance.PASSWORD).getBytes(StandardCharsets.US_ASCII));
        return client.send(Client.request(bed.at(frontEnd, mount, path)).header("Authorization", "Basic " + credentials));
    }
}
