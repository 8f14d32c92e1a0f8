package org.catwalk.ajp.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.catwalk.ajp.serving.ServletMatrixTest;
import org.catwalk.ajp.serving.VirtualThreadsTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The servlet matrix on the ends of every supported line of Tomcat, each in a JVM of its own.
 *
 * <p>By itself on this JDK, and the newest of each line on the newest JDK. {@code -Dmatrix.only} is a regular expression for the names of
 * the cells to run. With {@code -Dmatrix=full} on every JDK that is installed, and beside the servlet matrix all other tests of the running
 * connector; see {@code it/matrix}. Then what came of them goes to {@code target/matrix/embedded.tsv}: Tomcat, JDK, outcome, number of
 * tests; a row that is there already stays if its cell was not run. Which JDKs there are goes to {@code jdks.tsv}: version, home.
 */
class HostMatrixTest {

    private static final boolean FULL = "full".equals(System.getProperty("matrix"));
    private static final Pattern ONLY = Pattern.compile(System.getProperty("matrix.only", "."));
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;
    private static final Path DIRECTORY = Path.of("target", "matrix");

    static Stream<Cell> cells() {
        return planned().filter(cell -> ONLY.matcher(cell.toString()).find());
    }

    private static Stream<Cell> planned() {
        List<TomcatHost> hosts = TomcatHost.ends().toList();
        if (FULL) {
            return Jdk.installed().stream().flatMap(jdk -> hosts.stream().map(host -> new Cell(host, jdk)));
        }
        Map<String, TomcatHost> newest = new TreeMap<>();
        hosts.forEach(host -> newest.put(host.line(), host));
        return Stream.concat(hosts.stream().map(host -> new Cell(host, Jdk.current())),
                newest.values().stream().map(host -> new Cell(host, Jdk.newest()))).distinct();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("cells")
    void servesAsOnTheTomcatThatItWasCompiledAgainst(Cell cell) throws IOException {
        Cell.Result result = cell.run(FULL ? List.of(ServletMatrixTest.class.getPackageName())
                : List.of(ServletMatrixTest.class.getName(), VirtualThreadsTest.class.getName()));
        if (FULL) {
            write(cell, result);
        }

        assertThat(result.isPassed()).as("%s:%n%s", cell, result.output()).isTrue();
        if (cell.jdk().feature() >= FIRST_WITH_VIRTUAL_THREADS) {
            assertThat(result.passed()).as("tests passed in %s", cell).contains("VirtualThreadsTest.pinsNoCarrierThread()");
        }
    }

    /** Says so where there is none, instead of passing. */
    @Test
    void virtualThreadsAreTestedOnANewerJdk() {
        assumeThat(Jdk.newest().feature())
                .as("No JDK from %d on is installed beside %s, so virtual threads were not tested", FIRST_WITH_VIRTUAL_THREADS, Jdk.current().home())
                .isGreaterThanOrEqualTo(FIRST_WITH_VIRTUAL_THREADS);

        assertThat(planned().map(Cell::jdk)).contains(Jdk.newest());
    }

    private static void write(Cell cell, Cell.Result result) throws IOException {
        Path table = DIRECTORY.resolve("embedded.tsv");
        String key = cell.host().version() + "\t" + cell.jdk().version() + "\t";
        List<String> rows = new ArrayList<>(Files.exists(table) ? Files.readAllLines(table) : List.of());
        rows.removeIf(row -> row.startsWith(key));
        rows.add(key + (result.isPassed() ? "passed" : "failed") + "\t" + result.passed().size());
        Files.write(table, rows);
    }

    @AfterAll
    static void writeTheJdks() throws IOException {
        Files.createDirectories(DIRECTORY);
        Files.write(DIRECTORY.resolve("jdks.tsv"), Jdk.installed().stream().map(jdk -> jdk.version() + "\t" + jdk.home()).toList());
    }
}
