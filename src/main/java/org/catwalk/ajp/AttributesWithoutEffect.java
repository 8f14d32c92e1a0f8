package org.catwalk.ajp;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Attributes that a server.xml brings along from a stock connector, of this Tomcat or of another, and that mean nothing
 * here: accepted, so that no server.xml has to be edited, and ignored.
 */
final class AttributesWithoutEffect {

    private static final Map<String, String> REASONS = new TreeMap<>();

    static {
        because("one thread accepts and one event loop assembles packets", "acceptorThreadCount", "pollerThreadCount");
        because("nothing here is found out by asking again and again", "pollTime", "selectorTimeout", "socket.timeoutInterval");
        because("TLS ends at the web server", "defaultSSLHostConfigName", "sniParseLimit", "sslImplementationName", "strictSni",
                "socket.directSslBuffer");
        because("packets are in heap buffers from a pool of our own", "socket.appReadBufSize", "socket.appWriteBufSize",
                "socket.bufferPool", "socket.bufferPoolSize", "socket.directBuffer", "socket.directBufferPool");
        because("there is no such cache", "socket.eventCache", "socket.keyCache", "useCaches");
        because("the address attribute and the Java platform decide about IPv6", "ipv6v6only");
        because("AJP has nothing of that kind", "maxKeepAliveRequests", "useSendfile");
        because("there is one way to read and write", "useAsyncIO");
        because("Tomcat sets it from the address and the port", "domain", "name");
    }

    private AttributesWithoutEffect() {
    }

    private static void because(String reason, String... names) {
        for (String name : names) {
            REASONS.put(name, reason);
        }
    }

    static Set<String> names() {
        return Collections.unmodifiableSet(REASONS.keySet());
    }

    /** @return why the attribute means nothing here; null if it means something or is unknown */
    static String reason(String name) {
        return REASONS.get(name);
    }
}
