package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.logging.Level;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.catwalk.ajp.hosts.LogCapture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attributes that are changed in JMX while the connector runs. */
class JmxChangesTest {

    @TempDir
    private Path base;

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Tomcat tomcat = new Tomcat();
    private LogCapture log;
    private ObjectName protocol;

    @BeforeEach
    void start() throws Exception {
        log = LogCapture.of("org", Level.INFO);
        tomcat.setBaseDir(base.toString());
        tomcat.getHost();
        Connector connector = new Connector(AjpProtocol.class.getName());
        connector.setPort(0);
        connector.setProperty("secret", "first");
        tomcat.getService().addConnector(connector);
        tomcat.start();
        assertThat(connector.getState()).as(() -> log.lines().toString()).isEqualTo(LifecycleState.STARTED);
        protocol = ((AjpProtocol) connector.getProtocolHandler()).getObjectName();
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        log.close();
    }

    @Test
    void countAtOnce() throws Exception {
        server.setAttribute(protocol, new Attribute("unknownAttributes", "ignore"));
        server.setAttribute(protocol, new Attribute("packetTimeout", 5_000L));
        server.setAttribute(protocol, new Attribute("packetSize", 16_384));
        server.setAttribute(protocol, new Attribute("connectionTimeout", 7_000));

        assertThat(server.getAttribute(protocol, "unknownAttributes")).isEqualTo("ignore");
        assertThat(server.getAttribute(protocol, "packetTimeout")).isEqualTo(5_000L);
        assertThat(server.getAttribute(protocol, "desiredBufferSize")).isEqualTo(16_384 - 8);
        assertThat(server.getAttribute(protocol, "writeTimeout")).isEqualTo(7_000L);
    }

    @Test
    void areRefusedWithTheRangeAndChangeNothingIfTheyAreNotLegal() throws Exception {
        assertThatThrownBy(() -> server.setAttribute(protocol, new Attribute("packetSize", 70_000))).rootCause()
                .hasMessageContaining("packetSize=\"70000\"").hasMessageContaining("65536");
        assertThatThrownBy(() -> server.setAttribute(protocol, new Attribute("cping", "asleep"))).rootCause()
                .hasMessageContaining("alive or ready");

        assertThat(server.getAttribute(protocol, "packetSize")).isEqualTo(8_192);
        assertThat(server.getAttribute(protocol, "cping")).isEqualTo("alive");
        server.setAttribute(protocol, new Attribute("bodyWindow", 4));
        assertThat(server.getAttribute(protocol, "bodyWindow")).isEqualTo(4);
    }

    @Test
    void takeSecretsButShowNone() throws Exception {
        server.setAttribute(protocol, new Attribute("secrets", "second, third"));

        for (String name : new String[] {"secret", "secrets"}) {
            assertThat(server.getMBeanInfo(protocol).getAttributes()).filteredOn(info -> info.getName().equals(name))
                    .singleElement().matches(MBeanAttributeInfo::isWritable).matches(info -> !info.isReadable());
            assertThatThrownBy(() -> server.getAttribute(protocol, name)).isInstanceOf(JMException.class);
        }
        ObjectName statistics = server.queryNames(new ObjectName("Tomcat:type=AjpStatistics,*"), null).iterator().next();
        assertThat((String[]) server.getAttribute(statistics, "secretUses")).hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("used 0 times").doesNotContain("first", "second", "third"));
        assertThat(log.lines()).noneMatch(line -> line.contains("second"));
    }
}
