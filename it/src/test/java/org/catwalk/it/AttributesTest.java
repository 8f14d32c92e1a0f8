package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.catwalk.it.harness.Connector;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.TomcatInstance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** server.xml as it is written for the stock connector is taken over without a complaint, and mistakes are still told. */
@Tag("smoke")
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class AttributesTest {

    /** All that {@code shared/design/attributes.md} lists for the stock connector, with its default or a harmless value. */
    private static final Map<String, String> PROTOCOL = attributes("""
            ajpFlush=true tomcatAuthentication=true secretRequired=true tomcatAuthorization=false secret=s3cret
            allowedRequestAttributesPattern=X-.* packetSize=8192 processorCache=200 maxHeaderCount=100
            connectionTimeout=20000 keepAliveTimeout=20000
            maxConnections=8192 acceptCount=100 maxThreads=200 minSpareThreads=10 maxQueueSize=2147483647
            threadPriority=5 acceptorThreadPriority=5 tcpNoDelay=true connectionLinger=-1
            bindOnInit=true executorTerminationTimeoutMillis=5000 useVirtualThreads=false portOffset=0
            threadsMaxIdleTime=60000 daemon=true useAsyncIO=true
            selectorTimeout=1000 pollerThreadPriority=5 useInheritedChannel=false
            socket.rxBufSize=65536 socket.txBufSize=65536 socket.tcpNoDelay=true socket.soKeepAlive=true socket.ooBInline=false
            socket.soReuseAddress=true socket.soLingerOn=false socket.soLingerTime=5 socket.soTimeout=20000
            socket.performanceConnectionTime=1 socket.performanceLatency=0 socket.performanceBandwidth=1 socket.unlockTimeout=250
            socket.directBuffer=false socket.appReadBufSize=8192 socket.appWriteBufSize=8192 socket.bufferPool=500
            socket.bufferPoolSize=1048576 socket.processorCache=500 socket.eventCache=500
            """);

    /** Documented or accepted by some stock connector, without effect; newer stock connectors warn about some of them. */
    private static final Map<String, String> WITHOUT_EFFECT = attributes("""
            acceptorThreadCount=1 pollerThreadCount=1 pollTime=2000 ipv6v6only=false useCaches=false socket.keyCache=500
            sslImplementationName=org.apache.tomcat.util.net.jsse.JSSEImplementation sniParseLimit=65536
            clientCertProvider=SUN
            """);

    /** Tomcat's own attributes, which need nothing but this test. */
    private static final Map<String, String> CONNECTOR = attributes("""
            allowTrace=false asyncTimeout=30000 discardFacades=true enableLookups=false maxCookieCount=200 maxParameterCount=1000
            maxPostSize=2097152 maxSavePostSize=4096 parseBodyMethods=POST proxyName=www.example.com proxyPort=80 redirectPort=443
            scheme=http secure=false URIEncoding=UTF-8 useBodyEncodingForURI=false xpoweredBy=false useIPVHosts=false
            encodedSolidusHandling=reject
            """);

    @TempDir
    static Path sockets;

    private static TomcatInstance tomcat;

    @BeforeAll
    static void startTomcat() throws Exception {
        Path parent = Files.createDirectory(sockets.resolve("ajp"));
        TomcatInstance.Builder builder = TomcatInstance.named("attributes")
                .serviceXml("    <Executor name=\"shared-pool\" namePrefix=\"shared-pool-\" maxThreads=\"20\" minSpareThreads=\"2\"/>")
                .connector(ConnectorSpec.ajp("everything").with(PROTOCOL).with(CONNECTOR))
                .connector(ConnectorSpec.ajp("executor").with("secret", "s3cret").with("executor", "shared-pool"))
                .connector(ConnectorSpec.ajp("mistake").with("secret", "s3cret").with("noSuchAttribute", "1"))
                .connector(ConnectorSpec.ajp("socket").with("secret", "s3cret").with("port", null).with("address", null)
                        .with("unixDomainSocketPath", parent.resolve("tomcat.sock").toString())
                        .with("unixDomainSocketPathPermissions", "rw-rw----"));
        if (Connector.underTest() == Connector.CATWALK) {
            builder.connector(ConnectorSpec.ajp("without-effect").with("secret", "s3cret").with(WITHOUT_EFFECT))
                    .connector(ConnectorSpec.ajp("alias").with("requiredSecret", "s3cret"));
        }
        tomcat = builder.start();
    }

    @AfterAll
    static void stopTomcat() {
        if (tomcat != null) {
            tomcat.close();
        }
    }

    @Test
    void complainsAboutNothingButTheMistake() {
        List<String> complaints = tomcat.log().text().lines()
                .filter(line -> line.contains("did not find a matching property") || line.contains("failed to set property"))
                .toList();
        assertThat(complaints).singleElement().asString().contains("noSuchAttribute");
    }

    @Test
    void startsEveryConnector() {
        assertThat(tomcat.log().text()).doesNotContain("SEVERE");
        assertThat(tomcat.port("everything")).isPositive();
        assertThat(tomcat.port("executor")).isPositive();
        assertThat(Files.exists(sockets.resolve("ajp/tomcat.sock"))).isTrue();
    }

    @Test
    void keepsWhatItWasTold() {
        assertThat(tomcat.jmx().attribute(tomcat.connectorBean("everything"), "proxyName")).isEqualTo("www.example.com");
        assertThat(tomcat.jmx().attribute(tomcat.threadPoolBean("everything"), "maxThreads")).isEqualTo(200);
        assertThat(tomcat.jmx().attribute(tomcat.threadPoolBean("everything"), "maxConnections")).isEqualTo(8192);
    }

    private static Map<String, String> attributes(String assignments) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String assignment : assignments.trim().split("\\s+")) {
            int equals = assignment.indexOf('=');
            attributes.put(assignment.substring(0, equals), assignment.substring(equals + 1));
        }
        return attributes;
    }
}
