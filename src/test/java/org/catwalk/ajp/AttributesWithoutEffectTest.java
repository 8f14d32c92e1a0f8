package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.logging.Level;
import org.apache.catalina.connector.Connector;
import org.catwalk.ajp.hosts.LogCapture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttributesWithoutEffectTest {

    private final Connector connector = new Connector(AjpProtocol.class.getName());

    static Iterable<String> names() {
        return AttributesWithoutEffect.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void acceptsEachAndSaysInOneLineThatItMeansNothing(String name) {
        try (LogCapture log = LogCapture.of("org.catwalk.ajp", Level.FINE)) {
            assertThat(connector.setProperty(name, "1")).isTrue();
            if (!name.equals("acceptorThreadCount")) {
                // Tomcat 9.0 has a setter of its own for that one.
                assertThat(log.lines()).singleElement().asString()
                        .startsWith("FINE The attribute " + name + " of the AJP Connector has no effect: ");
            }
        }
    }

    @Test
    void staysSilentAboutAttributesThatMeanSomething() {
        try (LogCapture log = LogCapture.of("org.catwalk.ajp", Level.FINE)) {
            assertThat(connector.setProperty("socket.rxBufSize", "65536")).isTrue();
            assertThat(connector.setProperty("pollerThreadPriority", "6")).isTrue();
            assertThat(connector.setProperty("nonsense", "6")).isFalse();
            assertThat(log.lines()).isEmpty();
        }
    }

    /** Stock does not start either: ignored, the attribute would leave an operator believe in an encryption that there is not. */
    @Test
    void refusesToStartWithTls() {
        connector.setProperty("SSLEnabled", "true");
        connector.setProperty("secretRequired", "false");
        assertThatThrownBy(() -> connector.getProtocolHandler().init()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SSLEnabled=\"true\"").hasMessageContaining("loopback");
    }

    /** Tomcat would call it with null, whatever server.xml says. */
    @Test
    void hasNoSetterOfItsOwnThatServerXmlCouldCallByMistake() throws Exception {
        List<String> names = List.of("gate", "peerFilter", "peerLimit", "unadmittedLimit", "onEviction", "packetTimeoutMillis");
        assertThat(names).noneMatch(name -> connector.setProperty(name, "1"));
        assertThat(AttributeProbe.endpoint(connector).getClass().getMethods())
                .filteredOn(method -> method.getName().startsWith("set") && method.getParameterCount() == 1
                        && method.getDeclaringClass().getName().startsWith("org.catwalk"))
                .extracting(method -> method.getParameterTypes()[0])
                .containsOnly(String.class, int.class, long.class, boolean.class);
    }
}
