package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.tomcat.util.IntrospectionUtils;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** What an operator reads when the connector starts, and when it does not. */
class StartTest {

    @Test
    void saysInOneEntryWhatStartedWhereAndHow() {
        try (TestServer server = TestServer.with().attribute("secret", "Sesame-0815").attribute("packetSize", "16384").start()) {
            assertThat(server.log().all()).filteredOn(line -> line.contains("Catwalk AJP")).singleElement().asString()
                    .matches("(?s)INFO org\\.catwalk\\.ajp\\.AjpProtocol Catwalk AJP \\d+\\.\\d+\\.\\d+\\S* on Tomcat \\d+\\.\\d+\\.\\d+\\S*, Java "
                            + System.getProperty("java.version") + ", listening on 127\\.0\\.0\\.1, port " + server.port() + "\n.*")
                    .contains("secrets: 1 from secret,").contains("threads: maxThreads=200").contains("max_packet_size=16384")
                    .doesNotContain("Sesame");
        }
    }

    @Test
    void warnsOfNothingWhenTheConfigurationIsSound() {
        try (TestServer server = TestServer.with().attribute("secret", "Sesame-0815").attribute("drainTimeout", "5000").start()) {
            assertThat(server.log().all()).noneMatch(line -> line.startsWith("WARNING"));
        }
    }

    @Test
    void warnsInTheLogOfWhatWillNotWork() {
        try (TestServer server = TestServer.with().attribute("maxConnections", "100").attribute("keepAliveTimeout", "5000").start()) {
            assertThat(server.log().all()).filteredOn(line -> line.startsWith("WARNING org.catwalk.ajp.StartReport ")).hasSize(2).anyMatch(line -> line.contains("maxConnections=\"100\""))
                    .anyMatch(line -> line.contains("keepAliveTimeout=\"5000\""));
        }
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void refusesVirtualThreadsWhereThereAreNone() {
        AjpProtocol protocol = new AjpProtocol();
        IntrospectionUtils.setProperty(protocol, "useVirtualThreads", "true");
        protocol.setSecretRequired(false);
        protocol.setPort(0);

        assertThatThrownBy(protocol::init).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("useVirtualThreads").hasMessageContaining("this is Java " + Runtime.version().feature())
                .hasMessageContaining("Java 21");
    }
}
