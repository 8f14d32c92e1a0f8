package org.catwalk.ajp.tool.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the operator gave us to read; each part may be missing. */
record Configuration(Optional<WorkersFile> workers, Optional<HttpdConf> httpd, Optional<ServerXml> serverXml) {

    static final Configuration NONE = new Configuration(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Reads what is named. Without {@code workersFile}, the JkWorkersFile of {@code httpdConf} is read if it is there.
     *
     * @param workersFile perhaps null, as the others
     * @throws IOException if one cannot be read
     */
    static Configuration read(Path workersFile, Path httpdConf, Path serverXml) throws IOException {
        Optional<HttpdConf> httpd = httpdConf == null ? Optional.empty() : Optional.of(HttpdConf.read(httpdConf));
        Path path = workersFile != null ? workersFile
                : httpd.flatMap(HttpdConf::workersPath).filter(Files::isReadable).orElse(null);
        WorkersFile workers = path == null ? null : WorkersFile.read(path);
        return of(workers, httpd.orElse(null), serverXml == null ? null : ServerXml.read(serverXml));
    }

    /** As {@link #read}, with each part or null. */
    static Configuration of(WorkersFile workers, HttpdConf httpd, ServerXml serverXml) {
        WorkersFile all = workers;
        if (httpd != null && !httpd.workerProperties().isEmpty()) {
            all = workers == null ? WorkersFile.parse("", List.of()) : workers;
            for (Setting line : httpd.workerProperties()) {
                all.add(line.file(), line.line(), line.value());
            }
        }
        return new Configuration(Optional.ofNullable(all), Optional.ofNullable(httpd), Optional.ofNullable(serverXml));
    }

    boolean isEmpty() {
        return workers.isEmpty() && httpd.isEmpty() && serverXml.isEmpty();
    }

    List<Backend> backends() {
        List<Backend> all = new ArrayList<>();
        workers.ifPresent(each -> all.addAll(each.backends()));
        httpd.ifPresent(each -> all.addAll(each.backends()));
        return all;
    }

    /** The backends that lead to that place. Names are not resolved: if no host is the same, the port decides. */
    List<Backend> backendsFor(String host, int port) {
        List<Backend> samePort = backends().stream().filter(each -> each.port() == port).toList();
        List<Backend> sameHost = samePort.stream().filter(each -> isSameHost(each.host(), host)).toList();
        return sameHost.isEmpty() ? samePort : sameHost;
    }

    Optional<AjpConnector> connectorAt(int port) {
        return serverXml.stream().flatMap(each -> each.ajpConnectors().stream())
                .filter(each -> each.port().orElse(-1) == port).findFirst();
    }

    private static boolean isSameHost(String one, String other) {
        return one.equalsIgnoreCase(other) || isLocal(one) && isLocal(other);
    }

    /** Whether it is this host's own name or address for itself, in either family. */
    static boolean isLocal(String host) {
        return host.toLowerCase(Locale.ROOT).startsWith("localhost") || host.startsWith("127.") || isLocalIpv6(host);
    }

    static boolean isLocalIpv6(String host) {
        return host.equals("::1") || host.equals("[::1]") || host.equals("0:0:0:0:0:0:0:1");
    }
}
