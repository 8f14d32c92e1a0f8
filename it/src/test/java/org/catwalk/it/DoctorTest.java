package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.management.ObjectName;
import org.assertj.core.api.Assumptions;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.CommandLineRun;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.DoctorBed;
import org.catwalk.it.harness.DoctorBed.Fault;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.LogFile;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Makes every fault for real, sees what a browser gets, and lets {@code doctor} find it, from the packaged jar. */
@Scenarios
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class DoctorTest {

    private static final int HEALTHY = 0;
    private static final int BROKEN = 1;
    private static final int NO_ANSWER = 3;
    private static final int WARNINGS = 4;
    private static final Duration AT_ONCE = Duration.ofSeconds(3);

    /** Of its own: nobody else wants so many faults. */
    private static DoctorBed bed;

    private final Client client = Client.plain();

    @BeforeAll
    static void start() {
        bed = DoctorBed.start();
    }

    @AfterAll
    static void stop() {
        bed.close();
    }

    private CommandLineRun doctor(Fault fault, String... options) {
        return doctor("127.0.0.1:" + bed.port(fault), options);
    }

    private static CommandLineRun doctor(String target, String... options) {
        List<String> arguments = new ArrayList<>(List.of("doctor", target));
        arguments.addAll(List.of(options));
        return CommandLineRun.of(arguments);
    }

    private String[] allFiles(Fault fault) {
        return new String[] {"--workers", bed.httpd().workersProperties().toString(), "--server-xml", bed.serverXml(fault).toString()};
    }

    private static void assertFound(CommandLineRun run, int exitCode, String code, String... cures) {
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
        assertThat(run.out()).contains(code).contains(cures);
        String verdict = run.out().lines().reduce((first, second) -> second).orElseThrow();
        assertThat(verdict).as(run.out()).contains(code, "To do: ");
        assertThat(run.out()).doesNotContain("doctor-secret").doesNotContain("wrong-secret");
    }

    // ---- nothing is wrong

    @ParameterizedTest
    @EnumSource(names = {"NONE", "STOCK_NONE"})
    void findsNothingWrongWithAHealthyPairInLessThanThreeSeconds(Fault fault) {
        assertThat(client.get(bed.at(fault, "/app/echo")).status()).isEqualTo(200);
        List<CommandLineRun> runs = new ArrayList<>();
        // Other processes may be busy: one of three has to be quick, and each has to be right.
        do {
            CommandLineRun run = doctor(fault, allFiles(fault));
            assertThat(run.exitCode()).as(run.toString()).isEqualTo(HEALTHY);
            assertThat(run.out()).doesNotContain("WARNING").doesNotContain("BROKEN").contains("CPONG after", "GET /: ", ": healthy");
            assertThat(run.err()).isEmpty();
            runs.add(run);
        } while (runs.size() < 3 && runs.get(runs.size() - 1).time().compareTo(AT_ONCE) >= 0);
        assertThat(runs.get(runs.size() - 1).time()).isLessThan(AT_ONCE);
    }

    @Test
    void leavesNoWarningInTomcatsLogWhenItKnowsTheWebServersPackets() {
        RefusalFreeLog log = new RefusalFreeLog();
        assertThat(doctor(Fault.NONE, allFiles(Fault.NONE)).exitCode()).isEqualTo(HEALTHY);
        log.assertQuiet();
    }

    private final class RefusalFreeLog {

        private final LogFile.Mark mark = bed.tomcat().log().mark();

        void assertQuiet() {
            assertThat(mark.lines()).noneMatch(line -> line.contains("WARN"));
        }
    }

    // ---- addresses

    @Test
    void namesAClosedPort() {
        assertThat(client.get(bed.at(Fault.CLOSED_PORT, "/app/echo")).status()).isEqualTo(503);
        CommandLineRun run = doctor(Fault.CLOSED_PORT, "--jk-log", bed.httpd().modJkLog().path().toString());
        assertFound(run, NO_ANSWER, "REFUSED", "errno 111", "start Tomcat", "LOG_CONNECT_FAILED", "ss -ltn");
    }

    @Test
    void namesTheWrongAddressFamily() {
        Assumptions.assumeThat(bed.has(Fault.ADDRESS_FAMILY)).isTrue();
        assertThat(client.get(bed.at(Fault.ADDRESS_FAMILY, "/app/echo")).status()).isEqualTo(503);
        CommandLineRun run = doctor(Fault.ADDRESS_FAMILY, allFiles(Fault.ADDRESS_FAMILY));
        assertFound(run, NO_ANSWER, "ADDRESS_FAMILY", "is open at ::1", "address=\"127.0.0.1\" on <Connector", "worker.NAME.host=::1");
        CommandLineRun other = doctor("[::1]:" + bed.port(Fault.NONE));
        assertFound(other, NO_ANSWER, "ADDRESS_FAMILY", "is open at 127.0.0.1", "address=\"::1\" on <Connector");
    }

    @Test
    void namesABacklogThatIsFull() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            fill(deaf, waiting);
            CommandLineRun run = doctor("127.0.0.1:" + deaf.getLocalPort(), "--timeout", "500ms");
            assertFound(run, NO_ANSWER, "BACKLOG_FULL", "errno 110", "raise maxConnections");
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    /** Until the kernel drops what comes, as a firewall would. */
    private static void fill(ServerSocket deaf, List<Socket> waiting) throws IOException {
        while (waiting.size() < 10) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress("127.0.0.1", deaf.getLocalPort()), 300);
                waiting.add(socket);
            } catch (SocketTimeoutException full) {
                socket.close();
                return;
            }
        }
        throw new AssertionError("The kernel took " + waiting.size() + " connections");
    }

    @Test
    void namesAHostThatHasNoAddress() {
        assertFound(doctor("nowhere.invalid"), NO_ANSWER, "UNKNOWN_HOST", "/etc/hosts");
    }

    @Test
    void namesAPortThatDoesNotSpeakAjp() {
        assertThat(client.get(bed.at(Fault.NOT_AJP, "/app/echo")).status()).isEqualTo(502);
        assertFound(doctor(Fault.NOT_AJP, "--jk-log", bed.httpd().modJkLog().path().toString()), NO_ANSWER, "NOT_AJP",
                "use the port of the Connector whose protocol is", "LOG_NOT_AJP");
    }

    @Test
    void namesAPeerThatIsNotAllowed() {
        assertThat(client.get(bed.at(Fault.PEER_REFUSED, "/app/echo")).status()).isIn(502, 503);
        assertFound(doctor(Fault.PEER_REFUSED), NO_ANSWER, "CLOSED_AT_ONCE", "allowedPeers");
    }

    // ---- the three cases of 403

    @ParameterizedTest
    @EnumSource(names = {"SECRET_WRONG", "STOCK_SECRET_WRONG"})
    void namesAWrongSecret(Fault fault) {
        assertThat(client.get(bed.at(fault, "/app/echo")).status()).isEqualTo(403);
        CommandLineRun run = doctor(fault, "--workers", bed.httpd().workersProperties().toString());
        assertFound(run, BROKEN, "SECRET_WRONG", "server.xml: secret on <Connector", "worker.NAME.secret");
        assertThat(doctor(fault, allFiles(fault)).out()).contains("SECRET_DIFFERS");
        assertThat(doctor(fault, "--secret-file", bed.secretFile(true).toString()).exitCode()).isEqualTo(HEALTHY);
    }

    @ParameterizedTest
    @EnumSource(names = {"SECRET_MISSING", "STOCK_SECRET_MISSING"})
    void namesAMissingSecret(Fault fault) {
        assertThat(client.get(bed.at(fault, "/app/echo")).status()).isEqualTo(403);
        assertFound(doctor(fault, allFiles(fault)), BROKEN, "SECRET_MISSING", "workers.properties: worker.NAME.secret=");
    }

    @ParameterizedTest
    @EnumSource(names = {"ATTRIBUTE_REFUSED", "STOCK_ATTRIBUTE_REFUSED"})
    void namesAnAttributeThatIsRefused(Fault fault) {
        assertThat(client.get(bed.at(fault, "/app/echo")).status()).isEqualTo(403);
        CommandLineRun run = doctor(fault, "--httpd-conf", bed.httpd().httpdConf().toString());
        assertFound(run, BROKEN, "ATTRIBUTE_REFUSED", "the attribute COLOUR", "(JkEnvVar)", "allowedRequestAttributesPattern=\"COLOUR\"");
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "STOCK_NONE"})
    void tellsTheApplications403FromTheConnectors(Fault fault) {
        String uri = "/app/steps?do=error:403";
        assertThat(client.get(bed.at(fault, uri)).status()).isEqualTo(403);
        CommandLineRun run = doctor(fault, "--workers", bed.httpd().workersProperties().toString(), "--uri", uri);
        assertFound(run, WARNINGS, "APPLICATION_403", "the connector let the request in", "look at the application");
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "STOCK_NONE"})
    void namesAnApplicationThatFails(Fault fault) {
        CommandLineRun run = doctor(fault, "--secret-file", bed.secretFile(true).toString(), "--uri", "/app/steps?do=fail");
        assertFound(run, WARNINGS, "APPLICATION_FAILS", "answers 500", "look at Tomcat's log");
    }

    // ---- packet sizes

    @Test
    void namesPacketsOfTheWebServerThatAreLargerThanCatwalks() {
        assertFound(doctor(Fault.FRONT_LARGER, allFiles(Fault.FRONT_LARGER)), WARNINGS, "PACKET_SIZE_FRONT_LARGER",
                "packetSize=\"65536\" on <Connector");
    }

    @Test
    void findsPacketsOfTheWebServerThatAreLargerThanTheStockConnectors() {
        Fault fault = Fault.STOCK_FRONT_LARGER;
        Reply reply = client.send(Client.request(bed.at(fault, "/app/echo")).header("X-Large", "x".repeat(20_000)));
        assertThat(reply.status()).isEqualTo(500);
        CommandLineRun run = doctor(fault, "--workers", bed.httpd().workersProperties().toString());
        assertFound(run, BROKEN, "PACKET_SIZE_FRONT_LARGER", "takes 8192 bytes and no more", "packetSize=\"65536\" on <Connector");
    }

    @ParameterizedTest
    @EnumSource(names = {"FRONT_SMALLER", "STOCK_FRONT_SMALLER"})
    void namesPacketsOfTheWebServerThatAreSmaller(Fault fault) {
        assertThat(client.get(bed.at(fault, "/app/download?size=100000")).status()).isEqualTo(502);
        CommandLineRun run = doctor(fault, concat(allFiles(fault), "--jk-log", bed.httpd().modJkLog().path().toString()));
        assertFound(run, BROKEN, "PACKET_SIZE_FRONT_SMALLER", "max_packet_size=65536", "LOG_RESPONSE_TOO_LARGE");
    }

    private static String[] concat(String[] one, String... other) {
        List<String> all = new ArrayList<>(List.of(one));
        all.addAll(List.of(other));
        return all.toArray(String[]::new);
    }

    // ---- threads and connections

    @ParameterizedTest
    @EnumSource(names = {"FEW_THREADS", "STOCK_FEW_THREADS"})
    void namesThreadsThatAreAllBusy(Fault fault) throws Exception {
        try (Held held = new Held(fault, 2)) {
            CommandLineRun run = doctor(fault, "--secret-file", bed.secretFile(true).toString(), "--timeout", "500ms");
            assertFound(run, fault == Fault.FEW_THREADS ? BROKEN : NO_ANSWER, "NO_THREAD", "raise maxThreads on <Connector");
            if (fault == Fault.STOCK_FEW_THREADS) {
                // Catwalk answers CPINGs all the same.
                assertThat(client.get(bed.at(fault, "/app/echo")).status()).isEqualTo(503);
                assertThat(client.get(bed.at(fault, FrontEnd.MOD_PROXY_AJP, "/app/echo")).status()).isEqualTo(503);
                assertThat(explained(bed.httpd().modJkLog())).contains("LOG_CPONG_LATE", "LOG_CPING_AFTER_CONNECT");
                assertThat(explained(bed.httpd().errorLog())).contains("LOG_PROXY_CPING");
            }
            held.release();
        }
        assertHealthyAgain(fault);
    }

    @ParameterizedTest
    @EnumSource(names = {"FEW_CONNECTIONS", "STOCK_FEW_CONNECTIONS"})
    void namesConnectionsThatAreAllInUse(Fault fault) throws Exception {
        try (Held held = new Held(fault, 2)) {
            // Tomcat's acceptor may have one more in its hands.
            try (Socket third = new Socket("127.0.0.1", bed.port(fault))) {
                CommandLineRun run = doctor(fault, "--secret-file", bed.secretFile(true).toString(), "--timeout", "500ms");
                assertFound(run, NO_ANSWER, "NO_CONNECTION_LEFT", "raise maxConnections on <Connector");
            }
            held.release();
        }
    }

    private void assertHealthyAgain(Fault fault) {
        Awaitility.await().untilAsserted(() -> assertThat(
                doctor(fault, "--secret-file", bed.secretFile(true).toString()).exitCode()).isEqualTo(HEALTHY));
    }

    /** Requests that hold a thread and a connection each. */
    private final class Held implements AutoCloseable {

        private final List<RawConnection> connections = new ArrayList<>();
        private final List<String> ids = new ArrayList<>();

        Held(Fault fault, int count) throws IOException {
            for (int i = 0; i < count; i++) {
                ids.add(Client.newRequestId());
                URI uri = bed.at(fault, "/app/events?count=2&id=" + ids.get(i));
                connections.add(RawConnection.to(uri).request("GET", uri));
            }
            for (RawConnection connection : connections) {
                assertThat(connection.readHead().status()).isEqualTo(200);
                connection.readChunk();
            }
        }

        void release() {
            ids.forEach(id -> client.send(Client.request(bed.at(Fault.NONE, "/app/events?id=" + id)).POST(BodyPublishers.noBody())));
        }

        @Override
        public void close() throws IOException {
            for (RawConnection connection : connections) {
                connection.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PAUSED", "STOCK_PAUSED"})
    void namesAConnectorThatIsPaused(Fault fault) {
        ObjectName connector = bed.tomcat().connectorBean(fault.id());
        bed.tomcat().jmx().invoke(connector, "pause");
        try {
            // Catwalk closes its port meanwhile; the stock connector leaves everybody waiting.
            if (fault == Fault.PAUSED) {
                assertFound(doctor(fault, "--timeout", "500ms"), NO_ANSWER, "REFUSED", "start Tomcat");
            } else {
                assertFound(doctor(fault, "--timeout", "500ms"), NO_ANSWER, "NO_CONNECTION_LEFT", "operation resume");
            }
        } finally {
            bed.tomcat().jmx().invoke(connector, "resume");
        }
        assertHealthyAgain(fault);
    }

    @Test
    void namesAnApplicationThatHangs() {
        String id = Client.newRequestId();
        CommandLineRun run = doctor(Fault.NONE, "--secret-file", bed.secretFile(true).toString(), "--timeout", "500ms",
                "--uri", "/app/events?count=2&id=" + id);
        assertFound(run, BROKEN, "APPLICATION_HANGS", "Tomcat itself does", "jstack PID");
        client.send(Client.request(bed.at(Fault.NONE, "/app/events?id=" + id)).POST(BodyPublishers.noBody()));
    }

    // ---- load balancing

    @Test
    void namesAJvmRouteThatIsNotTheMembers() {
        Fault fault = Fault.ROUTE_DIFFERS;
        Reply reply = client.get(bed.at(fault, "/form/secure/echo"));
        assertThat(reply.headers("set-cookie")).as("a session that the balancer knows no member for")
                .anyMatch(cookie -> cookie.contains(".route1"));
        assertFound(doctor(fault, allFiles(fault)), BROKEN, "ROUTE_DIFFERS", "jvmRoute=\"route-differs\" on <Engine>", "route=route1");
    }

    // ---- the web server's logs

    private String explained(LogFile log) {
        return doctor(Fault.NONE, "--secret-file", bed.secretFile(true).toString(), "--jk-log", log.path().toString()).out();
    }

    @Test
    void explainsTheLogThatModJkWrites() {
        assertThat(client.get(bed.at(Fault.NONE, "/nobody")).status()).isEqualTo(500);
        assertThat(client.get(bed.at(Fault.CLOSED_PORT, "/")).status()).isEqualTo(503);
        assertThat(client.get(bed.at(Fault.SECRET_WRONG, "/")).status()).isEqualTo(403);
        assertThat(client.get(bed.at(Fault.PEER_REFUSED, "/")).status()).isIn(502, 503);
        assertThat(client.send(Client.request(bed.at(Fault.NONE, "/")).header("X-Large", "x".repeat(20_000))).status()).isEqualTo(413);
        CommandLineRun run = doctor(Fault.NONE, "--secret-file", bed.secretFile(true).toString(),
                "--jk-log", bed.httpd().modJkLog().path().toString());
        assertThat(run.exitCode()).as("what a log says is past").isEqualTo(HEALTHY);
        assertThat(run.out()).contains("LOG_NO_WORKER", "CONNECT_FAILED (errno 111, refused)", "LOG_BACKEND_FAILED", "LOG_REUSE_OFF",
                "LOG_RESPONSE_HEAD_FAILED", "LOG_NO_RESPONSE", "LOG_REQUEST_TOO_LARGE", "LOG_CONNECTING_FAILED");
    }

    @Test
    void explainsTheLogThatModProxyAjpWrites() {
        FrontEnd modProxy = FrontEnd.MOD_PROXY_AJP;
        assertThat(client.get(bed.at(Fault.CLOSED_PORT, modProxy, "/")).status()).isEqualTo(503);
        assertThat(client.get(bed.at(Fault.NOT_AJP, modProxy, "/")).status()).isIn(500, 502, 503);
        assertThat(client.get(bed.at(Fault.PEER_REFUSED, modProxy, "/")).status()).isIn(500, 502, 503);
        assertThat(client.get(bed.at(Fault.FRONT_SMALLER, modProxy, "/app/download?size=100000")).status()).isEqualTo(500);
        assertThat(client.send(Client.request(bed.at(Fault.NONE, modProxy, "/")).header("X-Large", "x".repeat(20_000))).status())
                .isEqualTo(400);
        assertThat(explained(bed.httpd().errorLog())).contains("PROXY_CONNECT_FAILED (errno 111, refused)", "LOG_PROXY_NOT_AJP",
                "LOG_PROXY_NO_ANSWER", "LOG_PROXY_RESPONSE_TOO_LARGE", "LOG_PROXY_REQUEST_TOO_LARGE");
    }

    @Test
    void tellsHttpdsOwn403() {
        assertThat(client.get(bed.at(Fault.NONE, "/" + DoctorBed.UNREADABLE)).status()).isEqualTo(403);
        assertThat(client.get(bed.at(Fault.NONE, "/denied/page")).status()).isEqualTo(403);
        assertThat(explained(bed.httpd().errorLog())).contains("LOG_HTTPD_FORBIDDEN", "restorecon -Rv", "LOG_HTTPD_DENIED");
    }

    @Test
    void takesAPastedLogAndPrintsJson() {
        CommandLineRun run = doctor(Fault.NONE, "--secret-file", bed.secretFile(true).toString(), "--json", "--jk-log", "-");
        assertThat(run.exitCode()).isEqualTo(HEALTHY);
        assertThat(run.out()).startsWith("{\"target\":").contains("\"verdict\":\"healthy\",\"exitCode\":0").contains("0 lines");
    }
}
