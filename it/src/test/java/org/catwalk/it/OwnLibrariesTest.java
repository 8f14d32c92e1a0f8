package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.LogFile;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A web application with an SLF4J and a Logback of its own, which knows nothing of the SLF4J in the connector's jar. */
@Tag("smoke")
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class OwnLibrariesTest {

    /** JSPs, since they compile against either servlet API. */
    private static final String LOGGING = """
            <%@ page contentType="text/plain" trimDirectiveWhitespaces="true" import="java.util.*, org.slf4j.*, org.slf4j.spi.*" %>
            <%
              LoggerFactory.getLogger("shop").info("order {} taken", request.getParameter("order"));
              out.println(LoggerFactory.getILoggerFactory().getClass().getName());
              out.println(new java.io.File(LoggerFactory.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getName());
              for (SLF4JServiceProvider provider : ServiceLoader.load(SLF4JServiceProvider.class)) {
                out.println(provider.getClass().getName());
              }
            %>
            """;

    private static final String LEAK = """
            <%@ page contentType="text/plain" %><%
              Thread thread = new Thread("left-behind") {
                public void run() { try { Thread.sleep(600_000); } catch (InterruptedException e) { } }
              };
              thread.setDaemon(true);
              thread.start();
            %>
            """;

    private static final String LOGBACK = """
            <configuration>
              <appender name="shop" class="ch.qos.logback.core.FileAppender">
                <file>${catalina.base}/logs/shop.log</file>
                <encoder><pattern>%level %logger %msg%n</pattern></encoder>
              </appender>
              <root level="info"><appender-ref ref="shop"/></root>
            </configuration>
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static TomcatInstance tomcat;
    private static HttpdInstance httpd;

    private final Client client = Client.plain();

    @BeforeAll
    static void start() throws IOException {
        tomcat = TomcatInstance.named("own-libraries").application("shop", application("shop")).application("leaky", application("leaky"))
                .connector(ConnectorSpec.ajp("ajp").with("secret", "s3cret")).start();
        httpd = HttpdInstance.named("httpd-own-libraries")
                .virtualHost(VirtualHost.to("ajp", FrontEnd.MOD_JK, tomcat.port("ajp")).withSecret("s3cret")).start();
    }

    private static Path application(String name) throws IOException {
        Path application = ItDirectory.empty("instances/application-" + name);
        ItDirectory.write(application.resolve("logging.jsp"), LOGGING);
        ItDirectory.write(application.resolve("leak.jsp"), LEAK);
        ItDirectory.write(application.resolve("WEB-INF/classes/logback.xml"), LOGBACK);
        Path libraries = Files.createDirectories(application.resolve("WEB-INF/lib"));
        try (Stream<Path> jars = Files.list(ItDirectory.root().resolve("libraries"))) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, libraries.resolve(jar.getFileName()));
            }
        }
        return application;
    }

    @AfterAll
    static void stop() {
        httpd.close();
        tomcat.close();
    }

    @Test
    void logsWithItsOwnLogbackAndSurvivesReloads() {
        LogFile.Mark log = tomcat.log().mark();
        for (int i = 0; i < 3; i++) {
            assertThat(client.get(httpd.uri("ajp").resolve("/shop/logging.jsp?order=" + i)).text().lines()).containsExactly(
                    "ch.qos.logback.classic.LoggerContext", slf4j(), "ch.qos.logback.classic.spi.LogbackServiceProvider");
            assertThat(shopLog()).endsWith("INFO shop order " + i + " taken");
            reload("shop");
        }

        assertThat(reloadedAndStillThere()).as("what Tomcat finds in its memory").doesNotContain("/shop");
        // What Logback tells of itself, and Tomcat of leaks, would both be here.
        assertThat(log.lines()).filteredOn(line -> line.contains("WARN") || line.contains("SEVERE") || line.contains("SLF4J")).isEmpty();
        assertThat(shopLog()).as("lines of the application only").hasSize(3);
    }

    /** So that silence means something. */
    @Test
    void tomcatLooksForLeaks() {
        assertThat(client.get(httpd.uri("ajp").resolve("/leaky/leak.jsp")).status()).isEqualTo(200);
        LogFile.Mark log = tomcat.log().mark();
        reload("leaky");

        assertThat(log.linesOnce(PATIENCE, line -> line.contains("left-behind"))).anyMatch(line -> line.contains("[left-behind]"));
        assertThat(reloadedAndStillThere()).contains("/leaky");
    }

    private static String slf4j() {
        try (Stream<Path> jars = Files.list(ItDirectory.root().resolve("libraries"))) {
            return jars.map(jar -> jar.getFileName().toString()).filter(name -> name.startsWith("slf4j-api-")).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> shopLog() {
        return new LogFile(tomcat.log().path().resolveSibling("shop.log")).text().lines().toList();
    }

    private static void reload(String name) {
        ObjectName module = tomcat.jmx().only("Catalina:j2eeType=WebModule,name=//localhost/" + name + ",*");
        tomcat.jmx().invoke(module, "reload");
    }

    private static String[] reloadedAndStillThere() {
        return (String[]) tomcat.jmx().invoke(tomcat.jmx().only("Catalina:type=Host,*"), "findReloadedContextMemoryLeaks");
    }
}
