package org.catwalk.ajp.tool.doctor;

import java.util.Arrays;
import java.util.Optional;

/** Linux's numbers for what goes wrong with a connection, as mod_jk.log and httpd's error log show them. */
enum Errno {

    EPERM(1, "not permitted", "A firewall rule on the web server's own host forbids the connection",
            "look at the OUTPUT rules of nftables or iptables on the web server"),
    EBADF(9, "bad file descriptor", "mod_jk closed the connection itself meanwhile; a consequence of the line above it",
            "look at the line above it"),
    EAGAIN(11, "try again", "The time for an answer was over (socket_timeout, connect_timeout or prepost_timeout)",
            "see whether Tomcat has a free thread and connection: doctor HOST:PORT does"),
    EACCES(13, "permission denied", "SELinux on the web server does not let httpd connect to this port",
            "semanage port -a -t http_port_t -p tcp PORT (doctor prints the command for a port), or setsebool -P httpd_can_network_connect 1"),
    EMFILE(24, "too many open files", "httpd has used up its file descriptors",
            "raise LimitNOFILE of the httpd service, or make the connection pools smaller"),
    EPIPE(32, "broken pipe", "Tomcat had closed the connection",
            "connection_pool_timeout in workers.properties (seconds) has to be shorter than keepAliveTimeout on the AJP Connector (milliseconds)"),
    EADDRNOTAVAIL(99, "address not available", "No local port is left, or source_address is none of this host's",
            "keep connections open (pools, keepAliveTimeout), or correct source_address"),
    ENETUNREACH(101, "network unreachable", "The web server has no route to that network",
            "look at ip route on the web server; with a name that has an IPv6 address, use the IPv4 address"),
    ECONNRESET(104, "connection reset", "Tomcat, or a firewall between, threw the connection away",
            "Tomcat was restarted, or a firewall forgets idle connections: set connection_pool_timeout and ping_mode in workers.properties"),
    ENOTCONN(107, "not connected", "Tomcat had closed the connection",
            "connection_pool_timeout in workers.properties (seconds) has to be shorter than keepAliveTimeout on the AJP Connector (milliseconds)"),
    ETIMEDOUT(110, "timed out", "A firewall drops the packets, the host is down, or Tomcat accepts no more connections (its backlog is full)",
            "open the port in the firewall; on Tomcat's host see with ss -ltn whether Recv-Q of the port is full (maxConnections, acceptCount)"),
    ECONNREFUSED(111, "refused", "Nothing listens there: Tomcat is down or has not finished starting, listens on another port, or on another "
            + "address such as loopback or ::1",
            "see with ss -ltn on Tomcat's host what listens; compare port and address of the AJP Connector with workers.properties"),
    EHOSTUNREACH(113, "no route to host", "No way there, or a firewall rejects the connection",
            "open the port for the web server in the firewall of Tomcat's host (firewall-cmd --permanent --add-rich-rule='rule family=ipv4 "
            + "source address=WEB-SERVER port port=PORT protocol=tcp accept', then firewall-cmd --reload), or mend the routing"),
    EINPROGRESS(115, "in progress", "The connection did not come about in time (connect timeout)",
            "as for errno 110: a firewall that drops packets, a host that is down, or a full backlog");

    private final int number;
    private final String meaning;
    private final String cause;
    private final String cure;

    Errno(int number, String meaning, String cause, String cure) {
        this.number = number;
        this.meaning = meaning;
        this.cause = cause;
        this.cure = cure;
    }

    static Optional<Errno> of(int number) {
        return Arrays.stream(values()).filter(each -> each.number == number).findFirst();
    }

    int number() {
        return number;
    }

    String cause() {
        return cause;
    }

    String cure() {
        return cure;
    }

    /** Such as "errno 111, refused". */
    @Override
    public String toString() {
        return "errno " + number + ", " + meaning;
    }
}
