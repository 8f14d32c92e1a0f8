package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Jmx;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.TestBed;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A connector that is stopped and started again, over JMX, with requests in between. */
@Scenarios
@Tag("smoke")
class RestartTest {

    private static final int CYCLES = 5;

    private final TestBed bed;
    private final Client client = Client.plain();

    RestartTest(TestBed bed) {
        this.bed = bed;
    }

    @Test
    void servesAgainAndKeepsNoThreadsOrBeans() {
        Jmx jmx = bed.tomcat().jmx();
        ObjectName connector = bed.tomcat().connectorBean(Mount.RESTARTED.connector());
        assertServes();
        Set<ObjectName> beans = beans();
        for (int i = 0; i < CYCLES; i++) {
            jmx.invoke(connector, "stop");
            assertThat(jmx.attribute(connector, "stateName")).isEqualTo("STOPPED");
            Awaitility.await().untilAsserted(() -> assertThat(threads()).as("threads of a stopped connector").isZero());
            jmx.invoke(connector, "start");
            assertServes();
        }
        assertThat(beans()).hasSizeLessThanOrEqualTo(beans.size() + 2);
    }

    private void assertServes() {
        for (FrontEnd frontEnd : FrontEnd.values()) {
            // mod_proxy_ajp loses the first request on a connection that has been closed meanwhile (front-ends.md).
            Awaitility.await().until(() -> client.get(bed.at(frontEnd, Mount.RESTARTED, "/app/echo")).status() == 200);
        }
    }

    private long threads() {
        return bed.tomcat().jmx().threadNames().stream()
                .filter(name -> name.startsWith(bed.tomcat().protocolName(Mount.RESTARTED.connector()) + "-")).count();
    }

    private Set<ObjectName> beans() {
        return bed.tomcat().jmx().query("Catalina:type=RequestProcessor,worker=\""
                + bed.tomcat().protocolName(Mount.RESTARTED.connector()) + "*\",*");
    }
}
