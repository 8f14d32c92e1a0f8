package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.catwalk.ajp.hosts.TomcatHost;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What monitors find of the stock AJP connector they find of ours, under the same names, on every Tomcat that we support. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JmxParityTest {

    private static final String STATISTICS = "Tomcat:name=\"ajp-nio-127.0.0.1-auto-N\",type=AjpStatistics";

    /** The MBeans whose class is ours. */
    private static final List<String> OURS = List.of("ThreadPool", "ProtocolHandler", "AjpStatistics");

    private final Map<TomcatHost, Map<String, Map<String, Object>>> seen = new HashMap<>();

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void hasTheNamesOfStockAndOneMore(TomcatHost host) throws Exception {
        Set<String> expected = new LinkedHashSet<>(names(host, "stock"));
        expected.add(STATISTICS);

        assertThat(names(host, "stock")).hasSize(5);
        assertThat(names(host, "ours")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void showsEveryAttributeOfStockWithItsType(TomcatHost host) throws Exception {
        SoftAssertions softly = new SoftAssertions();
        Map<String, Map<String, List<String>>> ours = attributes(host, "ours");
        attributes(host, "stock").forEach((type, attributes) -> attributes.forEach((name, typeAndValue) ->
                softly.assertThat(ours.get(type).getOrDefault(name, List.of("missing")).get(0)).as("%s of the %s MBean", name, type)
                        .isEqualTo(typeAndValue.get(0))));
        softly.assertAll();
    }

    /** Among them the stock connector's {@code allowedRequestAttributesPattern}, which it cannot read unless it was set. */
    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void canReadEveryAttributeOfItsOwnMBeans(TomcatHost host) throws Exception {
        for (String type : OURS) {
            attributes(host, "ours").get(type).forEach((name, typeAndValue) ->
                    assertThat(typeAndValue.get(1)).as("%s of the %s MBean", name, type).doesNotStartWith("unreadable"));
        }
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void countsLikeStock(TomcatHost host) throws Exception {
        for (String name : List.of("requestCount", "errorCount", "bytesReceived", "stage", "virtualHost", "workerThreadName")) {
            String stock = value(host, "stock", "RequestProcessor", name).replaceAll("\\d+", "N");
            assertThat(value(host, "ours", "RequestProcessor", name).replaceAll("\\d+", "N")).as(name).isEqualTo(stock);
        }
        for (String connector : List.of("stock", "ours")) {
            // Tomcat keeps the address of a request that took at least a millisecond
            String slowest = "0".equals(value(host, connector, "RequestProcessor", "maxTime")) ? "null" : "/none";
            assertThat(value(host, connector, "RequestProcessor", "maxRequestUri")).as("maxRequestUri of %s", connector).isEqualTo(slowest);
        }
        assertThat(value(host, "ours", "RequestProcessor", "requestCount")).isEqualTo("1");
        assertThat(value(host, "ours", "RequestProcessor", "bytesSent")).isNotEqualTo("0");
        assertThat(value(host, "ours", "ThreadPool", "maxThreads")).isEqualTo("200");
        assertThat(value(host, "ours", "AjpStatistics", "forwardRequests")).isEqualTo("1");
        assertThat(value(host, "ours", "AjpStatistics", "connectionsAccepted")).isEqualTo("1");
        assertThat(value(host, "ours", "AjpStatistics", "refused")).isEqualTo("0");
        assertThat(value(host, "ours", "AjpStatistics", "secretUses")).contains("0 (secret): used 1 times");
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void describesEveryAttributeOfItsOwnMBeans(TomcatHost host) throws Exception {
        Map<String, List<String>> descriptions = cast(see(host, "ours").get("descriptions"));
        for (String type : OURS) {
            assertThat(descriptions.get(type)).as(type).allSatisfy(line ->
                    assertThat(line).matches("\\w+: .{8,}").doesNotContain("Introspected").doesNotEndWith(": null"));
        }
    }

    /** The page of Tomcat's manager reads attributes without asking whether they are there. */
    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void fillsTheStatusPageOfTheManagerAsStockDoes(TomcatHost host) throws Exception {
        List<String> html = cast(see(host, "ours").get("status"));
        List<String> stock = cast(see(host, "stock").get("status"));
        assertThat(html).hasSize(3).allSatisfy(page -> assertThat(page).contains("ajp-nio-").doesNotContain("unreadable", "null"));
        assertThat(html).isEqualTo(stock);
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void showsTheSecretNowhere(TomcatHost host) throws Exception {
        assertThat(JmxParityTest.<List<String>>cast(see(host, "ours").get("leaks"))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void leavesNoNameBehind(TomcatHost host) throws Exception {
        assertThat(JmxParityTest.<Set<String>>cast(see(host, "ours").get("left behind"))).isEmpty();
        assertThat(JmxParityTest.<List<String>>cast(see(host, "ours").get("warnings"))).isEmpty();
    }

    private Set<String> names(TomcatHost host, String connector) throws Exception {
        return cast(see(host, connector).get("names"));
    }

    private Map<String, Map<String, List<String>>> attributes(TomcatHost host, String connector) throws Exception {
        return cast(see(host, connector).get("attributes"));
    }

    private String value(TomcatHost host, String connector, String type, String attribute) throws Exception {
        return attributes(host, connector).get(type).get(attribute).get(1);
    }

    /** Each Tomcat is started once for all tests. */
    private Map<String, Object> see(TomcatHost host, String connector) throws Exception {
        if (!seen.containsKey(host)) {
            seen.put(host, host.ask(JmxProbe.class));
        }
        return seen.get(host).get(connector);
    }

    @SuppressWarnings("unchecked")
    private static <T> T cast(Object answer) {
        return (T) answer;
    }
}
