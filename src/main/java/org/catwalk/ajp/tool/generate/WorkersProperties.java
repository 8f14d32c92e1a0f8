package org.catwalk.ajp.tool.generate;

import java.util.stream.Collectors;

/** workers.properties for mod_jk: a load balancer, also for a single Tomcat, so that a second one is three lines more. */
final class WorkersProperties {

    static final String BALANCER = "balancer";
    static final String TEMPLATE = "template";
    /** How long a web server keeps a connection that nobody uses. */
    static final int IDLE_SECONDS = 600;
    /** After how long a member that failed is tried again. */
    static final int RECOVERY_SECONDS = 20;
    /**
     * 1 and 2: a request that Tomcat has begun is not run a second time; 4: if the client leaves, Tomcat is told by closing its connection;
     * 16: but for GET, which is safe to repeat. Not 8, the same for HEAD: mod_jk looks at 16 only where 8 is not set.
     */
    static final int RECOVERY_OPTIONS = 1 + 2 + 4 + 16;

    private WorkersProperties() {
    }

    static String of(Deployment deployment) {
        String names = deployment.tomcats().stream().map(TomcatNode::name).collect(Collectors.joining(","));
        StringBuilder text = new StringBuilder("""
                # Written by `catwalk-ajp generate`. It holds a secret: only the account that starts httpd may read it.

                # The workers that JkMount may name.
                worker.list=%1$s
                # Seconds between two looks at members that failed and at idle connections, as JkWatchdogInterval; mod_jk's default is 60.
                worker.maintain=%9$d

                # The load balancer.
                worker.%1$s.type=lb
                # Its members, see below.
                worker.%1$s.balance_workers=%2$s
                # Requests with a session go to the session's Tomcat, told by the jvmRoute behind the session id.
                worker.%1$s.sticky_session=True
                # If that one is down, to another, rather than to nobody.
                worker.%1$s.sticky_session_force=False
                # Seconds until a member that failed is tried again; mod_jk's default is 60.
                worker.%1$s.recover_time=%9$d

                # What all members have in common.
                worker.%3$s.type=ajp13
                # As secret= on the Connector.
                worker.%3$s.secret=%4$s
                # As packetSize= on the Connector, in bytes.
                worker.%3$s.max_packet_size=%5$d
                # Milliseconds for a connection: a host that does not answer is given up soon.
                worker.%3$s.socket_connect_timeout=5000
                # CPING behind each connect, ahead of each request, and on idle connections: a dead Tomcat gets no request.
                worker.%3$s.ping_mode=A
                # Milliseconds to wait for the CPONG; Catwalk answers while all of its threads are busy.
                worker.%3$s.ping_timeout=10000
                # Lets the kernel find connections that a firewall has forgotten.
                worker.%3$s.socket_keepalive=True
                # Seconds without any byte after which a request is given up: 0 is never. It would hit slow applications; CPING finds dead Tomcats.
                worker.%3$s.socket_timeout=0
                # Seconds until an idle connection is closed; shorter than keepAliveTimeout= on the Connector (%6$d s).
                worker.%3$s.connection_pool_timeout=%7$d
                # Connections that are kept even so.
                worker.%3$s.connection_pool_minsize=0
                # connection_pool_size is not set: mod_jk takes httpd's ThreadsPerChild, one for each thread, and no thread ever waits.
                # What is run again when a Tomcat dies: nothing that it may have begun (1+2), but for GET (16); if the client leaves, the
                # connection is closed (4), so that the application notices.
                worker.%3$s.recovery_options=%8$d
                """.formatted(BALANCER, names, TEMPLATE, deployment.secret(), deployment.packetSize(), ServerXml.KEEP_ALIVE_SECONDS, IDLE_SECONDS,
                RECOVERY_OPTIONS, RECOVERY_SECONDS));
        deployment.tomcats().forEach(tomcat -> text.append("""

                # The Tomcat with jvmRoute="%1$s".
                worker.%1$s.reference=worker.%2$s
                # address= and port= of its Connector, as this host reaches them.
                worker.%1$s.host=%3$s
                worker.%1$s.port=%4$d
                """.formatted(tomcat.name(), TEMPLATE, tomcat.address().host(), tomcat.address().port())));
        return text.toString();
    }
}
