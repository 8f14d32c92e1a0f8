package org.catwalk.ajp.tool.doctor;

import static org.catwalk.ajp.tool.doctor.Finding.broken;
import static org.catwalk.ajp.tool.doctor.Finding.note;
import static org.catwalk.ajp.tool.doctor.Finding.warning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether SELinux lets httpd connect to a port, from what {@code getenforce}, {@code getsebool}, {@code semanage} and the audit log say. It
 * confines httpd and not us: that we can connect means nothing.
 */
final class Selinux {

    private static final Path AUDIT_LOG = Path.of("/var/log/audit/audit.log");
    private static final Pattern DENIED = Pattern.compile("avc:\\s+denied\\s+\\{ ([^}]*) }.*scontext=\\S*:httpd_t:");
    private static final Pattern DESTINATION = Pattern.compile("\\bdest=(\\d{1,5})\\b");
    private static final Pattern FILE = Pattern.compile("\\b(?:path|name)=\"([^\"]*)\"");
    private static final Pattern TARGET_TYPE = Pattern.compile("tcontext=[^:\\s]*:[^:\\s]*:([^:\\s]*)");
    private static final Pattern TARGET_CLASS = Pattern.compile("tclass=(\\w+)");
    private static final int FILES_SHOWN = 3;

    private final Host host;
    private final int port;
    private final Section section = new Section("SELinux on this host");

    private Selinux(Host host, int port) {
        this.host = host;
        this.port = port;
    }

    /** @param port of the connector */
    static Section look(Host host, int port) {
        Selinux selinux = new Selinux(host, port);
        selinux.look();
        return selinux.section;
    }

    private void look() {
        Optional<String> mode = host.output("getenforce").map(String::trim);
        if (mode.isEmpty() || mode.get().equals("Disabled")) {
            section.fact(mode.isEmpty() ? "not there" : "disabled");
            return;
        }
        section.fact(mode.get().toLowerCase(java.util.Locale.ROOT));
        List<String> denials = denials();
        port(mode.get().equals("Enforcing"), denials);
        files(denials);
    }

    // ---- the port

    private void port(boolean enforcing, List<String> denials) {
        boolean isDenied = denials.stream().anyMatch(line -> line.contains("name_connect") && destination(line) == port);
        Optional<String> ports = host.output("semanage", "port", "-l");
        Optional<Boolean> mayConnectAnywhere = isOn("httpd_can_network_connect");
        if (mayConnectAnywhere.orElse(false)) {
            section.fact("httpd may connect to every port (httpd_can_network_connect is on)");
            return;
        }
        if (ports.isEmpty() && !isDenied) {
            section.finding(note("SELINUX_PORTS_UNKNOWN", "The list of ports cannot be read: semanage is missing, or wants root",
                    "Whether httpd may connect to port " + port + " is not known",
                    "as root: semanage port -l | grep http_port_t; if " + port + " is not there, " + add(),
                    "or setsebool -P httpd_can_network_connect 1"));
            return;
        }
        PortTypes types = PortTypes.parse(ports.orElse(""));
        if (types.typesOf(port).contains("http_port_t")) {
            section.fact("port " + port + " is of type http_port_t");
            if (denials.stream().anyMatch(this::isDenialOfWebPort) && !isOn("httpd_can_network_relay").orElse(false)) {
                section.finding(finding(enforcing, "httpd was denied a connection to port " + port + " although it is of type http_port_t",
                        "setsebool -P httpd_can_network_relay 1", "or setsebool -P httpd_can_network_connect 1"));
            }
            return;
        }
        String type = types.exactTypeOf(port).or(() -> denials.stream().filter(line -> destination(line) == port).findFirst()
                .flatMap(Selinux::targetType))
                .orElse("no type of its own");
        boolean isDefinedOtherwise = types.exactTypeOf(port).isPresent();
        section.finding(finding(enforcing, "Port " + port + " is not of type http_port_t (" + type + ")"
                + (isDenied ? ", and httpd was denied a connection to it" : ""),
                isDefinedOtherwise ? "semanage port -m -t http_port_t -p tcp " + port : add(),
                ports.isEmpty() ? "or, without semanage: setsebool -P httpd_can_network_connect 1"
                        : "or, if httpd has to reach many ports: setsebool -P httpd_can_network_connect 1"));
    }

    /** A denial from before the port had its type, which the log shows for the rest of the day, says nothing about now. */
    private boolean isDenialOfWebPort(String line) {
        return line.contains("name_connect") && destination(line) == port && targetType(line).filter("http_port_t"::equals).isPresent();
    }

    private Finding finding(boolean enforcing, String what, String... cure) {
        String effect = "httpd gets errno 13, permission denied: 503 in the browser, connect to ... failed (errno=13) in mod_jk.log";
        return enforcing ? broken("SELINUX_PORT", what, effect, cure)
                : warning("SELINUX_PORT", what, "Nothing yet, as SELinux is permissive; once it is enforcing, " + effect, cure);
    }

    private String add() {
        return "semanage port -a -t http_port_t -p tcp " + port;
    }

    private Optional<Boolean> isOn(String bool) {
        return host.output("getsebool", bool).map(text -> text.trim().endsWith("on"));
    }

    // ---- files of httpd's own

    private void files(List<String> denials) {
        Set<String> files = new LinkedHashSet<>();
        for (String line : denials) {
            Matcher file = FILE.matcher(line);
            if (isOfFile(line) && file.find()) {
                files.add(file.group(1));
            }
        }
        if (files.isEmpty()) {
            return;
        }
        String first = files.iterator().next();
        section.finding(warning("SELINUX_LABEL", "httpd was denied files of its own: "
                + String.join(", ", files.stream().limit(FILES_SHOWN).toList()) + (files.size() > FILES_SHOWN ? ", ..." : ""),
                "httpd itself answers 403 (AH00035 or AH00132 in its error log); Tomcat is not asked",
                "ls -Z " + first, "restorecon -Rv " + (first.startsWith("/") ? directory(first) : "DIRECTORY"),
                "or, for pages at an unusual place: semanage fcontext -a -t httpd_sys_content_t 'DIRECTORY(/.*)?', then restorecon -Rv DIRECTORY",
                "or, until the next relabelling: chcon -R -t httpd_sys_content_t DIRECTORY"));
    }

    private static boolean isOfFile(String line) {
        Matcher tclass = TARGET_CLASS.matcher(line);
        return tclass.find() && (tclass.group(1).equals("file") || tclass.group(1).equals("dir"));
    }

    private static String directory(String file) {
        return file.lastIndexOf('/') > 0 ? file.substring(0, file.lastIndexOf('/')) : file;
    }

    // ---- the audit log

    /** Lines about what httpd was denied, from ausearch or from the log itself; none if neither may be read. */
    private List<String> denials() {
        Optional<String> audit = host.output("ausearch", "-m", "avc", "-ts", "today", "-c", "httpd").or(() -> host.tail(AUDIT_LOG));
        List<String> denials = new ArrayList<>();
        audit.ifPresent(text -> text.lines().filter(line -> DENIED.matcher(line).find()).forEach(denials::add));
        return denials;
    }

    private static int destination(String line) {
        Matcher destination = DESTINATION.matcher(line);
        return destination.find() ? Integer.parseInt(destination.group(1)) : 0;
    }

    private static Optional<String> targetType(String line) {
        Matcher type = TARGET_TYPE.matcher(line);
        return type.find() ? Optional.of(type.group(1)) : Optional.empty();
    }
}
