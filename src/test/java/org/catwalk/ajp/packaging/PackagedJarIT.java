package org.catwalk.ajp.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.apache.juli.logging.LogFactory;
import org.catwalk.ajp.packaging.webapp.RecordingProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The drop-in jar as it is published: what is in it, what others can see of it, whom it logs to. */
class PackagedJarIT {

    private static final Path JAR = Path.of(Objects.requireNonNull(
            System.getProperty("catwalk.jar"), "catwalk.jar is not set: run this test by `mvn verify`, which packages the jar first"));

    private static final String RELOCATED = "org.catwalk.ajp.relocated.slf4j.";
    private static final String LOGGER = "org.catwalk.ajp.packaging.Subject";

    /** Class file version of Java 17. */
    private static final int JAVA_17 = 61;

    private final Logger jdk = Logger.getLogger(LOGGER);
    private final Recorder recorder = new Recorder();

    @TempDir
    private Path webApplication;

    @BeforeEach
    void listen() {
        jdk.setUseParentHandlers(false);
        jdk.setLevel(Level.ALL);
        jdk.addHandler(recorder);
    }

    @AfterEach
    void stopListening() {
        jdk.removeHandler(recorder);
    }

    @Test
    void showsNothingButOurPackage() throws IOException {
        assertThat(entries(JAR))
                .allMatch(name -> name.startsWith("org/catwalk/ajp/")
                        || Set.of(
                                        "META-INF/MANIFEST.MF",
                                        "META-INF/LICENSE",
                                        "META-INF/NOTICE",
                                        "META-INF/versions/9/org/catwalk/ajp/AjpProtocol.class",
                                        "META-INF/versions/17/org/catwalk/ajp/AjpProtocol.class",
                                        "META-INF/services/org.catwalk.ajp.relocated.slf4j.spi.SLF4JServiceProvider")
                                .contains(name))
                .contains("META-INF/LICENSE", "META-INF/NOTICE", "org/catwalk/ajp/relocated/slf4j/Logger.class")
                .doesNotHaveDuplicates()
                .noneMatch(name -> name.endsWith("module-info.class"))
                .noneMatch(name -> name.endsWith("Test.class") || name.endsWith("IT.class"));
    }

    @Test
    void namesSlf4jByItsRelocatedNameOnly() throws IOException {
        Pattern visible = Pattern.compile("(?<!relocated/)org/slf4j/");
        for (String name : classes()) {
            assertThat(visible.matcher(new String(read(name), StandardCharsets.ISO_8859_1)).find())
                    .as("%s refers to the SLF4J of the application", name)
                    .isFalse();
        }
    }

    @Test
    void namesPicocliByItsRelocatedNameOnly() throws IOException {
        Pattern visible = Pattern.compile("(?<![/.\\w])picocli/");
        for (String name : classes()) {
            assertThat(visible.matcher(new String(read(name), StandardCharsets.ISO_8859_1).replaceAll("relocated/picocli/", "")).find())
                    .as("%s refers to a picocli that others could bring along", name)
                    .isFalse();
        }
    }

    @Test
    void holdsClassesOfJava17AtMost() throws IOException {
        for (String name : classes()) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(read(name)))) {
                in.readInt();
                in.readUnsignedShort();
                assertThat(in.readUnsignedShort()).as("class file version of %s", name).isLessThanOrEqualTo(JAVA_17);
            }
        }
    }

    /** Tomcat 9.0 and 10.1 run on older ones too. */
    @ParameterizedTest
    @ValueSource(strings = {"9", "11", "16"})
    void tellsAnOlderJavaWhichOnesWillDo(String java) throws Exception {
        byte[] found = protocolAsFoundBy(java);
        assertThat(found[7]).as("class file version, 53 is Java 9").isEqualTo((byte) 53);

        Class<?> protocol = new ClassLoader(ClassLoader.getPlatformClassLoader()) {
            Class<?> define() {
                return defineClass("org.catwalk.ajp.AjpProtocol", found, 0, found.length);
            }
        }.define();
        assertThatThrownBy(() -> protocol.getConstructor().newInstance()).hasRootCauseMessage("The AJP connector cannot run on this Java: found "
                + "version " + System.getProperty("java.version") + ", supported are 17 and later. Run Tomcat on one of them (JAVA_HOME or "
                + "JRE_HOME), or set protocol=\"AJP/1.3\" on the Connector to use Tomcat's own.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "17", "21", "25"})
    void hasTheConnectorForEveryOther(String java) throws IOException {
        // As somebody finds it who does not know of versions in a jar.
        assertThat(protocolAsFoundBy(java)).isEqualTo(read("org/catwalk/ajp/AjpProtocol.class")).hasSizeGreaterThan(10_000);
    }

    private static byte[] protocolAsFoundBy(String java) throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile(), false, ZipFile.OPEN_READ, Runtime.Version.parse(java));
                InputStream in = jar.getInputStream(jar.getJarEntry("org/catwalk/ajp/AjpProtocol.class"))) {
            return in.readAllBytes();
        }
    }

    @Test
    void tellsModuleNameAndVersion() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertThat(manifest.getValue("Automatic-Module-Name")).isEqualTo("org.catwalk.ajp");
            assertThat(manifest.getValue("Implementation-Version")).isEqualTo(System.getProperty("catwalk.version"));
            assertThat(manifest.getValue("Implementation-Title")).isEqualTo("Catwalk AJP");
            assertThat(manifest.getValue("Class-Path")).isNull();
            assertThat(manifest.getValue("Main-Class")).isEqualTo("org.catwalk.ajp.tool.Main");
        }
    }

    @Test
    void carriesTheLicencesOfAllThatIsInIt() throws IOException {
        assertThat(new String(read("META-INF/LICENSE"), StandardCharsets.UTF_8)).contains("Apache License").contains("Version 2.0");
        assertThat(new String(read("META-INF/NOTICE"), StandardCharsets.UTF_8)).contains("QOS.ch").contains("MIT").contains("picocli");
    }

    @Test
    void comesWithSourcesAndDocumentation() throws IOException {
        assertThat(entries(beside("-sources"))).contains("org/catwalk/ajp/compat/Tomcat.java");
        assertThat(entries(beside("-javadoc"))).contains("index.html", "org/catwalk/ajp/compat/Tomcat.html");
    }

    @Test
    void logsToJuliAndPrintsNothingAtStart() throws Exception {
        try (URLClassLoader tomcat = tomcatLib()) {
            assertThat(printedBy(() -> {
                        log(tomcat, RELOCATED, "ready");
                        return null;
                    }))
                    .isEmpty();
            assertThat(factory(tomcat, RELOCATED)).startsWith("org.catwalk.ajp.logging.");
        }
        assertThat(recorder.messages()).containsExactly(LOGGER + " INFO ready");
    }

    @Test
    void keepsItsSlf4jToItself() throws Exception {
        try (URLClassLoader tomcat = tomcatLib()) {
            assertThat(tomcat.getResource("org/slf4j/Logger.class")).isNull();
            assertThat(tomcat.getResource("META-INF/services/org.slf4j.spi.SLF4JServiceProvider")).isNull();
        }
    }

    @Test
    void isUndisturbedByTheSlf4jOfAWebApplication() throws Exception {
        try (URLClassLoader tomcat = tomcatLib();
                URLClassLoader application = application(tomcat)) {
            assertThat(printedBy(() -> {
                        log(application, "org.slf4j.", "from the application");
                        log(tomcat, RELOCATED, "from the connector");
                        return null;
                    }))
                    .isEmpty();

            assertThat(factory(application, "org.slf4j.")).startsWith(RecordingProvider.class.getName());
            assertThat(application.loadClass(RecordingProvider.class.getName()).getField("MESSAGES").get(null))
                    .isEqualTo(List.of(LOGGER + ": from the application"));
        }
        assertThat(recorder.messages()).containsExactly(LOGGER + " INFO from the connector");
    }

    @Test
    void isUndisturbedByTheSystemPropertiesOfAnotherSlf4j() throws Exception {
        System.setProperty("slf4j.provider", "com.example.NoSuchProvider");
        System.setProperty("slf4j.internal.verbosity", "DEBUG");
        try (URLClassLoader tomcat = tomcatLib()) {
            assertThat(printedBy(() -> {
                        log(tomcat, RELOCATED, "ready");
                        return null;
                    }))
                    .isEmpty();
        } finally {
            System.clearProperty("slf4j.provider");
            System.clearProperty("slf4j.internal.verbosity");
        }
        assertThat(recorder.messages()).containsExactly(LOGGER + " INFO ready");
    }

    /** Tomcat's lib/ directory after installation: the jar beside Tomcat's own. */
    private static URLClassLoader tomcatLib() throws IOException {
        return new URLClassLoader(
                new URL[] {JAR.toUri().toURL(), locationOf(LogFactory.class)}, ClassLoader.getPlatformClassLoader());
    }

    /** A web application with an SLF4J and a provider of its own, which it prefers as Tomcat's class loaders do. */
    private URLClassLoader application(ClassLoader tomcat) throws IOException {
        String packagePath = RecordingProvider.class.getPackageName().replace('.', '/');
        Path classes = Files.createDirectories(webApplication.resolve(packagePath));
        try (Stream<Path> compiled = Files.list(Path.of(locationOf(RecordingProvider.class).getPath()).resolve(packagePath))) {
            for (Path file : compiled.toList()) {
                Files.copy(file, classes.resolve(file.getFileName()));
            }
        }
        Path services = Files.createDirectories(webApplication.resolve("META-INF/services"));
        Files.writeString(services.resolve("org.slf4j.spi.SLF4JServiceProvider"), RecordingProvider.class.getName());
        URL[] path = {webApplication.toUri().toURL(), locationOf(org.slf4j.Logger.class)};
        return new ChildFirstLoader(path, tomcat);
    }

    private static URL locationOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static void log(ClassLoader loader, String slf4j, String message) throws ReflectiveOperationException {
        Object logger = loader.loadClass(slf4j + "LoggerFactory").getMethod("getLogger", String.class).invoke(null, LOGGER);
        loader.loadClass(slf4j + "Logger").getMethod("info", String.class).invoke(logger, message);
    }

    private static String factory(ClassLoader loader, String slf4j) throws ReflectiveOperationException {
        return loader.loadClass(slf4j + "LoggerFactory").getMethod("getILoggerFactory").invoke(null).getClass().getName();
    }

    private static String printedBy(Callable<Void> action) throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream catcher = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(catcher);
        System.setErr(catcher);
        try {
            action.call();
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static Path beside(String classifier) {
        return JAR.resolveSibling(JAR.getFileName().toString().replace(".jar", classifier + ".jar"));
    }

    private static List<String> entries(Path jarFile) throws IOException {
        try (JarFile jar = new JarFile(jarFile.toFile())) {
            return jar.stream()
                    .filter(Predicate.not(JarEntry::isDirectory))
                    .map(JarEntry::getName)
                    .toList();
        }
    }

    private static Set<String> classes() throws IOException {
        Set<String> classes = new TreeSet<>(entries(JAR));
        classes.removeIf(name -> !name.endsWith(".class"));
        return classes;
    }

    private static byte[] read(String name) throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile());
                InputStream in = jar.getInputStream(jar.getJarEntry(name))) {
            return in.readAllBytes();
        }
    }

    /** As Tomcat's class loader for web applications: its own classes before those of its parent, the JDK's before both. */
    private static final class ChildFirstLoader extends URLClassLoader {

        ChildFirstLoader(URL[] path, ClassLoader parent) {
            super(path, parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                if (name.startsWith("java.")) {
                    return super.loadClass(name, resolve);
                }
                try {
                    return findClass(name);
                } catch (ClassNotFoundException notOurs) {
                    return super.loadClass(name, resolve);
                }
            }
        }
    }

    private static final class Recorder extends Handler {
        private final List<LogRecord> records = new ArrayList<>();

        List<String> messages() {
            return records.stream()
                    .map(record -> record.getLoggerName() + " " + record.getLevel() + " " + record.getMessage())
                    .toList();
        }

        @Override
        public void publish(LogRecord record) {
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
