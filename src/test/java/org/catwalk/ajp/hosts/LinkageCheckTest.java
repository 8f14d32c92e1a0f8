package org.catwalk.ajp.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate itself: a client compiled against one version of a host, then checked against another. */
class LinkageCheckTest {

    private static final String CLIENT = """
            package client;
            import host.*;
            public class Client extends Base implements Listener {
                @Override protected void hook() { helper(); }
                @Override protected String covariant() { return "" + Constants.limit() + new Part().size(); }
                @Override public void onEvent(Object event) {
                    Runnable later = Part::announce;
                    if (event instanceof Part part) { part.count = 1; }
                }
            }
            """;

    private static final String BASE = """
            package host;
            public abstract class Base {
                protected void hook() {}
                protected Object covariant() { return null; }
                protected void helper() {}
            }
            """;
    private static final String LISTENER = """
            package host;
            public interface Listener { void onEvent(Object event); }
            """;
    private static final String PART = """
            package host;
            public class Part {
                public int count;
                public int size() { return count; }
                public static void announce() {}
            }
            """;
    private static final String CONSTANTS = """
            package host;
            public class Constants { public static int limit() { return 1; } }
            """;

    @TempDir
    private Path directory;

    private Path client;

    @BeforeEach
    void compileTheClientAgainstTheOriginal() throws IOException {
        Path original = compile("original", List.of(), BASE, LISTENER, PART, CONSTANTS);
        client = compile("client", List.of(original), CLIENT);
    }

    @Test
    void findsNothingWhereNothingHasChanged() throws IOException {
        assertThat(problems(BASE, LISTENER, PART, CONSTANTS)).isEmpty();
    }

    @Test
    void findsAMissingType() throws IOException {
        assertThat(problems(BASE, LISTENER, CONSTANTS)).contains("client/Client needs the missing type host/Part");
        assertThat(problems(LISTENER, PART, CONSTANTS)).contains("client/Client needs the missing type host/Base");
    }

    @Test
    void findsAMissingMethod() throws IOException {
        assertThat(problems(BASE, LISTENER, PART.replace("size()", "length()"), CONSTANTS))
                .containsExactly("client/Client needs the missing host/Part.size()I");
    }

    @Test
    void findsAMissingMethodBehindAMethodReference() throws IOException {
        assertThat(problems(BASE, LISTENER, PART.replace("announce()", "tell()"), CONSTANTS))
                .containsExactly("client/Client needs the missing host/Part.announce()V");
    }

    @Test
    void findsAChangedReturnType() throws IOException {
        assertThat(problems(BASE, LISTENER, PART.replace("public int size()", "public long size()"), CONSTANTS))
                .containsExactly("client/Client needs the missing host/Part.size()I");
    }

    @Test
    void findsAMissingField() throws IOException {
        assertThat(problems(BASE, LISTENER, PART.replace("public int count", "public long count").replace("return count", "return 1"), CONSTANTS))
                .containsExactly("client/Client needs the missing host/Part.count:I");
    }

    @Test
    void findsAMethodThatIsNoLongerAccessible() throws IOException {
        assertThat(problems(BASE.replace("protected void helper", "void helper"), LISTENER, PART, CONSTANTS))
                .containsExactly("client/Client needs client/Client.helper()V, which is package-private");
        assertThat(problems(BASE, LISTENER, PART.replace("public int size", "private int size"), CONSTANTS))
                .containsExactly("client/Client needs host/Part.size()I, which is private");
    }

    @Test
    void findsAClassThatIsNoLongerPublic() throws IOException {
        assertThat(problems(BASE, LISTENER, PART, CONSTANTS.replace("public class", "class")))
                .containsExactly("client/Client needs host/Constants, which is not public");
    }

    @Test
    void findsAMethodThatIsNoLongerStatic() throws IOException {
        assertThat(problems(BASE, LISTENER, PART, CONSTANTS.replace("static int", "int")))
                .containsExactly("client/Client needs host/Constants.limit()I to be static");
    }

    @Test
    void findsAFinalMethodOverridden() throws IOException {
        assertThat(problems(BASE.replace("protected void hook", "protected final void hook"), LISTENER, PART, CONSTANTS))
                .containsExactly("client/Client overrides the final method host/Base.hook()V");
    }

    @Test
    void findsAFinalClassExtended() throws IOException {
        assertThat(problems(BASE.replace("abstract class", "final class"), LISTENER, PART, CONSTANTS))
                .containsExactly("client/Client extends the final class host/Base");
    }

    @Test
    void findsAnAbstractMethodThatIsNew() throws IOException {
        assertThat(problems(BASE.replace("protected void helper", "protected abstract long added(); protected void helper"),
                        LISTENER, PART, CONSTANTS))
                .containsExactly("client/Client does not implement host/Base.added()J");
        assertThat(problems(BASE, LISTENER.replace("{ ", "{ default void calm() {} void fresh(); "), PART, CONSTANTS))
                .containsExactly("client/Client does not implement host/Listener.fresh()V");
    }

    @Test
    void seesEveryOverrideWithCovariantOnes() throws IOException {
        assertThat(overrides(BASE, LISTENER, PART, CONSTANTS))
                .containsExactly(
                        "client/Client.covariant()Ljava/lang/String;",
                        "client/Client.hook()V",
                        "client/Client.onEvent(Ljava/lang/Object;)V");
    }

    @Test
    void seesAnOverrideThatStoppedOverriding() throws IOException {
        assertThat(overrides(BASE.replace("protected void hook() {}", "protected boolean hook() { return true; }"), LISTENER, PART, CONSTANTS))
                .doesNotContain("client/Client.hook()V")
                .contains("client/Client.covariant()Ljava/lang/String;");
        assertThat(overrides(BASE.replace("protected Object covariant", "protected Number covariant"), LISTENER, PART, CONSTANTS))
                .containsExactly("client/Client.hook()V", "client/Client.onEvent(Ljava/lang/Object;)V");
        assertThat(overrides(BASE.replace("protected void hook", "void hook"), LISTENER, PART, CONSTANTS))
                .doesNotContain("client/Client.hook()V");
    }

    private Set<String> problems(String... host) throws IOException {
        try (ClassWorld world = new ClassWorld(client, List.of(compile("host" + Arrays.hashCode(host), List.of(), host)))) {
            return LinkageCheck.problems(world);
        }
    }

    private Set<String> overrides(String... host) throws IOException {
        try (ClassWorld world = new ClassWorld(client, List.of(compile("host" + Arrays.hashCode(host), List.of(), host)))) {
            return Overrides.of(world, name -> name.startsWith("host/"));
        }
    }

    private Path compile(String name, List<Path> classPath, String... sources) throws IOException {
        Path target = Files.createDirectories(directory.resolve(name));
        Path sourceDirectory = Files.createDirectories(directory.resolve(name + "-sources"));
        String path = classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        List<String> arguments = new ArrayList<>(List.of("-d", target.toString(), "-cp", path));
        for (String source : sources) {
            String type = source.replaceFirst("(?s).*?(?:class|interface) (\\w+).*", "$1");
            arguments.add(Files.writeString(sourceDirectory.resolve(type + ".java"), source).toString());
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(result).as("exit code of javac").isZero();
        return target;
    }
}
