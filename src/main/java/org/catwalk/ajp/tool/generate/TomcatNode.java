package org.catwalk.ajp.tool.generate;

import java.util.regex.Pattern;
import org.catwalk.ajp.tool.client.ServerAddress;

/**
 * One Tomcat behind the web server.
 *
 * @param name its worker's name and its jvmRoute, which have to be the same
 * @param address where its connector listens, as the web server reaches it
 */
record TomcatNode(String name, ServerAddress address) {

    /** No dot, which would end the session id in the wrong place (JSESSIONID=ID.ROUTE), and no two hyphens, which end a comment in XML. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_](-?[A-Za-z0-9_]){0,39}");

    TomcatNode {
        if (!NAME.matcher(name).matches() || name.equals(WorkersProperties.BALANCER) || name.equals(WorkersProperties.TEMPLATE)) {
            throw new IllegalArgumentException("a Tomcat's name is made of letters, digits, _ and single hyphens, and neither "
                    + WorkersProperties.BALANCER + " nor " + WorkersProperties.TEMPLATE + ", unlike '" + name + "'");
        }
    }

    /**
     * @param text {@code NAME=HOST[:PORT]}
     * @throws IllegalArgumentException if it is something else; the message is for the user
     */
    static TomcatNode parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("expected NAME=HOST[:PORT], found '" + text + "'");
        }
        return new TomcatNode(text.substring(0, equals), ServerAddress.parse(text.substring(equals + 1)));
    }

    /** @return whether its address says that only its own host can reach it; nothing is looked up */
    boolean isOnLoopback() {
        return address.host().equals("localhost") || address.host().startsWith("127.") || address.host().equals("::1");
    }

    /** The host as it stands in a URL. */
    String urlHost() {
        return address.host().indexOf(':') < 0 ? address.host() : "[" + address.host() + "]";
    }
}
