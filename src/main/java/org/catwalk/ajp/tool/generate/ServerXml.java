package org.catwalk.ajp.tool.generate;

/** server.xml for one Tomcat. */
final class ServerXml {

    /** Longer than the web servers keep theirs, {@link WorkersProperties#IDLE_SECONDS}: then it is never Tomcat that closes first. */
    static final int KEEP_ALIVE_SECONDS = 900;

    private ServerXml() {
    }

    static String of(Deployment deployment, TomcatNode tomcat) {
        boolean isOnLoopback = tomcat.isOnLoopback();
        String peers = String.join(",", deployment.peers());
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- Written by `catwalk-ajp generate` for the Tomcat "%1$s". It holds a secret: only Tomcat's account may read it.
                     Complete as it is. For a server.xml that you have already, take over the Connector, and the Engine's jvmRoute. -->
                <!-- port="-1": nobody can shut it down over the network; stop it with a signal, as service managers do. -->
                <Server port="-1" shutdown="SHUTDOWN">
                  <!-- Tomcat's own precautions against leaks. -->
                  <Listener className="org.apache.catalina.core.JreMemoryLeakPreventionListener"/>
                  <Listener className="org.apache.catalina.core.ThreadLocalLeakPreventionListener"/>
                  <Service name="Catalina">
                    <!-- protocol          Catwalk instead of Tomcat's own connector; the way back is protocol="AJP/1.3".
                         address, port     %2$s
                         secret            the same in workers.properties and httpd.conf; requests without it are answered 403.
                         packetSize        the same as max_packet_size (mod_jk) and ProxyIOBufferSize (mod_proxy_ajp), in bytes.
                         keepAliveTimeout  in milliseconds: longer than web servers keep idle connections (%3$d s), so that they close
                                           first and no request meets a connection that is just being closed.
                         maxThreads        requests that are worked on at the same time; Tomcat's default, raise it with care.
                         maxConnections    open connections: at least ThreadsPerChild x ServerLimit of all web servers together.
                         allowedPeers      %4$s -->
                    <Connector protocol="org.catwalk.ajp.AjpProtocol"
                               address="%5$s"
                               port="%6$d"
                               secret="%7$s"
                               packetSize="%8$d"
                               keepAliveTimeout="%9$d"
                               maxThreads="200"
                               maxConnections="8192"%10$s/>
                    <!-- jvmRoute: ends every session id, so that the web server finds the session's Tomcat; the worker's or route's name. -->
                    <Engine name="Catalina" defaultHost="localhost" jvmRoute="%1$s">
                      <!-- appBase: where the applications are, below CATALINA_BASE. -->
                      <Host name="localhost" appBase="webapps">
                        <!-- One line a request; %%D is its time. -->
                        <Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs" prefix="access" suffix=".log"
                               pattern="%%h %%l %%u %%t &quot;%%r&quot; %%s %%b %%D"/>
                      </Host>
                    </Engine>
                  </Service>
                </Server>
                """.formatted(
                tomcat.name(),
                isOnLoopback ? "where it listens: only this host can reach it." : "where it listens, for the web server to reach it.",
                WorkersProperties.IDLE_SECONDS,
                peers.isEmpty()
                        ? "not set: " + (isOnLoopback ? "it listens on loopback." : "set it to the web servers' addresses, or close the port in a firewall.")
                        : "who may connect at all: the web servers.",
                tomcat.address().host(), tomcat.address().port(), deployment.secret(), deployment.packetSize(), KEEP_ALIVE_SECONDS * 1000,
                peers.isEmpty() ? "" : "\n               allowedPeers=\"" + peers + "\"");
    }
}
