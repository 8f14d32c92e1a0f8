package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.catwalk.ajp.tool.Invocation;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code generate} writes has nothing wrong with it, and {@code doctor} understands all of it. */
class GeneratedPairTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"mod_jk.conf, t1, 8009", "mod_jk.conf, t2, 8010", "mod_proxy_ajp.conf, t1, 8009", "mod_proxy_ajp.conf, t2, 8010"})
    void hasNothingWrongWithIt(String httpdConf, String tomcat, int port) throws IOException {
        Invocation generate = Invocation.of("generate", "--tomcat", "t1=127.0.0.1:8009", "--tomcat", "t2=127.0.0.1:8010", directory.toString());
        assertThat(generate.exitCode()).as(generate.err()).isZero();

        Configuration pair = Configuration.read(null, directory.resolve("httpd/" + httpdConf),
                directory.resolve("tomcat-" + tomcat + "/server.xml"));

        List<Backend> backends = pair.backendsFor("127.0.0.1", port);
        assertThat(backends).hasSize(1);
        assertThat(backends.get(0).balancer()).isNotNull();
        assertThat(backends.get(0).packetSize()).hasValue(65536);
        assertThat(pair.connectorAt(port)).isPresent();
        assertThat(Comparison.of(pair, "127.0.0.1", port)).isEmpty();
    }
}
