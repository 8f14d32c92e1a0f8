package org.catwalk.ajp.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults that javac does not see, since it compiles against the oldest Tomcat, planted and then looked for by the gates of
 * {@link LinkageTest}. They are not made up: each of these differences exists between two releases that we support.
 */
class PlantedFaultsTest {

    @TempDir
    private Path directory;

    /** Deprecated in Tomcat 10.1, gone in 11. */
    @Test
    void aMethodThatIsMissingOnSomeTomcats() throws IOException {
        Path planted = compile("Marking", """
                package org.catwalk.ajp.planted;
                class Marking {
                    void mark(org.apache.coyote.Request request) { request.setStartTime(0); }
                }
                """);

        assertThat(TomcatHost.all()).filteredOn(host -> !LinkageTest.problems(host, planted).isEmpty())
                .extracting(TomcatHost::line).containsOnly("11.0");
        assertThat(LinkageTest.problems(newest(), planted))
                .containsExactly("org/catwalk/ajp/planted/Marking needs the missing org/apache/coyote/Request.setStartTime(J)V");
    }

    /** The newest release of each line has it return a boolean: there this is a method that nobody calls, and everything links. */
    @Test
    void anOverrideThatIsDeadOnSomeTomcats() throws IOException {
        Path planted = compile("Reading", """
                package org.catwalk.ajp.planted;
                abstract class Reading extends org.apache.coyote.AbstractProcessor {
                    Reading() { super(null); }
                    @Override protected void dispatchNonBlockingRead() {}
                }
                """);
        Set<String> alive = LinkageTest.overridingOnSome(planted).get("planted/Reading.dispatchNonBlockingRead()V");

        assertThat(alive).contains("9.0.90", "10.1.25", "11.0.0").doesNotContain("9.0.123", "10.1.61", "11.0.27");
    }

    /** The name of one servlet API in code that has to serve both. */
    @Test
    void aSlipOfJavaxWhereJakartaIsMeant() throws IOException {
        Path planted = compile("Casting", """
                package org.catwalk.ajp.planted;
                class Casting {
                    boolean isRequest(Object some) { return some instanceof javax.servlet.http.HttpServletRequest; }
                }
                """);

        assertThat(TomcatHost.all()).allSatisfy(host -> assertThat(LinkageTest.problems(host, planted)).as(host.toString()).hasSize(host.isJakarta() ? 1 : 0));
        assertThat(LinkageTest.problems(newest(), planted))
                .containsExactly("org/catwalk/ajp/planted/Casting needs the missing type javax/servlet/http/HttpServletRequest");
    }

    @Test
    void aSlipOfJakartaWhereJavaxIsMeant() throws IOException {
        Path planted = compile("Casting", """
                package org.catwalk.ajp.planted;
                class Casting {
                    boolean isRequest(Object some) { return some instanceof jakarta.servlet.http.HttpServletRequest; }
                }
                """);

        assertThat(TomcatHost.all()).allSatisfy(host -> assertThat(LinkageTest.problems(host, planted)).as(host.toString()).hasSize(host.isJakarta() ? 0 : 1));
    }

    private static TomcatHost newest() {
        List<TomcatHost> hosts = TomcatHost.all().toList();
        return hosts.get(hosts.size() - 1);
    }

    /** As the build compiles our own sources. @return the directory with the class */
    private Path compile(String name, String source) throws IOException {
        Path classes = Files.createDirectory(directory.resolve("classes"));
        Path file = Files.writeString(directory.resolve(name + ".java"), source);
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null,
                "-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-nowarn", file.toString());
        assertThat(result).as("exit code of javac").isZero();
        return classes;
    }
}
