package org.catwalk.ajp.tool.doctor;

import static org.catwalk.ajp.tool.doctor.Finding.broken;
import static org.catwalk.ajp.tool.doctor.Finding.note;
import static org.catwalk.ajp.tool.doctor.Finding.warning;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.catwalk.ajp.tool.client.AjpConnection;
import org.catwalk.ajp.tool.client.AjpFailure;
import org.catwalk.ajp.tool.client.ServerAddress;

/** Tries every address of a host, and loopback's other family, and says why a connection does not come about. */
final class Addresses {

    private final ServerAddress server;
    private final Duration timeout;
    private final Host host;
    private final Section section = new Section("Addresses");
    private final List<InetSocketAddress> open = new ArrayList<>();

    /**
     * What came of it.
     *
     * @param section for the report
     * @param open the addresses to go on with, in the order in which front ends try them; empty if there is none
     */
    record Result(Section section, List<InetSocketAddress> open) {
    }

    private record Attempt(InetSocketAddress address, AjpFailure failure, Duration time) {

        boolean isOpen() {
            return failure == null;
        }

        boolean isIpv6() {
            return address.getAddress() instanceof Inet6Address;
        }

        @Override
        public String toString() {
            return text(address);
        }
    }

    private Addresses(ServerAddress server, Duration timeout, Host host) {
        this.server = server;
        this.timeout = timeout;
        this.host = host;
    }

    /** @param timeout for each address */
    static Result tryAll(ServerAddress server, Duration timeout, Host host) {
        Addresses addresses = new Addresses(server, timeout, host);
        addresses.tryAll();
        return new Result(addresses.section, addresses.open);
    }

    private void tryAll() {
        List<InetSocketAddress> resolved;
        try {
            resolved = server.resolve();
        } catch (AjpFailure e) {
            section.finding(broken("UNKNOWN_HOST", "The name " + server.host() + " has no address",
                    "mod_jk says that it can't resolve tomcat address and leaves the worker out; mod_proxy_ajp answers 502",
                    "correct the name in workers.properties or httpd.conf", "or add it to /etc/hosts or to the name server"));
            return;
        }
        List<Attempt> attempts = resolved.stream().map(this::attempt).toList();
        attempts.forEach(this::fact);
        attempts.stream().filter(Attempt::isOpen).map(Attempt::address).forEach(open::add);
        if (open.isEmpty()) {
            nothingOpen(attempts);
        } else {
            attempts.stream().filter(attempt -> !attempt.isOpen()).forEach(this::oneOfSeveral);
        }
    }

    private Attempt attempt(InetSocketAddress address) {
        long start = System.nanoTime();
        try (AjpConnection connection = AjpConnection.open(address, timeout)) {
            return new Attempt(connection.address(), null, Duration.ofNanos(System.nanoTime() - start));
        } catch (AjpFailure e) {
            return new Attempt(address, e, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private void fact(Attempt attempt) {
        section.fact(attempt.isOpen() ? attempt + ": connected in " + millis(attempt.time())
                : attempt + ": " + errno(attempt.failure()).map(Errno::toString).orElse(attempt.failure().getMessage()));
    }

    static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
    }

    private static Optional<Errno> errno(AjpFailure failure) {
        return Optional.ofNullable(switch (failure.kind()) {
            case REFUSED -> Errno.ECONNREFUSED;
            case CONNECT_TIMED_OUT -> Errno.ETIMEDOUT;
            case UNREACHABLE -> String.valueOf(failure.getMessage()).contains("etwork") ? Errno.ENETUNREACH : Errno.EHOSTUNREACH;
            case NOT_PERMITTED -> Errno.EACCES;
            default -> null;
        });
    }

    /** The name leads somewhere; what of the addresses that do not? */
    private void oneOfSeveral(Attempt failed) {
        String what = server.host() + " has the address " + failed.address().getAddress().getHostAddress()
                + " too, and it does not answer ("
                + errno(failed.failure()).map(Errno::toString).orElse("no connection") + ")";
        String literal = open.get(0).getAddress().getHostAddress();
        String cure = "web server: write " + literal + " instead of " + server.host();
        if (failed.isIpv6() && failed.failure().kind() == AjpFailure.Kind.REFUSED) {
            section.finding(note("ADDRESS_FAMILY", what, "None for mod_jk, which prefers IPv4; mod_proxy_ajp may try it first", cure));
        } else {
            section.finding(warning(failed.isIpv6() ? "ADDRESS_UNREACHABLE" : "ADDRESS_FAMILY", what,
                    failed.isIpv6() ? "mod_proxy_ajp waits for it before it tries the other"
                            : "mod_jk takes the first address, IPv4 unless prefer_ipv6 is set: connection refused (errno 111)", cure));
        }
    }

    private void nothingOpen(List<Attempt> attempts) {
        Attempt first = attempts.get(0);
        switch (first.failure().kind()) {
            case REFUSED -> refused(first, attempts);
            case CONNECT_TIMED_OUT -> timedOut(first);
            case NOT_PERMITTED -> section.finding(broken("NOT_PERMITTED", "This host does not let us connect to " + first
                    + " (errno 13 or 1)",
                    "httpd, which is more confined than we are, gets nowhere either",
                            "look at the OUTPUT rules of nftables or iptables here",
                    "with SELinux: semanage port -a -t http_port_t -p tcp " + server.port()
                            + ", or setsebool -P httpd_can_network_connect 1"));
            default -> {
                Errno errno = errno(first.failure()).orElse(Errno.EHOSTUNREACH);
                section.finding(broken("UNREACHABLE", "There is no way to " + first + " (" + errno + ")", errno.cause(),
                        errno.cure().replace("PORT", Integer.toString(server.port()))));
            }
        }
    }

    private void refused(Attempt first, List<Attempt> attempts) {
        List<Attempt> elsewhere = isHere(first.address().getAddress()) ? otherLoopbacks(attempts) : List.of();
        elsewhere.forEach(this::fact);
        Optional<Attempt> found = elsewhere.stream().filter(Attempt::isOpen).findFirst();
        if (found.isPresent()) {
            listensElsewhere(first, found.get().address().getAddress().getHostAddress());
            return;
        }
        List<InetAddress> listening = isHere(first.address().getAddress()) ? TcpTable.read(host).listeningAt(server.port()) : List.of();
        if (!listening.isEmpty()) {
            listensElsewhere(first, listening.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", ")));
            return;
        }
        section.finding(broken("REFUSED", "Nothing listens at " + first + " (errno 111, connection refused)",
                "connect to " + first + " failed (errno=111) in mod_jk.log, AH00957 in httpd's error log, 503 in the browser",
                "start Tomcat, and look in its log for an AJP connector that did not start (no secret?)",
                "on Tomcat's host: ss -ltn shows which ports and addresses are listened on",
                "server.xml: port=\"" + server.port() + "\" on the AJP <Connector>"
                        + (first.address().getAddress().isLoopbackAddress() ? "" : ", and address=\"" + first.address().getAddress()
                                .getHostAddress()
                                + "\": without it, Tomcat listens on loopback only")));
    }

    private void listensElsewhere(Attempt first, String where) {
        String wanted = first.address().getAddress().getHostAddress();
        boolean isFamily = first.address().getAddress().isLoopbackAddress();
        section.finding(broken(isFamily ? "ADDRESS_FAMILY" : "LISTENS_ON_LOOPBACK",
                "Nothing listens at " + first + " (errno 111), but port " + server.port() + " is open at " + readable(where),
                isFamily ? "127.0.0.1 and ::1 are two addresses, and the web server uses the wrong one: 503 in the browser"
                        : "Only this host can connect; a web server elsewhere gets errno 111, and so does one here that uses " + wanted,
                "server.xml: address=\"" + readable(wanted) + "\" on <Connector port=\"" + server.port() + "\">",
                "or workers.properties: worker.NAME.host=" + readable(where)
                        + ", or httpd.conf: ProxyPass ajp://" + new ServerAddress(readable(where), server.port())));
    }

    /** Java writes loopback's IPv6 address in full. */
    private static String readable(String address) {
        return address.replace("0:0:0:0:0:0:0:1", "::1");
    }

    static String text(InetSocketAddress address) {
        return readable(AjpConnection.text(address));
    }

    private List<Attempt> otherLoopbacks(List<Attempt> tried) {
        List<Attempt> others = new ArrayList<>();
        for (String loopback : List.of("127.0.0.1", "::1")) {
            try {
                InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(loopback), server.port());
                if (tried.stream().noneMatch(attempt -> attempt.address().equals(address))) {
                    others.add(attempt(address));
                }
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // No name is looked up
            }
        }
        return others;
    }

    private void timedOut(Attempt first) {
        InetAddress address = first.address().getAddress();
        int queued = isHere(address) ? TcpTable.read(host).queuedAt(address, server.port()) : 0;
        if (queued > 0) {
            section.finding(broken("BACKLOG_FULL", "Something listens at " + first + " and accepts nobody: " + queued
                    + " connections wait in its backlog, which is full (errno 110, timed out)",
                    "The web server waits for its connect timeout, then 503",
                    "see what holds Tomcat: maxConnections reached, paused, or a JVM that stands still (jstack PID, garbage collection log)",
                    "server.xml: raise maxConnections on <Connector port=\"" + server.port()
                            + "\">; a larger acceptCount only lets more wait"));
            return;
        }
        section.finding(broken("TIMED_OUT", "No answer from " + first + " within " + timeout.toMillis() + " ms (errno 110, timed out)",
                "A firewall drops the packets, the host is down, or Tomcat's backlog is full; the web server waits, then 503",
                "Tomcat's host: open port " + server.port() + " for the web server in the firewall, such as firewall-cmd --permanent "
                        + "--add-rich-rule='rule family=ipv4 source address=WEB-SERVER port port=" + server.port()
                                + " protocol=tcp accept', then firewall-cmd --reload",
                "Tomcat's host: ss -ltn; if Recv-Q of the port is not 0, Tomcat accepts nobody: raise maxConnections, look for a JVM that stands still",
                "workers.properties: worker.NAME.socket_connect_timeout=2000 makes mod_jk give up sooner"));
    }

    static boolean isHere(InetAddress address) {
        try {
            return address.isLoopbackAddress() || address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
