package org.catwalk.ajp.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.MarkerFactory;

class JuliServiceProviderTest {

    private static final String NAME = "org.catwalk.ajp.test.Subject";

    private final Logger jdk = Logger.getLogger(NAME);
    private final Recorder recorder = new Recorder();
    private final org.slf4j.Logger logger = LoggerFactory.getLogger(NAME);

    @BeforeEach
    void listen() {
        jdk.setUseParentHandlers(false);
        jdk.setLevel(Level.ALL);
        jdk.addHandler(recorder);
    }

    @AfterEach
    void stopListening() {
        jdk.removeHandler(recorder);
        jdk.setUseParentHandlers(true);
        jdk.setLevel(null);
    }

    @Test
    void isTheProviderThatSlf4jFinds() {
        assertThat(LoggerFactory.getILoggerFactory()).isInstanceOf(ContainerLoggerFactory.class);
        assertThat(logger).isInstanceOf(JdkLogger.class).isSameAs(LoggerFactory.getLogger(NAME));
        assertThat(logger.getName()).isEqualTo(NAME);
    }

    @Test
    void namesLoggerAndSourceAsAnOperatorExpects() {
        logger.info("{} packets of {} bytes", 3, 8192);

        assertThat(recorder.records).singleElement().satisfies(record -> {
            assertThat(record.getLoggerName()).isEqualTo(NAME);
            assertThat(record.getMessage()).isEqualTo("3 packets of 8192 bytes");
            assertThat(record.getLevel()).isEqualTo(Level.INFO);
            assertThat(record.getSourceClassName()).isEqualTo(JuliServiceProviderTest.class.getName());
            assertThat(record.getSourceMethodName()).isEqualTo("namesLoggerAndSourceAsAnOperatorExpects");
            assertThat(record.getParameters()).isNull();
        });
    }

    @Test
    void namesTheSourceOfAFluentCallToo() {
        logger.atWarn().setMessage("slow").addKeyValue("millis", 7).log();

        assertThat(recorder.records).singleElement().satisfies(record -> {
            assertThat(record.getSourceClassName()).isEqualTo(JuliServiceProviderTest.class.getName());
            assertThat(record.getMessage()).contains("slow").contains("millis");
        });
    }

    @Test
    void passesOnTheThrowable() {
        Exception thrown = new Exception("why");

        logger.error("refused {}", "peer", thrown);

        assertThat(recorder.records).singleElement().satisfies(record -> {
            assertThat(record.getThrown()).isSameAs(thrown);
            assertThat(record.getMessage()).isEqualTo("refused peer");
        });
    }

    @ParameterizedTest
    @CsvSource({"FINER, 5", "FINE, 4", "INFO, 3", "WARNING, 2", "SEVERE, 1", "OFF, 0"})
    void mapsLevelsAsJuliDoes(String level, int enabled) {
        jdk.setLevel(Level.parse(level));

        assertThat(List.of(
                                logger.isErrorEnabled(),
                                logger.isWarnEnabled(),
                                logger.isInfoEnabled(),
                                logger.isDebugEnabled(),
                                logger.isTraceEnabled())
                        .stream()
                        .takeWhile(Boolean::booleanValue))
                .hasSize(enabled);
        logger.error("1");
        logger.warn("2");
        logger.info("3");
        logger.debug("4");
        logger.trace("5");
        assertThat(recorder.records).hasSize(enabled);
    }

    @Test
    void ignoresMarkersAndContext() {
        MDC.put("request", "1");

        logger.info(MarkerFactory.getMarker("AUDIT"), "seen");

        assertThat(recorder.records).singleElement().extracting(LogRecord::getMessage).isEqualTo("seen");
        assertThat(MDC.get("request")).isNull();
    }

    @Test
    void asksForLoggersOutsideTheWebApplication() {
        AtomicReference<ClassLoader> seen = new AtomicReference<>();
        ContainerLoggerFactory factory = new ContainerLoggerFactory(name -> {
            seen.set(Thread.currentThread().getContextClassLoader());
            return logger;
        });
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader webApplication = new ClassLoader(before) {};
        thread.setContextClassLoader(webApplication);
        try {
            factory.getLogger("any");
            assertThat(thread.getContextClassLoader()).isSameAs(webApplication);
        } finally {
            thread.setContextClassLoader(before);
        }

        assertThat(seen).hasValue(ContainerLoggerFactory.class.getClassLoader());
    }

    /** The command line: our classes and SLF4J, no Tomcat. */
    @Test
    void fallsBackToJavaUtilLoggingWithoutJuli() throws Exception {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        URL[] path = {locationOf(ContainerLoggerFactory.class), locationOf(LoggerFactory.class)};
        try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            Object alone = loader.loadClass(LoggerFactory.class.getName())
                    .getMethod("getLogger", String.class)
                    .invoke(null, NAME);
            loader.loadClass(org.slf4j.Logger.class.getName())
                    .getMethod("warn", String.class)
                    .invoke(alone, "without Tomcat");
        } finally {
            System.setErr(before);
        }

        assertThat(recorder.records).singleElement().satisfies(record -> {
            assertThat(record.getMessage()).isEqualTo("without Tomcat");
            assertThat(record.getLevel()).isEqualTo(Level.WARNING);
        });
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private static URL locationOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static final class Recorder extends Handler {
        private final List<LogRecord> records = new ArrayList<>();

        @Override
        public void publish(LogRecord record) {
            record.getSourceClassName();
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
