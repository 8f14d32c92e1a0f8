package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.PayloadStream;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** mod_proxy_ajp over a Unix domain socket (mod_jk has none). */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class UnixDomainSocketTest {

    @Test
    void servesModProxyAjpAndCleansUp(@TempDir Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path socket = Files.createDirectory(directory.resolve("ajp")).resolve("tomcat.sock");
        Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        ConnectorSpec connector = ConnectorSpec.ajp("socket").with("port", null).with("address", null).with("secret", "s3cret")
                .with("unixDomainSocketPath", socket.toString()).with("unixDomainSocketPathPermissions", "rw-rw-rw-");
        try (TomcatInstance tomcat = TomcatInstance.named("unix-socket").connector(connector).start();
                HttpdInstance httpd = HttpdInstance.named("httpd-unix-socket").virtualHost(
                        VirtualHost.overUnixSocket("socket", socket).withSecret("s3cret")).start()) {
            assertThat(tomcat.log().text()).doesNotContain("SEVERE");
            Client client = Client.plain();
            Reply reply = client.send(Client.request(httpd.uri("socket").resolve("/app/upload"))
                    .POST(Client.sized(100_000, () -> new PayloadStream(100_000))));
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
            assertThat(reply.fields().get("checksum")).isEqualTo(Payload.checksum(100_000));
            assertThat(client.get(httpd.uri("socket").resolve("/app/download?size=100000")).body()).isEqualTo(Payload.bytes(100_000));
        }
        assertThat(Files.exists(socket)).as("socket file after stop").isFalse();
    }
}
