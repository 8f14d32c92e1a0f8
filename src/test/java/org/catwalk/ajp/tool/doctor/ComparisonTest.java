package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static final String WORKER = "worker.list=node1\nworker.node1.host=127.0.0.1\nworker.node1.port=8009\n";
    private static final String CATWALK = "protocol='org.catwalk.ajp.AjpProtocol' port='8009' ";
    private static final String STOCK = "protocol='AJP/1.3' port='8009' ";

    private static List<Finding> compare(String workers, String httpd, String connector) throws IOException {
        return compare(workers, httpd, connector, "");
    }

    private static List<Finding> compare(String workers, String httpd, String connector, String engine) throws IOException {
        Configuration configuration = Configuration.of(
                workers == null ? null : WorkersFile.parse("workers.properties", workers.lines().toList()),
                httpd == null ? null : HttpdConf.parse("httpd.conf", httpd.lines().toList()),
                connector == null ? null : ServerXml.parse("server.xml",
                        "<Server><Service>\n<Connector " + connector + "/>\n<Engine " + engine + "/></Service></Server>"));
        return Comparison.of(configuration, "127.0.0.1", 8009);
    }

    private static Finding only(List<Finding> findings, String code) {
        assertThat(findings).extracting(Finding::code).containsExactly(code);
        return findings.get(0);
    }

    @Test
    void findsNothingInAPairThatFits() throws IOException {
        assertThat(compare(WORKER + "worker.node1.secret=s\nworker.node1.max_packet_size=65536\nworker.node1.connection_pool_timeout=600\n",
                "LoadModule mpm_event_module x\nJkMount /* node1\n", CATWALK + "secret='s' packetSize='65536' keepAliveTimeout='600000'"))
                .noneMatch(finding -> finding.severity() != Severity.NOTE);
    }

    @Test
    void namesAPortThatTheOtherSideDoesNotHave() throws IOException {
        Finding finding = only(compare(WORKER, null, "protocol='AJP/1.3' port='8010' secret='s'"), "PORT_DIFFERS");
        assertThat(finding.what()).contains("8009", "port 8010 (server.xml, line 2)");
        assertThat(finding.cure()).first().asString().contains("server.xml, line 2: port=\"8009\"");
    }

    @Test
    void namesAPortThatSpeaksHttp() throws IOException {
        assertThat(compare(WORKER, null, "port='8009'")).extracting(Finding::code).containsExactly("PORT_IS_NOT_AJP");
    }

    @Test
    void namesAWebServerThatSendsElsewhere() throws IOException {
        Finding finding = only(compare("worker.list=a\nworker.a.port=8011\nworker.a.secret=s\n", null, CATWALK + "secret='s'"),
                "NO_BACKEND");
        assertThat(finding.cure()).containsExactly("workers.properties, line 2: worker.a.port=8009");
    }

    @Test
    void namesAMissingSecretOnEitherSide() throws IOException {
        Finding missing = only(compare(WORKER, null, CATWALK + "secret='s'"), "SECRET_MISSING");
        assertThat(missing.cure()).first().asString().contains("worker.node1.secret=", "server.xml, line 2");
        only(compare(WORKER + "worker.node1.secret=s\n", null, CATWALK), "CONNECTOR_WITHOUT_SECRET");
        assertThat(only(compare(WORKER + "worker.node1.secret=s\n", null, CATWALK + "secretRequired='false'"), "SECRET_UNUSED").severity())
                .isEqualTo(Severity.NOTE);
    }

    @Test
    void comparesSecretsAndShowsNone() throws IOException {
        String sent = "sent-by-httpd";
        String wanted = "wanted-by-tomcat";
        List<Finding> findings = compare(WORKER + "worker.node1.secret=" + sent + "\n", null, CATWALK + "secret='" + wanted + "'");
        Finding finding = only(findings, "SECRET_DIFFERS");
        assertThat(finding.severity()).isEqualTo(Severity.BROKEN);
        assertThat(finding.cure()).first().asString().contains("workers.properties, line 4", "server.xml, line 2");
        assertThat(finding.toString()).doesNotContain(sent).doesNotContain(wanted);
    }

    @Test
    void acceptsEachOfSeveralSecretsAndWhatItCannotKnow() throws IOException {
        assertThat(compare(WORKER + "worker.node1.secret=b\n", null, CATWALK + "secret='a' secrets='b, c'")).isEmpty();
        assertThat(compare(WORKER + "worker.node1.secret=x\n", null, CATWALK + "secretFile='conf/secrets'")).isEmpty();
        assertThat(compare(WORKER + "worker.node1.secret=x\n", null, STOCK + "secret='${ajp.secret}'")).isEmpty();
        assertThat(compare(WORKER + "worker.node1.secret=x\n", null, STOCK + "requiredSecret='x'")).isEmpty();
    }

    @Test
    void namesPacketSizesThatDifferBothWays() throws IOException {
        Finding smaller = only(compare(WORKER + "worker.node1.secret=s\n", null, CATWALK + "secret='s' packetSize='65536'"),
                "PACKET_SIZE_FRONT_SMALLER");
        assertThat(smaller.severity()).isEqualTo(Severity.BROKEN);
        assertThat(smaller.cure()).containsExactly("workers.properties, with line 3: worker.node1.max_packet_size=65536",
                "or server.xml, line 2: packetSize=\"8192\" on <Connector port=\"8009\">");
        String large = WORKER + "worker.node1.secret=s\nworker.node1.max_packet_size=65536\n";
        assertThat(only(compare(large, null, CATWALK + "secret='s'"), "PACKET_SIZE_FRONT_LARGER").severity()).isEqualTo(Severity.WARNING);
        assertThat(only(compare(large, null, STOCK + "secret='s'"), "PACKET_SIZE_FRONT_LARGER").severity()).isEqualTo(Severity.BROKEN);
    }

    @Test
    void namesTheDirectiveOfModProxyAjp() throws IOException {
        Finding finding = only(compare(null, "ProxyPass / ajp://127.0.0.1:8009/ secret=s\n", CATWALK + "secret='s' packetSize='65536'"),
                "PACKET_SIZE_FRONT_SMALLER");
        assertThat(finding.cure()).first().isEqualTo("httpd.conf, with line 1: ProxyIOBufferSize 65536");
    }

    @Test
    void namesTheWrongAddressFamily() throws IOException {
        Finding finding = only(compare(WORKER + "worker.node1.secret=s\n", null, CATWALK + "secret='s' address='::1'"), "ADDRESS_FAMILY");
        assertThat(finding.severity()).isEqualTo(Severity.BROKEN);
        assertThat(finding.cure()).first().asString().contains("address=\"127.0.0.1\"");
        assertThat(only(compare("worker.list=a\nworker.a.secret=s\n", null, CATWALK + "secret='s' address='::1'"), "ADDRESS_FAMILY")
                .severity())
                .as("localhost may be either").isEqualTo(Severity.WARNING);
    }

    @Test
    void namesAConnectorThatOnlyItsOwnHostReaches() throws IOException {
        Configuration configuration = Configuration.of(
                WorkersFile.parse("workers.properties", List.of("worker.list=a", "worker.a.host=tomcat1", "worker.a.secret=s")), null,
                ServerXml.parse("server.xml", "<Server><Service><Connector " + STOCK + "secret='s'/></Service></Server>"));
        Finding finding = only(Comparison.of(configuration, "tomcat1", 8009), "LISTENS_ON_LOOPBACK");
        assertThat(finding.cure()).first().asString().contains("address=\"tomcat1\"");
    }

    @Test
    void namesConnectionsThatDoNotSuffice() throws IOException {
        String event = "LoadModule mpm_event_module x\nThreadsPerChild 64\nMaxRequestWorkers 1024\n";
        Finding connections = only(compare(WORKER + "worker.node1.secret=s\n", event, STOCK + "secret='s' maxConnections='500'"),
                "TOO_FEW_CONNECTIONS");
        assertThat(connections.what()).contains("1024 connections", "takes 500");
        assertThat(connections.cure()).first().asString().contains("maxConnections=\"1024\"");
        Finding pool = only(compare(WORKER + "worker.node1.secret=s\nworker.node1.connection_pool_size=10\n", event,
                STOCK + "secret='s' maxThreads='1024'"), "POOL_TOO_SMALL");
        assertThat(pool.cure()).containsExactly("workers.properties, line 5: worker.node1.connection_pool_size=64");
        assertThat(only(compare(WORKER + "worker.node1.secret=s\n", event, STOCK + "secret='s'"), "FEWER_THREADS_THAN_CONNECTIONS")
                .severity())
                .isEqualTo(Severity.NOTE);
    }

    @Test
    void namesIdleTimesThatMeetInTheMiddle() throws IOException {
        String connector = STOCK + "secret='s' keepAliveTimeout='60000'";
        Finding endless = only(compare(WORKER + "worker.node1.secret=s\n", null, connector), "IDLE_TIMEOUT");
        assertThat(endless.cure()).first().isEqualTo("workers.properties, with line 3: worker.node1.connection_pool_timeout=60");
        only(compare(WORKER + "worker.node1.secret=s\nworker.node1.connection_pool_timeout=600\n", null, connector), "IDLE_TIMEOUT");
        assertThat(compare(WORKER + "worker.node1.secret=s\nworker.node1.connection_pool_timeout=60\n", null, connector)).isEmpty();
        assertThat(compare(WORKER + "worker.node1.secret=s\nworker.node1.ping_mode=A\n", null, connector)).isEmpty();
        assertThat(only(compare(null, "ProxyPass / ajp://127.0.0.1:8009/ secret=s\n", connector), "IDLE_TIMEOUT").effect()).contains("503");
    }

    @Test
    void namesRoutesThatDiffer() throws IOException {
        String balancer = "worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=node1\nworker.node1.port=8009\nworker.node1.secret=s\n";
        Finding differs = only(compare(balancer, null, CATWALK + "secret='s'", "jvmRoute='other'"), "ROUTE_DIFFERS");
        assertThat(differs.cure()).containsExactly("server.xml, line 3: jvmRoute=\"node1\" on <Engine>",
                "or workers.properties, with line 4: worker.node1.route=other");
        only(compare(balancer, null, CATWALK + "secret='s'"), "ROUTE_MISSING");
        assertThat(compare(balancer, null, CATWALK + "secret='s'", "jvmRoute='node1'")).isEmpty();
        assertThat(compare(WORKER + "worker.node1.secret=s\n", null, CATWALK + "secret='s'", "jvmRoute='other'")).as("no balancer")
                .isEmpty();
        only(compare(null, "BalancerMember balancer://b ajp://127.0.0.1:8009 secret=s\n", CATWALK + "secret='s'", "jvmRoute='x'"),
                "ROUTE_MISSING");
    }

    @Test
    void namesMountsAndMembersThatLeadNowhere() throws IOException {
        assertThat(only(compare(WORKER, "JkMount /* node2\n", null), "MOUNT_WITHOUT_WORKER").cure()).first().asString()
                .isEqualTo("workers.properties: worker.list=node1,node2");
        assertThat(compare("worker.list=lb\nworker.lb.type=lb\nworker.lb.balance_workers=node1\n", null, null)).extracting(Finding::code)
                .containsExactly("MEMBER_WITHOUT_WORKER");
    }

    @Test
    void namesAttributesThatWillBeRefused() throws IOException {
        String httpd = "JkEnvVar COLOUR blue\n";
        String worker = WORKER + "worker.node1.secret=s\n";
        assertThat(only(compare(worker, httpd, STOCK + "secret='s'"), "ATTRIBUTE_REFUSED").cure()).first().asString()
                .contains("allowedRequestAttributesPattern=\"COLOUR\"");
        assertThat(compare(worker, httpd, STOCK + "secret='s' allowedRequestAttributesPattern='COL.*'")).isEmpty();
        assertThat(compare(worker, httpd, CATWALK + "secret='s' unknownAttributes='ignore'")).isEmpty();
        assertThat(compare(worker, httpd, CATWALK + "secret='s' allowedRequestAttributes='SHAPE, COLOUR'")).isEmpty();
    }

    @Test
    void notesAUserWhomNobodyTakesOver() throws IOException {
        String httpd = "<Location />\nAuthType Basic\n</Location>\n";
        String worker = WORKER + "worker.node1.secret=s\n";
        assertThat(only(compare(worker, httpd, STOCK + "secret='s'"), "REMOTE_USER_DROPPED").cure()).first().asString()
                .contains("tomcatAuthentication=\"false\"");
        assertThat(compare(worker, httpd, STOCK + "secret='s' tomcatAuthentication='false'")).isEmpty();
    }
}
