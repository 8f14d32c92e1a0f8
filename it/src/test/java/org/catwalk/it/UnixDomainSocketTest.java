package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.LogFile;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** mod_proxy_ajp over a Unix domain socket (mod_jk has none). */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class UnixDomainSocketTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Path socket;

    @BeforeEach
    void chooseThePath(@TempDir Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        socket = Files.createDirectory(directory.resolve("ajp")).resolve("tomcat.sock");
        Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private TomcatInstance tomcat(String name, String permissions) {
        return TomcatInstance.named(name).connector(ConnectorSpec.ajp("socket").with("port", null).with("address", null)
                .with("secret", "s3cret").with("unixDomainSocketPath", socket.toString())
                .with("unixDomainSocketPathPermissions", permissions)).start();
    }

    private HttpdInstance httpd() {
        return HttpdInstance.named("httpd-unix-socket")
                .virtualHost(VirtualHost.overUnixSocket("socket", socket).withSecret("s3cret").withProxyPassParameters("retry=0")).start();
    }

    private static Reply echo(HttpdInstance httpd) {
        return Client.plain().get(httpd.uri("socket").resolve("/app/echo"));
    }

    private String permissions() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(socket));
    }

    @Test
    void servesModProxyAjpAndCleansUp() throws Exception {
        try (TomcatInstance tomcat = tomcat("unix-socket", "rw-rw-rw-"); HttpdInstance httpd = httpd()) {
            assertThat(tomcat.log().text()).doesNotContain("SEVERE");
            assertThat(permissions()).isEqualTo("rw-rw-rw-");
            Client client = Client.plain();
            Reply reply = client.send(Client.request(httpd.uri("socket").resolve("/app/upload"))
                    .POST(Client.sized(100_000, () -> new PayloadStream(100_000))));
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
            assertThat(reply.fields().get("checksum")).isEqualTo(Payload.checksum(100_000));
            assertThat(client.get(httpd.uri("socket").resolve("/app/download?size=100000")).body()).isEqualTo(Payload.bytes(100_000));
        }
        assertThat(Files.exists(socket)).as("socket file after stop").isFalse();
    }

    @Test
    void replacesTheSocketFileOfAKilledTomcat() {
        try (HttpdInstance httpd = httpd()) {
            tomcat("unix-socket-killed", "rw-rw-rw-").kill();
            assertThat(socket).as("socket file after SIGKILL").exists();
            assertThat(echo(httpd).status()).isEqualTo(503);

            try (TomcatInstance tomcat = tomcat("unix-socket-after", "rw-rw-rw-")) {
                assertThat(tomcat.log().text()).doesNotContain("SEVERE");
                assertThat(echo(httpd).status()).isEqualTo(200);
            }
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void leavesTheSocketOfARunningTomcatAlone() {
        try (TomcatInstance first = tomcat("unix-socket-first", "rw-rw-rw-"); HttpdInstance httpd = httpd()) {
            try (TomcatInstance second = tomcat("unix-socket-second", "rw-rw-rw-")) {
                assertThat(second.log().text()).contains("unixDomainSocketPath " + socket + " is in use by another process");
            }
            assertThat(echo(httpd).status()).as("from the first, after the second has gone").isEqualTo(200);
            assertThat(first.isAlive()).isTrue();
        }
    }

    /** httpd's children are not root, even if it was started by root. */
    @Test
    void admitsOnlyWhomThePermissionsAdmit() throws IOException {
        assumeThat(System.getProperty("user.name")).as("Only root's httpd runs as somebody else than Tomcat").isEqualTo("root");
        try (TomcatInstance tomcat = tomcat("unix-socket-private", "rw-------"); HttpdInstance httpd = httpd()) {
            assertThat(permissions()).isEqualTo("rw-------");
            LogFile.Mark log = httpd.errorLog().mark();
            assertThat(echo(httpd).status()).isEqualTo(503);
            assertThat(log.linesOnce(PATIENCE, line -> line.contains("Permission denied"))).anyMatch(line -> line.contains(socket.toString()));

            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            assertThat(echo(httpd).status()).isEqualTo(200);
            assertThat(tomcat.isAlive()).isTrue();
        }
    }
}
