package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The list of ports of Debian 12 is recorded: what {@code semanage port -l -S default} (policycoreutils 3.4) printed of the policy
 * selinux-policy-default 2:2.20221101-9, after {@code semanage port -a -t http_port_t -p tcp 8109}. The other outputs are composed, because no
 * machine whose kernel enforces SELinux was at hand: they have the form, and most values, that Fedora's and Red Hat's documentation and public
 * reports show for RHEL 8 and 9.
 */
class SelinuxTest {

    private static final String PORTS = recorded("semanage-port-l.txt");
    private static final String PORTS_OF_DEBIAN = recorded("semanage-port-l-debian12.txt");
    private static final String DENIALS = recorded("ausearch-avc-httpd.txt");

    private final RecordedHost host = new RecordedHost();

    private static final class RecordedHost implements Host {

        private final Map<String, String> outputs = new HashMap<>(Map.of("getenforce", "Enforcing\n", "semanage", PORTS,
                "getsebool", "httpd_can_network_connect --> off\n"));
        private String auditLog;

        @Override
        public Optional<String> output(String... command) {
            return Optional.ofNullable(outputs.get(command[0]));
        }

        @Override
        public Optional<String> tail(Path file) {
            return Optional.ofNullable(auditLog);
        }
    }

    private static String recorded(String name) {
        try (InputStream in = SelinuxTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Finding only(int port, String code) {
        List<Finding> findings = Selinux.look(host, port).findings();
        assertThat(findings).extracting(Finding::code).containsExactly(code);
        return findings.get(0);
    }

    @Test
    void saysNothingWhereThereIsNoSelinux() {
        host.outputs.remove("getenforce");
        assertThat(Selinux.look(host, 9123).findings()).isEmpty();
        host.outputs.put("getenforce", "Disabled\n");
        assertThat(Selinux.look(host, 9123).findings()).isEmpty();
    }

    @Test
    void findsNothingWrongWithAPortOfHttpds() {
        Section section = Selinux.look(host, 8009);
        assertThat(section.findings()).isEmpty();
        assertThat(section.facts()).contains("enforcing", "port 8009 is of type http_port_t");
    }

    @Test
    void readsTheListThatDebianPrints() {
        host.outputs.put("semanage", PORTS_OF_DEBIAN);
        assertThat(Selinux.look(host, 8009).findings()).isEmpty();
        assertThat(Selinux.look(host, 8009).facts()).contains("port 8009 is of type http_port_t");
        assertThat(only(18009, "SELINUX_PORT").cure()).first().isEqualTo("semanage port -a -t http_port_t -p tcp 18009");
        Finding taken = only(5988, "SELINUX_PORT");
        assertThat(taken.what()).contains("pegasus_http_port_t");
        assertThat(taken.cure()).first().isEqualTo("semanage port -m -t http_port_t -p tcp 5988");
    }

    @Test
    void findsThePortThatItsCureHasAdded() {
        host.outputs.put("semanage", PORTS_OF_DEBIAN);
        assertThat(Selinux.look(host, 8109).findings()).isEmpty();
    }

    @Test
    void addsAPortThatOnlyARangeHolds() {
        Finding finding = only(18009, "SELINUX_PORT");
        assertThat(finding.severity()).isEqualTo(Severity.BROKEN);
        assertThat(finding.effect()).contains("errno 13");
        assertThat(finding.cure()).first().isEqualTo("semanage port -a -t http_port_t -p tcp 18009");
        assertThat(finding.cure()).last().asString().contains("setsebool -P httpd_can_network_connect 1");
    }

    @Test
    void modifiesAPortThatAnotherTypeNames() {
        Finding finding = only(9123, "SELINUX_PORT");
        assertThat(finding.what()).contains("jboss_management_port_t");
        assertThat(finding.cure()).first().isEqualTo("semanage port -m -t http_port_t -p tcp 9123");
    }

    @Test
    void findsNothingWrongWhenHttpdMayConnectAnywhere() {
        host.outputs.put("getsebool", "httpd_can_network_connect --> on\n");
        assertThat(Selinux.look(host, 18009).findings()).isEmpty();
    }

    @Test
    void warnsOnlyWhileSelinuxIsPermissive() {
        host.outputs.put("getenforce", "Permissive\n");
        assertThat(only(18009, "SELINUX_PORT").severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void asksForRootIfItMayNotSeeThePorts() {
        host.outputs.remove("semanage");
        assertThat(only(18009, "SELINUX_PORTS_UNKNOWN").cure()).first().asString().contains("semanage port -a -t http_port_t -p tcp 18009");
    }

    @Test
    void seesADenialWithoutTheListOfPorts() {
        host.outputs.remove("semanage");
        host.auditLog = DENIALS.lines().limit(3).reduce("", (all, line) -> all + line + "\n");
        Finding finding = only(7003, "SELINUX_PORT");
        assertThat(finding.what()).contains("httpd was denied", "unreserved_port_t");
        assertThat(finding.cure()).containsExactly("semanage port -a -t http_port_t -p tcp 7003",
                "or, without semanage: setsebool -P httpd_can_network_connect 1");
    }

    @Test
    void namesTheBooleanIfThePortIsOfTheRightTypeAndDeniedAllTheSame() {
        host.outputs.put("ausearch", DENIALS.lines().limit(3).map(line -> line.replace("dest=7003", "dest=8009")
                .replace("unreserved_port_t", "http_port_t"))
                .reduce("", (all, line) -> all + line + "\n"));
        assertThat(only(8009, "SELINUX_PORT").cure()).first().isEqualTo("setsebool -P httpd_can_network_relay 1");
    }

    @Test
    void passesOverADenialFromBeforeThePortHadItsType() {
        host.outputs.put("ausearch", DENIALS.lines().limit(3).map(line -> line.replace("dest=7003", "dest=8009"))
                .reduce("", (all, line) -> all + line + "\n"));
        assertThat(Selinux.look(host, 8009).findings()).isEmpty();
    }

    @Test
    void restoresTheLabelsOfFilesThatHttpdMayNotRead() {
        host.outputs.put("ausearch", DENIALS);
        Finding finding = only(8009, "SELINUX_LABEL");
        assertThat(finding.what()).contains("/var/www/html/file1");
        assertThat(finding.cure()).anyMatch(cure -> cure.equals("restorecon -Rv /var/www/html"))
                .anyMatch(cure -> cure.contains("chcon -R -t"));
    }

    @Test
    void passesOverWhatOthersWereDenied() {
        host.outputs.put("ausearch", DENIALS);
        List<Finding> findings = Selinux.look(host, 7004).findings();
        assertThat(findings).extracting(Finding::code).containsExactly("SELINUX_PORT", "SELINUX_LABEL");
        assertThat(findings.get(0).what()).doesNotContain("denied");
    }

    @Test
    void neverSwitchesSelinuxOff() {
        host.outputs.put("ausearch", DENIALS);
        for (int port : new int[] {8009, 7003, 18009, 9123}) {
            for (Finding finding : Selinux.look(host, port).findings()) {
                assertThat(finding.toString()).doesNotContain("setenforce").doesNotContainIgnoringCase("disable");
            }
        }
    }
}
