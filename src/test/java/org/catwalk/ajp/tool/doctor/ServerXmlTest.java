package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerXmlTest {

    private static AjpConnector only(String text) throws IOException {
        return ServerXml.parse("server.xml", text).ajpConnectors().get(0);
    }

    @Test
    void readsConnectorEngineAndExecutorWithTheirLines() throws IOException {
        AjpConnector connector = only("""
                <Server port="8005">
                  <Service name="Catalina">
                    <Executor name="pool" maxThreads="77"/>
                    <Connector protocol="HTTP/1.1" port="8080"/>
                    <Connector protocol="org.catwalk.ajp.AjpProtocol"
                               port="8009"
                               executor="pool"
                               packetSize="65536"/>
                    <Engine name="Catalina" jvmRoute="node1"/>
                  </Service>
                </Server>
                """);
        assertThat(connector.isCatwalk()).isTrue();
        assertThat(connector.port()).hasValue(8009);
        assertThat(connector.packetSize()).hasValue(65536);
        assertThat(connector.maxThreads()).hasValue(77);
        assertThat(connector.maxConnections()).hasValue(8192);
        assertThat(connector.jvmRoute()).map(Setting::value).hasValue("node1");
        assertThat(connector.place()).isEqualTo("server.xml, line 5");
        assertThat(connector.change("packetSize", "8192"))
                .isEqualTo("server.xml, line 8: packetSize=\"8192\" on <Connector port=\"8009\">");
        assertThat(connector.change("secret", "...")).startsWith("server.xml, line 5: ");
    }

    @Test
    void readsFilesWithAByteOrderMarkAndInEncodingsOfTheirOwn(@TempDir Path directory) throws IOException {
        String xml = "<Server><!-- \uCEE4\uB125\uD130 --><Service><Connector protocol='AJP/1.3' port='8009'/></Service></Server>";
        for (byte[] content : new byte[][] {("\uFEFF" + xml).getBytes(StandardCharsets.UTF_8), xml.getBytes("EUC-KR")}) {
            Path file = Files.write(directory.resolve("server.xml"), content);
            assertThat(ServerXml.read(file).ajpConnectors()).singleElement().extracting(AjpConnector::port).isEqualTo(OptionalInt.of(8009));
        }
    }

    @Test
    void knowsAjpByEveryNameOfIt() throws IOException {
        for (String protocol : new String[] {"AJP/1.3", "org.apache.coyote.ajp.AjpNioProtocol", "org.apache.coyote.ajp.AjpNio2Protocol"}) {
            assertThat(only("<Server><Service><Connector protocol='" + protocol + "' port='1'/></Service></Server>").isCatwalk()).isFalse();
        }
    }

    @Test
    void fillsInTomcatsDefaults() throws IOException {
        AjpConnector connector = only("<Server><Service><Connector protocol='AJP/1.3' port='8009'/></Service></Server>");
        assertThat(connector.packetSize()).hasValue(8192);
        assertThat(connector.maxThreads()).hasValue(200);
        assertThat(connector.idleTimeoutMillis()).hasValue(-1);
        assertThat(connector.secret()).isEmpty();
        assertThat(connector.secretRequired()).isTrue();
        assertThat(connector.jvmRoute()).isEmpty();
    }

    @Test
    void takesTheIdleTimeFromConnectionTimeoutUnlessThereIsKeepAliveTimeout() throws IOException {
        assertThat(only("<Server><Service><Connector protocol='AJP/1.3' connectionTimeout='20000'/></Service></Server>")
                .idleTimeoutMillis())
                .hasValue(20000);
        assertThat(only("<Server><Service><Connector protocol='AJP/1.3' connectionTimeout='20000' keepAliveTimeout='5'/></Service></Server>")
                .idleTimeoutMillis()).hasValue(5);
    }

    @Test
    void addsPortOffsets() throws IOException {
        assertThat(only("<Server portOffset='100'><Service><Connector protocol='AJP/1.3' port='8009' portOffset='5'/></Service></Server>")
                .port())
                .hasValue(8114);
    }

    @Test
    void leavesPropertiesUnknown() throws IOException {
        AjpConnector connector = only("<Server><Service><Connector protocol='AJP/1.3' port='${ajp.port}' maxThreads='${n}'/></Service></Server>");
        assertThat(connector.port()).isEmpty();
        assertThat(connector.maxThreads()).isEmpty();
    }

    @Test
    void fetchesNothingFromOutside(@TempDir Path directory) throws IOException {
        Path secret = directory.resolve("other.txt");
        Files.writeString(secret, "SHOULD-NOT-BE-READ");
        AjpConnector connector = only("""
                <!DOCTYPE Server [<!ENTITY more SYSTEM "%s">]>
                <Server><Service>&more;<Connector protocol="AJP/1.3" port="8009"/></Service></Server>
                """.formatted(secret.toUri()));
        assertThat(connector.toString()).doesNotContain("SHOULD-NOT-BE-READ");
        assertThat(connector.port()).hasValue(8009);
    }

    @Test
    void saysWhereAFileIsBroken() {
        assertThatIOException().isThrownBy(() -> ServerXml.parse("server.xml", "<Server>\n<Service>\n</Server>\n"))
                .withMessageContaining("server.xml, line 3");
    }
}
