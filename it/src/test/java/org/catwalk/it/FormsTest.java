package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Lane;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.Tag;

/** Bodies that Tomcat itself reads: parameters, parts, and the request that FORM login keeps until the user has logged in. */
@Scenarios
class FormsTest {

    private static final Pattern SESSION = Pattern.compile("JSESSIONID=([^;]+)");

    private final TestBed bed;
    private final Client client = Client.plain();

    FormsTest(TestBed bed) {
        this.bed = bed;
    }

    @EachLane
    void decodesFormParametersLargerThanAPacket(Lane lane) {
        String large = "\u00e4b ".repeat(30_000);
        Reply reply = client.send(Client.request(bed.at(lane, "/app/echo")).header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
                .POST(BodyPublishers.ofString("large=" + URLEncoder.encode(large, StandardCharsets.UTF_8) + "&last=yes")));
        assertThat(reply.fields().get("parameter.large")).isEqualTo(large);
        assertThat(reply.fields().get("parameter.last")).isEqualTo("yes");
    }

    @EachLane
    @Tag("smoke")
    void splitsMultipartBodies(Lane lane) {
        byte[] large = Payload.bytes(500_000);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--cut\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\nvalue\r\n"
                + "--cut\r\nContent-Disposition: form-data; name=\"large\"; filename=\"large.bin\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(large);
        body.writeBytes("\r\n--cut--\r\n".getBytes(StandardCharsets.US_ASCII));
        Reply reply = client.send(Client.request(bed.at(lane, "/app/multipart"))
                .header("Content-Type", "multipart/form-data; boundary=cut").POST(BodyPublishers.ofByteArray(body.toByteArray())));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.fields().get("parameter.field")).isEqualTo("value");
        assertThat(reply.fields().get("part.large.file")).isEqualTo("large.bin");
        assertThat(reply.fields().get("part.large.checksum")).isEqualTo(Payload.checksum(large.length));
    }

    @EachLane
    @Tag("smoke")
    void replaysThePostThatFormLoginInterrupted(Lane lane) {
        String before = "text=" + "kept%20while%20logging%20in".repeat(100);
        Reply loginPage = client.send(Client.request(bed.at(lane, "/form/secure/echo?q=1"))
                .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(before)));
        assertThat(loginPage.text()).contains("j_security_check");
        String session = session(loginPage);

        Reply loggedIn = client.send(Client.request(bed.at(lane, "/form/j_security_check"))
                .header("Content-Type", "application/x-www-form-urlencoded").header("Cookie", "JSESSIONID=" + session)
                .POST(BodyPublishers.ofString("j_username=" + TomcatInstance.MEMBER + "&j_password=" + TomcatInstance.MEMBER_PASSWORD)));
        assertThat(loggedIn.status()).isIn(302, 303);
        String rotated = session(loggedIn);

        Reply replayed = client.send(Client.request(bed.at(lane, "/form/secure/echo?q=1"))
                .header("Cookie", "JSESSIONID=" + (rotated == null ? session : rotated)));
        assertThat(replayed.status()).isEqualTo(200);
        assertThat(replayed.fields().get("method")).isEqualTo("POST");
        assertThat(replayed.fields().get("queryString")).isEqualTo("q=1");
        assertThat(replayed.fields().get("parameter.text")).isEqualTo("kept while logging in".repeat(100));
        assertThat(replayed.fields().get("remoteUser")).isEqualTo(TomcatInstance.MEMBER);
    }

    private static String session(Reply reply) {
        for (String cookie : reply.headers("set-cookie")) {
            Matcher matcher = SESSION.matcher(cookie);
            if (matcher.find()) {
                return matcher.group(1);
            }
        }
        return null;
    }
}
