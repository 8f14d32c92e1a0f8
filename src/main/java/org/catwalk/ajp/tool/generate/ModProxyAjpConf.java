package org.catwalk.ajp.tool.generate;

import java.util.stream.Collectors;

/** httpd's configuration for mod_proxy_ajp, to be included. */
final class ModProxyAjpConf {

    private static final String BALANCER = "balancer://catwalk";

    private ModProxyAjpConf() {
    }

    static String of(Deployment deployment) {
        String members = deployment.tomcats().stream().map(tomcat -> member(deployment, tomcat)).collect(Collectors.joining());
        String mounts = deployment.mounts().stream().map(ModProxyAjpConf::mount).collect(Collectors.joining());
        return """
                # Written by `catwalk-ajp generate`. It holds a secret: only the account that starts httpd may read it.
                # Include it in httpd.conf; it does not say Listen. Use this or mod_jk.conf.
                # Needs the modules proxy, proxy_ajp, proxy_balancer, lbmethod_byrequests and slotmem_shm, and httpd 2.4.42 for secret=.

                <VirtualHost %1$s>
                %2$s\
                  # No forward proxy for the world.
                  ProxyRequests Off
                  # As packetSize= on the Connector, in bytes.
                  ProxyIOBufferSize %3$d

                  <Proxy "%4$s">
                    # Of each member below:
                    #   route              jvmRoute= of the Tomcat, the end of its session ids
                    #   secret             secret= on the Connector
                    #   connectiontimeout  seconds for a connection: a host that does not answer is given up soon
                    #   ping               a CPING ahead of each request, and seconds to wait for its answer: a connection that Tomcat has
                    #                      closed meanwhile costs no request; Catwalk answers while all of its threads are busy
                    #   timeout            seconds without any byte after which a request is given up; longer than the slowest answer
                    #   ttl                seconds until an idle connection is closed; shorter than keepAliveTimeout= on the Connector (%5$d s)
                    #   retry              seconds until a member that failed is tried again; the default is 60
                    #   keepalive          lets the kernel find connections that a firewall has forgotten
                    # max is not set: it is httpd's ThreadsPerChild, one connection for each thread, and no thread ever waits.
                %6$s\
                    # Requests with a session go to the session's Tomcat: the cookie's name, and the name in URLs without cookies.
                    ProxySet stickysession=JSESSIONID|jsessionid
                    # If that one is down, to another, rather than to nobody.
                    ProxySet nofailover=Off
                  </Proxy>
                %7$s</VirtualHost>
                """.formatted(deployment.listen(), deployment.serverNames(), deployment.packetSize(), BALANCER, ServerXml.KEEP_ALIVE_SECONDS,
                members, mounts);
    }

    private static String member(Deployment deployment, TomcatNode tomcat) {
        return "    BalancerMember \"ajp://%s:%d\" route=%s secret=%s connectiontimeout=5 ping=10 timeout=300 ttl=%d retry=%d keepalive=On\n".formatted(
                tomcat.urlHost(), tomcat.address().port(), tomcat.name(), deployment.secret(), WorkersProperties.IDLE_SECONDS,
                WorkersProperties.RECOVERY_SECONDS);
    }

    private static String mount(String path) {
        String explanation = path.equals("/") ? "Everything goes to Tomcat." : path + " itself, and all below it.";
        return "  # " + explanation + "\n  ProxyPass \"" + path + "\" \"" + BALANCER + path + "\"\n";
    }
}
