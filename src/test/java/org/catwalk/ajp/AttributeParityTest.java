package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.catwalk.ajp.hosts.TomcatHost;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server.xml that was written for the stock AJP connector means the same with ours, on every Tomcat that we support. */
class AttributeParityTest {

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void acceptsWhatStockAccepts(TomcatHost host) throws Exception {
        Map<String, Map<String, Object>> attributes = host.ask(AttributeProbe.class);

        assertThat(attributes.keySet()).as("found by reflection").hasSizeGreaterThan(60)
                .contains("secret", "packetSize", "maxThreads", "unixDomainSocketPath", "socket.rxBufSize", "SSLEnabled");
        SoftAssertions softly = new SoftAssertions();
        attributes.forEach((name, answer) -> {
            softly.assertThat(answer.get("stock accepts")).as("%s accepts %s=\"%s\"", host, name, answer.get("value")).isEqualTo(true);
            softly.assertThat(answer.get("ours accepts")).as("ours accepts %s=\"%s\"", name, answer.get("value")).isEqualTo(true);
        });
        softly.assertAll();
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void hasTheDefaultsOfStockAndKeepsWhatItIsTold(TomcatHost host) throws Exception {
        SoftAssertions softly = new SoftAssertions();
        host.ask(AttributeProbe.class).forEach((name, answer) -> {
            softly.assertThat(answer.get("ours default")).as("default of %s", name).isEqualTo(answer.get("stock default"));
            softly.assertThat(answer.get("ours after")).as("%s after it was set to %s", name, answer.get("value"))
                    .isEqualTo(answer.get("stock after"));
        });
        softly.assertAll();
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void makesTomcatWarnAboutMistakesOnly(TomcatHost host) throws Exception {
        Map<String, List<String>> warnings = host.ask(ServerXmlProbe.class);

        assertThat(warnings.get("stock")).as("warnings about attributes of the stock connector").isEmpty();
        assertThat(warnings.get("ours")).as("warnings about the same attributes on ours").isEmpty();
        assertThat(warnings.get("mistake")).singleElement().asString().contains("packetSise");
    }
}
