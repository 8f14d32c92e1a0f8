package org.catwalk.ajp.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.catwalk.ajp.StartProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On a Tomcat that lacks something, the connector says so when it starts, and not when a request comes that needs it. */
class UnsupportedTomcatTest {

    private static final Set<String> SUPPORTED_LINES = Set.of("9.0", "10.1", "11.0");

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#unsupported")
    void refusesWithOneMessageOrWarnsIfNothingIsMissing(TomcatHost host) throws Exception {
        Map<String, Object> outcome = host.ask(StartProbe.class);

        if (mayStart(host)) {
            assertThat(outcome).as("start on %s", host).containsEntry("state", "STARTED").containsEntry("refused", List.of());
            assertThat((List<?>) outcome.get("log")).singleElement().asString()
                    .startsWith("WARNING Tomcat " + host.version()).contains("not tested").contains("9.0 from 9.0.90");
        } else {
            assertThat(outcome).as("start on %s", host).containsEntry("state", "FAILED");
            assertThat((List<?>) outcome.get("refused")).singleElement().asString()
                    .startsWith("org.catwalk.ajp.compat.UnsupportedTomcatException: ").contains("found version " + host.version())
                    .contains("supported are 9.0 from 9.0.90, 10.1 from 10.1.25, 11.0 from 11.0.0").doesNotContain("LinkageError");
        }
    }

    /** What the linkage gate finds is what the check at start has to find. */
    private static boolean mayStart(TomcatHost host) {
        return SUPPORTED_LINES.contains(host.line()) && LinkageTest.problems(host, LinkageTest.OURS).isEmpty();
    }

    @Test
    void bothKindsAreThere() {
        assertThat(TomcatHost.unsupported()).filteredOn(UnsupportedTomcatTest::mayStart).extracting(TomcatHost::version).containsExactly("9.0.89", "10.1.16");
        assertThat(TomcatHost.unsupported()).filteredOn(host -> !mayStart(host)).extracting(TomcatHost::version)
                .containsExactly("8.5.100", "9.0.65", "9.0.80", "10.0.27");
    }
}
