package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.GuardBed;
import org.catwalk.it.harness.GuardMount;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;

/** Several secrets at once, and a file of them that changes under a running Tomcat. */
@Scenarios
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class SecretRotationTest {

    private final GuardBed bed;
    private final Client client = Client.plain();

    SecretRotationTest(GuardBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    void takesTheOldAndTheNewSecretAndShowsWhichWasUsed(FrontEnd frontEnd) {
        List<String> before = uses(frontEnd, GuardMount.SECRET_OLD);
        assertThat(status(frontEnd, GuardMount.SECRET_NEW)).isEqualTo(200);
        assertThat(status(frontEnd, GuardMount.SECRET_NEW)).isEqualTo(200);
        // The positions: secret, then those of secrets in their order.
        assertThat(uses(frontEnd, GuardMount.SECRET_OLD)).hasSize(3);
        assertThat(uses(frontEnd, GuardMount.SECRET_OLD).get(1)).as("the old one").isEqualTo(before.get(1));
        assertThat(uses(frontEnd, GuardMount.SECRET_OLD).get(2)).as("the new one").isNotEqualTo(before.get(2));
        assertThat(status(frontEnd, GuardMount.SECRET_OLD)).isEqualTo(200);
        assertThat(uses(frontEnd, GuardMount.SECRET_OLD).get(1)).startsWith("1 (secrets[1]): used ").doesNotContain("never");
    }

    @EachFrontEnd
    void logsOneLineForWrongAndOneForMissingSecrets(FrontEnd frontEnd) {
        RefusalLines log = RefusalLines.from(bed);
        for (int i = 0; i < 3; i++) {
            assertRefused(frontEnd, GuardMount.SECRET_WRONG);
            assertRefused(frontEnd, GuardMount.SECRET_MISSING);
            assertThat(status(frontEnd, GuardMount.SECRET_NEW)).isEqualTo(200);
        }
        assertThat(log.only("SECRET_WRONG")).contains("workers.properties", "ProxyPass", "secrets");
        assertThat(log.only("SECRET_MISSING")).contains("workers.properties", "ProxyPass");
        assertThat(log.text()).doesNotContain("no-secret-of-ours", "old-secret", "new-secret");
        assertThat(bed.tomcat().accessLog().text()).doesNotContain("-secret");
        assertThat(bed.counter(frontEnd, GuardMount.SECRET_WRONG, "secretWrong")).isEqualTo(6);
        assertThat(bed.counter(frontEnd, GuardMount.SECRET_WRONG, "secretMissing")).isEqualTo(6);
    }

    /** With and without a body, whose first packet the front end sends right behind the request. */
    private void assertRefused(FrontEnd frontEnd, GuardMount mount) {
        String id = Client.newRequestId();
        Reply get = client.send(Client.request(bed.at(frontEnd, mount, "/app/echo")).header("X-Request-Id", id));
        Reply post = client.send(Client.request(bed.at(frontEnd, mount, "/app/upload")).header("X-Request-Id", id)
                .POST(Client.sized(100_000, () -> new PayloadStream(100_000))));
        for (Reply reply : List.of(get, post)) {
            assertThat(reply.status()).as(reply.toString()).isEqualTo(403);
            RefusalPages.assertNamesNoProduct(reply);
        }
        Reply records = client.get(bed.at(frontEnd, GuardMount.SECRET_NEW, "/app/records?id=" + id));
        assertThat(records.fields().get("runs")).isEqualTo("0");
    }

    @EachFrontEnd
    void readsTheSecretFileAgainWhenItChanges(FrontEnd frontEnd) throws Exception {
        RefusalLines log = RefusalLines.from(bed);
        assertThat(status(frontEnd, GuardMount.FILE_FIRST)).isEqualTo(200);
        assertThat(status(frontEnd, GuardMount.FILE_SECOND)).isEqualTo(403);
        Path file = bed.secretFile(frontEnd);

        Files.writeString(file, "# both, while the web servers change over\nfirst-in-file\nsecond-in-file\n");
        awaitStatus(frontEnd, GuardMount.FILE_SECOND, 200);
        assertThat(status(frontEnd, GuardMount.FILE_FIRST)).isEqualTo(200);
        assertThat(uses(frontEnd, GuardMount.FILE_FIRST)).hasSize(3)
                .anyMatch(line -> line.startsWith("1 (secretFile:2): used ")).anyMatch(line -> line.startsWith("2 (secretFile:3): used "));

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(file, "second-in-file\n");
        awaitStatus(frontEnd, GuardMount.FILE_FIRST, 403);
        assertThat(status(frontEnd, GuardMount.FILE_SECOND)).isEqualTo(200);
        assertThat(log.text()).containsOnlyOnce("can be read by others than its owner").doesNotContain("-in-file");
    }

    private void awaitStatus(FrontEnd frontEnd, GuardMount mount, int status) {
        // The file is looked at once a second.
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(status(frontEnd, mount)).isEqualTo(status));
    }

    private int status(FrontEnd frontEnd, GuardMount mount) {
        return client.get(bed.at(frontEnd, mount, "/app/echo")).status();
    }

    private List<String> uses(FrontEnd frontEnd, GuardMount mount) {
        return bed.secretUses(frontEnd, mount);
    }
}
