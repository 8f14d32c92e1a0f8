package org.catwalk.ajp.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.catwalk.ajp.serving.ServletMatrixTest;
import org.catwalk.ajp.serving.VirtualThreadsTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The servlet matrix on the ends of every supported line of Tomcat, each in a JVM of its own.
 *
 * <p>By itself on this JDK, and the newest of each line on the newest JDK. With {@code -Dmatrix=full} on every JDK that is installed, and
 * beside the servlet matrix all other tests of the running connector; see {@code it/matrix}. What was run goes to
 * {@code target/matrix/embedded.tsv}: Tomcat, JDK, outcome, number of tests; which JDKs there are to {@code jdks.tsv}: version, home.
 */
class HostMatrixTest {

    private static final boolean FULL = "full".equals(System.getProperty("matrix"));
    private static final Path DIRECTORY = Path.of("target", "matrix");
    private static final List<String> ROWS = new ArrayList<>();

    static Stream<Cell> cells() {
        List<TomcatHost> hosts = TomcatHost.ends().toList();
        if (FULL) {
            return Jdk.installed().stream().flatMap(jdk -> hosts.stream().map(host -> new Cell(host, jdk)));
        }
        Map<String, TomcatHost> newest = new TreeMap<>();
        hosts.forEach(host -> newest.put(host.line(), host));
        return Stream.concat(hosts.stream().map(host -> new Cell(host, Jdk.current())),
                newest.values().stream().map(host -> new Cell(host, Jdk.newest()))).distinct();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void servesAsOnTheTomcatThatItWasCompiledAgainst(Cell cell) {
        Cell.Result result = cell.run(FULL ? List.of(ServletMatrixTest.class.getPackageName())
                : List.of(ServletMatrixTest.class.getName(), VirtualThreadsTest.class.getName()));
        ROWS.add(String.join("\t", cell.host().version(), cell.jdk().version(), result.isPassed() ? "passed" : "failed",
                Integer.toString(result.tests())));

        assertThat(result.isPassed()).as("%s:%n%s", cell, result.output()).isTrue();
    }

    @AfterAll
    static void writeTheTable() throws IOException {
        Files.createDirectories(DIRECTORY);
        Files.write(DIRECTORY.resolve("embedded.tsv"), ROWS);
        Files.write(DIRECTORY.resolve("jdks.tsv"), Jdk.installed().stream().map(jdk -> jdk.version() + "\t" + jdk.home()).toList());
    }
}
