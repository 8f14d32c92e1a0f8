package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.ObjectName;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Jmx;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TestBed;
import org.catwalk.it.harness.TomcatInstance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Dashboards made for the stock connector find ours: compared with a stock connector in the same Tomcat. */
@Scenarios
@Tag("smoke")
class JmxTest {

    private static final List<String> TYPES = List.of("Connector", "ProtocolHandler", "ThreadPool", "SocketProperties",
            "GlobalRequestProcessor", "RequestProcessor");

    private final TestBed bed;
    private final Client client = Client.plain();

    JmxTest(TestBed bed) {
        this.bed = bed;
    }

    @BeforeEach
    void requestThroughBothConnectors() {
        assertThat(client.get(bed.at(FrontEnd.MOD_JK, Mount.PLAIN_8K, "/app/echo")).status()).isEqualTo(200);
        assertThat(client.get(bed.at(FrontEnd.MOD_JK, Mount.ALWAYS_STOCK, "/app/echo")).status()).isEqualTo(200);
    }

    @Test
    void registersTheSameBeansAsStock() {
        assertThat(shapes(Mount.PLAIN_8K)).containsAll(shapes(Mount.ALWAYS_STOCK));
    }

    /** Object names with the parts that differ between two connectors taken out. */
    private Set<String> shapes(Mount mount) {
        return beans(mount).map(name -> name.getKeyPropertyList().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue()
                        .replace(bed.tomcat().protocolName(mount.connector()), "NAME")
                        .replaceAll("auto-\\d+", "PORT").replaceAll("NAME-\\d+", "NAME-PORT").replaceAll("AjpRequest\\d+", "AjpRequestN"))
                .sorted().collect(Collectors.joining(","))).collect(Collectors.toSet());
    }

    private Stream<ObjectName> beans(Mount mount) {
        String port = bed.tomcat().connectorBean(mount.connector()).getKeyProperty("port");
        return bed.tomcat().jmx().query("Catalina:*").stream()
                .filter(name -> name.getKeyProperty("type") != null && TYPES.contains(name.getKeyProperty("type")))
                .filter(name -> name.toString().matches(".*" + port + "\\b.*"));
    }

    @Test
    void offersEveryReadableAttributeThatStockOffers() {
        Jmx jmx = bed.tomcat().jmx();
        for (String type : TYPES) {
            ObjectName ours = bean(Mount.PLAIN_8K, type);
            ObjectName stock = bean(Mount.ALWAYS_STOCK, type);
            assertThat(readable(jmx, ours)).as(type).containsAll(readable(jmx, stock));
        }
    }

    /** Dashboards read; an attribute that can only be set (requiredSecret before Tomcat 11) is nothing to them. */
    private static List<String> readable(Jmx jmx, ObjectName bean) {
        return Arrays.stream(jmx.attributes(bean)).filter(MBeanAttributeInfo::isReadable).map(MBeanAttributeInfo::getName).toList();
    }

    @Test
    void letsEveryAttributeBeRead() {
        Jmx jmx = bed.tomcat().jmx();
        for (String type : TYPES) {
            ObjectName ours = bean(Mount.PLAIN_8K, type);
            ObjectName stock = bean(Mount.ALWAYS_STOCK, type);
            for (MBeanAttributeInfo attribute : jmx.attributes(stock)) {
                if (attribute.isReadable() && isReadable(jmx, stock, attribute.getName())) {
                    assertThat(isReadable(jmx, ours, attribute.getName())).as(type + "." + attribute.getName()).isTrue();
                }
            }
        }
    }

    private static boolean isReadable(Jmx jmx, ObjectName bean, String attribute) {
        try {
            jmx.attribute(bean, attribute);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private ObjectName bean(Mount mount, String type) {
        return beans(mount).filter(name -> name.getKeyProperty("type").equals(type))
                .filter(name -> name.getKeyProperty("subType") == null).findFirst()
                .orElseThrow(() -> new AssertionError("No " + type + " for " + mount));
    }

    @Test
    void countsRequestsAndConnections() {
        Jmx jmx = bed.tomcat().jmx();
        ObjectName global = bean(Mount.PLAIN_8K, "GlobalRequestProcessor");
        int before = (Integer) jmx.attribute(global, "requestCount");
        int errorsBefore = (Integer) jmx.attribute(global, "errorCount");
        assertThat(client.get(bed.at(FrontEnd.MOD_JK, Mount.PLAIN_8K, "/app/download?size=1000")).status()).isEqualTo(200);
        assertThat(client.get(bed.at(FrontEnd.MOD_JK, Mount.PLAIN_8K, "/app/nothing-here")).status()).isEqualTo(404);
        org.awaitility.Awaitility.await().untilAsserted(() -> {
            assertThat((Integer) jmx.attribute(global, "requestCount")).isEqualTo(before + 2);
            assertThat((Integer) jmx.attribute(global, "errorCount")).isEqualTo(errorsBefore + 1);
        });
        assertThat(((Number) jmx.attribute(bean(Mount.PLAIN_8K, "ThreadPool"), "connectionCount")).longValue()).isPositive();
    }

    @Test
    void showsOnTheManagersStatusPage() {
        String name = bed.tomcat().protocolName(Mount.PLAIN_8K.connector());
        assertThat(status("/manager/status").contains(name)).as("the page").isTrue();
        assertThat(status("/manager/status?XML=true").contains("<connector name='\"" + name)).as("the XML").isTrue();
        assertThat(status("/manager/status/all").contains("localhost&#47;app")).as("the page with applications").isTrue();
    }

    private String status(String path) {
        String credentials = Base64.getEncoder().encodeToString(
                (TomcatInstance.OPERATOR + ":" + TomcatInstance.OPERATOR_PASSWORD).getBytes(StandardCharsets.US_ASCII));
        Reply reply = client.send(Client.request(bed.at(FrontEnd.MOD_JK, Mount.PLAIN_8K, path))
                .header("Authorization", "Basic " + credentials));
        assertThat(reply.status()).isEqualTo(200);
        return reply.text();
    }
}
