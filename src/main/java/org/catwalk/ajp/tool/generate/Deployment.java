package org.catwalk.ajp.tool.generate;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.catwalk.ajp.wire.Packets;

/**
 * What is to be configured. Refuses what either side could not read.
 *
 * @param tomcats at least one
 * @param hostNames the web server's names, at least one
 * @param listen ADDRESS:PORT of the virtual host, as httpd writes it
 * @param secret shared by both sides
 * @param packetSize in bytes, for both sides
 * @param mounts paths that go to Tomcat, each with a slash first and none behind, but for the root
 * @param peers addresses of web servers, perhaps none: then nobody but the firewall keeps others away
 * @param configurationDirectory where httpd finds workers.properties, as httpd.conf writes it
 * @param logDirectory where mod_jk writes, as httpd.conf writes it
 */
record Deployment(List<TomcatNode> tomcats, List<String> hostNames, String listen, String secret, int packetSize, List<String> mounts,
        List<String> peers, String configurationDirectory, String logDirectory) {

    /** mod_proxy keeps up to 64 bytes, a NUL included. */
    private static final int MAX_SECRET = 63;
    /** What neither XML, nor mod_jk's properties, nor httpd's arguments give a meaning to. */
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9._~+/=@%^:,-]+");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9.:\\[\\]-]+");
    private static final Pattern LISTEN = Pattern.compile("(\\*|[0-9.]+|\\[[0-9a-fA-F:]+]):[0-9]{1,5}");
    private static final Pattern MOUNT = Pattern.compile("/[A-Za-z0-9._~/-]*");
    private static final Pattern PEER = Pattern.compile("[0-9a-fA-F.:]+(/[0-9]{1,3})?");
    private static final Pattern PATH = Pattern.compile("[^\"\\r\\n$#]+");

    Deployment {
        require(!tomcats.isEmpty(), "at least one Tomcat is needed: --tomcat NAME=HOST:PORT");
        Set<String> names = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (TomcatNode tomcat : tomcats) {
            require(names.add(tomcat.name()), "two Tomcats have the name " + tomcat.name());
            require(HOST_NAME.matcher(tomcat.address().host()).matches() || PEER.matcher(tomcat.address().host()).matches(),
                    "'" + tomcat.address().host() + "' is no host name or address");
            require(addresses.add(tomcat.address().toString()), "two Tomcats have the address " + tomcat.address());
        }
        require(!hostNames.isEmpty(), "at least one host name is needed: --host-name");
        hostNames.forEach(name -> require(HOST_NAME.matcher(name).matches(), "'" + name + "' is no host name"));
        require(LISTEN.matcher(listen).matches(), "--listen wants ADDRESS:PORT or *:PORT, not '" + listen + "'");
        require(secret.length() <= MAX_SECRET, "mod_proxy_ajp takes a secret of at most " + MAX_SECRET + " characters, this one has "
                + secret.length());
        require(SECRET.matcher(secret).matches(), "the secret has a character that one of the files would give a meaning to:"
                + " letters, digits and . _ ~ + / = @ % ^ : , - are safe");
        require(packetSize >= Packets.MIN_PACKET_SIZE && packetSize <= Packets.MAX_PACKET_SIZE && packetSize % 1024 == 0,
                "a packet size is from 8192 to 65536 and, for the web server's sake, a multiple of 1024, not " + packetSize);
        mounts = mounts.stream().map(Deployment::withoutWildcard).distinct().toList();
        require(!mounts.isEmpty(), "at least one mount is needed: --mount /");
        mounts.forEach(mount -> require(MOUNT.matcher(mount).matches(), "a mount is a path such as / or /app, not '" + mount + "'"));
        peers.forEach(peer -> require(PEER.matcher(peer).matches(), "--web-server wants an address or a CIDR block, not '" + peer + "'"));
        require(PATH.matcher(configurationDirectory).matches() && PATH.matcher(logDirectory).matches(),
                "a directory's name has a character that httpd would give a meaning to");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    private static String withoutWildcard(String mount) {
        String path = mount.endsWith("/*") ? mount.substring(0, mount.length() - 1) : mount;
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** ServerName and ServerAlias of the virtual host, with the explanation of each. */
    String serverNames() {
        StringBuilder text = new StringBuilder("  # Its name; applications see it in the URLs that they build.\n  ServerName ")
                .append(hostNames.get(0)).append('\n');
        if (hostNames.size() > 1) {
            text.append("  # Its other names.\n  ServerAlias ").append(String.join(" ", hostNames.subList(1, hostNames.size()))).append('\n');
        }
        return text.toString();
    }
}
