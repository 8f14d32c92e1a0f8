package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.catwalk.it.fleet.Figures;
import org.catwalk.it.fleet.Ledger;
import org.catwalk.it.fleet.Load;
import org.catwalk.it.harness.ConnectorSpec;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FreePorts;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.harness.VirtualHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code useInheritedChannel}: the parent of Tomcat has opened the port, as systemd and inetd do, and keeps it open when Tomcat ends. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.DRAIN)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InheritedSocketTest {

    private static final Path PERL = Path.of("/usr/bin/perl");
    /** Listens, gives the socket to Tomcat as its standard input, and starts Tomcat again whenever it has ended. */
    private static final String PARENT = """
            use IO::Socket::INET;
            my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => shift, Listen => 100, ReuseAddr => 1) or die $!;
            my ($tomcat, $ended);
            $SIG{TERM} = sub { $ended = 1; kill 'TERM', $tomcat if $tomcat };
            until ($ended) {
                $tomcat = fork();
                if (!$tomcat) { open(STDIN, '<&', $socket) or die $!; exec @ARGV or die $! }
                while (waitpid($tomcat, 0) == -1 && $!{EINTR}) {}
            }
            """;
    private static final String SECRET = "s3cret";
    private static final Duration SILENCE = Duration.ofMillis(500);
    private static final int CLIENTS = 10;

    private static Ledger ledger;
    private static TomcatInstance tomcat;
    private static HttpdInstance httpd;

    @BeforeAll
    static void start() {
        assumeThat(Files.isExecutable(PERL)).as("perl was not found, of which the parent is made").isTrue();
        int port = FreePorts.toReturnTo();
        ledger = new Ledger(ItDirectory.empty("instances/ledger-inherited").resolve("ledger"));
        tomcat = TomcatInstance.named("inherited").jvmOption("-Dfleet.ledger=" + ledger.path())
                .under(List.of(PERL.toString(), "-e", PARENT, Integer.toString(port)))
                .connector(ConnectorSpec.ajp("ajp").with("port", null).with("address", null).with("useInheritedChannel", "true")
                        .with("secret", SECRET)).start();
        HttpdInstance.Builder hosts = HttpdInstance.named("httpd-inherited");
        for (FrontEnd frontEnd : FrontEnd.values()) {
            // Patient: whoever connects while nobody accepts is served by the next Tomcat.
            hosts.virtualHost(VirtualHost.to(frontEnd.name(), frontEnd, port).withSecret(SECRET)
                    .withMemberProperty(frontEnd == FrontEnd.MOD_JK ? "ping_timeout=60000" : "ping=60")
                    .withMemberProperty(frontEnd == FrontEnd.MOD_JK ? "ping_mode=A" : "retry=0"));
        }
        httpd = hosts.start();
    }

    @AfterAll
    static void stop() {
        if (httpd != null) {
            httpd.close();
        }
        if (tomcat != null) {
            tomcat.close();
        }
    }

    private static URI at(FrontEnd frontEnd) {
        return httpd.uri(frontEnd.name()).resolve("/app/fleet");
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"pause resume", "drain resume", "stop start"})
    void whoeverConnectsMeanwhileWaitsAndIsServedAfterwards(String operations) throws IOException {
        String[] both = operations.split(" ");
        ObjectName bean = operations.contains("drain") ? tomcat.jmx().only("Catalina:type=ProtocolHandler,*") : tomcat.connectorBean("ajp");
        for (FrontEnd frontEnd : FrontEnd.values()) {
            tomcat.jmx().invoke(bean, both[0]);
            try (RawConnection client = RawConnection.to(at(frontEnd)).request("GET", at(frontEnd))) {
                assertThat(client.readAllWithin(SILENCE)).as("answer while nobody accepts").isEmpty();
                tomcat.jmx().invoke(bean, both[1]);
                assertThat(client.readReply().status()).isEqualTo(200);
            }
        }
    }

    /** The last: JMX still asks the first Tomcat. */
    @Order(2)
    @Test
    void aRestartOfTheOnlyTomcatLosesNoRequest() {
        List<Load> loads = new ArrayList<>();
        for (FrontEnd frontEnd : FrontEnd.values()) {
            loads.add(Load.on(at(frontEnd), ledger, CLIENTS));
        }
        loads.get(0).during(1_000);
        long before = tomcat.pid();
        ProcessHandle.of(before).orElseThrow().destroy();
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> tomcat.log().text().split("Server startup in \\[", -1).length == 3);
        loads.get(0).during(1_000);
        assertThat(tomcat.pid()).isNotEqualTo(before);
        for (Load load : loads) {
            Figures figures = load.stop();
            System.out.println("restart with an inherited socket: " + figures);
            assertThat(figures.failed()).isEmpty();
            assertThat(figures.repeated()).isEmpty();
        }
    }
}
