package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.SystemCalls;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a small GET through mod_jk costs Tomcat: one write and at most two reads. Runs where perf may count. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.ONE_WRITE_PER_RESPONSE)
class SystemCallsTest {

    private static final int REQUESTS = 1000;
    private static final List<String> WRITES = List.of("write", "writev", "sendto", "sendmsg");
    private static final List<String> READS = List.of("read", "readv", "recvfrom", "recvmsg");

    @Test
    void answersASmallGetWithOneWriteAfterAtMostTwoReads(@TempDir Path directory) throws Exception {
        assumeThat(SystemCalls.canBeCounted(directory)).as("perf may count system calls").isTrue();
        try (TomcatInstance tomcat = TomcatInstance.named("system-calls").withoutAccessLog()
                .connector(ConnectorSpec.ajp("ajp").with("secret", "s3cret")).start();
                HttpdInstance httpd = HttpdInstance.named("httpd-system-calls").virtualHost(
                        VirtualHost.to("one", FrontEnd.MOD_JK, tomcat.port("ajp")).withSecret("s3cret").withConnections(1)).start()) {
            URI uri = httpd.uri("one").resolve("/app/download?size=100&length=true");
            request(uri);
            Map<String, Long> counted = SystemCalls.count(tomcat.pid(), directory,
                    Stream.concat(WRITES.stream(), READS.stream()).toList(), () -> request(uri));
            // The whole process is counted: a selector that is woken on a busy machine adds some, a second write a response adds 1.0.
            assertThat(perRequest(counted, WRITES)).as("writes in %s", counted).isBetween(1.0, 1.5);
            assertThat(perRequest(counted, READS)).as("reads in %s", counted).isBetween(1.0, 2.1);
        }
    }

    private static double perRequest(Map<String, Long> counted, List<String> calls) {
        return calls.stream().mapToLong(counted::get).sum() / (double) REQUESTS;
    }

    private static void request(URI uri) {
        try (RawConnection connection = RawConnection.to(uri)) {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(connection.request("GET", uri).readReply().body()).hasSize(100);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
