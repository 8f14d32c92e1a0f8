package org.catwalk.ajp.hosts;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * One cell of the support matrix: tests of ours in a JVM of their own, with a Tomcat that they were not compiled against. Our classes are
 * there as they are; the tests are turned to {@code jakarta.servlet} where the host has that.
 *
 * @param host the Tomcat
 * @param jdk  what it runs on
 */
record Cell(TomcatHost host, Jdk jdk) {

    private static final Path CONVERTED = Path.of("target", "hosts", "test-classes-jakarta");
    private static final long LIMIT_MINUTES = 10;
    private static final String PASSED = "Passed: ";

    /**
     * What came of it.
     *
     * @param passed the tests that have, as "Class.method()"
     */
    record Result(boolean isPassed, List<String> passed, String output) {}

    /**
     * Runs tests and waits for their end.
     *
     * @param tests names of classes or of packages
     */
    Result run(List<String> tests) {
        Path output = Path.of("target", "matrix", (host + " " + jdk + ".log").replace(' ', '-').toLowerCase(Locale.ROOT));
        try {
            Files.createDirectories(output.getParent());
            Process process = new ProcessBuilder(command(tests))
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly();
            }
            String said = Files.readString(output);
            List<String> passed = said.lines().filter(line -> line.startsWith(PASSED)).map(line -> line.substring(PASSED.length())).toList();
            return new Result(ended && process.exitValue() == 0, passed, ended ? said : said + "\nNot ended within " + LIMIT_MINUTES + " minutes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private List<String> command(List<String> tests) {
        List<String> command = new ArrayList<>(List.of(jdk.java().toString(),
                "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8",
                // One carrier for all virtual threads: whoever blocks it is noticed.
                "-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1", "-cp", classPath()));
        // As Tomcat's own scripts do.
        for (String opened : List.of("java.base/java.lang", "java.base/java.io", "java.rmi/sun.rmi.transport")) {
            command.add(1, "--add-opens=" + opened + "=ALL-UNNAMED");
        }
        command.add(Cell.class.getName());
        command.addAll(tests);
        return command;
    }

    /** That of this JVM, but for Tomcat and what Tomcat brings along. */
    private String classPath() {
        Path testClasses = Path.of(TomcatHost.locationOf(Cell.class.getName()).getPath());
        List<String> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String name = Path.of(entry).getFileName().toString();
            if (Files.exists(Path.of(entry)) && Path.of(entry).toAbsolutePath().equals(testClasses.toAbsolutePath())) {
                path.add(host.isJakarta() ? converted(testClasses).toString() : entry);
            } else if (!name.startsWith("tomcat-embed-core") && !name.startsWith("jakarta.servlet-api")) {
                path.add(entry);
            }
        }
        path.add(host.jar().toAbsolutePath().toString());
        if (host.isJakarta()) {
            path.add(TomcatHost.jakartaAnnotations().toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, path);
    }

    private static synchronized Path converted(Path testClasses) {
        if (!Conversion.done) {
            JakartaClasses.convert(testClasses, CONVERTED);
            Conversion.done = true;
        }
        return CONVERTED.toAbsolutePath();
    }

    private static final class Conversion {
        private static boolean done;
    }

    @Override
    public String toString() {
        return host + ", embedded, on " + jdk;
    }

    /** In the JVM of the cell. Ends with exit code 0 if all tests have passed. */
    public static void main(String[] tests) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        TestExecutionListener names = new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
                    System.out.println(PASSED + nameOf(test));
                }
            }
        };
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Stream.of(tests).map(Cell::selector).toList())
                .configurationParameter("junit.jupiter.execution.timeout.default", "2m")
                .build();
        LauncherFactory.create().execute(request, listener, names);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true), 30);
        boolean passed = summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0;
        // Not by returning: a thread that a test left behind would keep the JVM.
        Runtime.getRuntime().halt(passed ? 0 : 1);
    }

    private static String nameOf(TestIdentifier test) {
        return test.getSource().filter(MethodSource.class::isInstance).map(MethodSource.class::cast)
                .map(method -> method.getJavaClass().getSimpleName() + "." + method.getMethodName() + "()").orElse(test.getDisplayName());
    }

    private static DiscoverySelector selector(String test) {
        String simpleName = test.substring(test.lastIndexOf('.') + 1);
        return Character.isUpperCase(simpleName.charAt(0)) ? selectClass(test) : selectPackage(test);
    }
}
