package org.catwalk.it.harness;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * One virtual host of the {@link GuardBed}, and the connector behind it, both once per {@link FrontEnd}: a log line is limited per
 * connector, so that no test may cause the lines of another. Mounts that name the same connector share it.
 */
public enum GuardMount {

    /** {@code secrets="old-secret,new-secret"}: what differs is the secret that the front end sends. */
    SECRET_OLD("secrets", secret("old-secret")),
    SECRET_NEW("secrets", secret("new-secret")),
    SECRET_WRONG("secrets", secret("no-secret-of-ours")),
    SECRET_MISSING("secrets", secret(null)),

    /** {@code secretFile}: see {@link GuardBed#secretFile}. */
    FILE_FIRST("secret-file", secret(GuardBed.FIRST_IN_FILE)),
    FILE_SECOND("secret-file", secret(GuardBed.SECOND_IN_FILE)),

    /** The front end sends the request attribute COLOUR=blue, which nobody allows. */
    ATTRIBUTE_REJECTED("attribute-rejected", colour()),
    /** As above with {@code unknownAttributes="ignore"}. */
    ATTRIBUTE_IGNORED("attribute-ignored", colour()),
    /** As above with {@code unknownAttributes="log"}. */
    ATTRIBUTE_LOGGED("attribute-logged", colour()),
    /** As above with {@code allowedRequestAttributes="SHAPE, COLOUR"}. */
    ATTRIBUTE_LISTED("attribute-listed", colour()),
    /** As above with {@code allowedRequestAttributesPattern="COL.*"}. */
    ATTRIBUTE_MATCHED("attribute-matched", colour()),

    /** The front end has packets of 64 KB, the connector of 8 KB; for uploads, with a tap in between. */
    LARGE_FRONT_END("large-front-end", (host, frontEnd) -> host.withPacketSize(65536).withConnections(1)),
    /** As above, for the one log line. */
    LARGE_FRONT_END_LOGGED("large-front-end-logged", (host, frontEnd) -> host.withPacketSize(65536)),
    /** The front end has packets of 8 KB, the connector of 64 KB. */
    SMALL_FRONT_END("small-front-end", (host, frontEnd) -> host.withPacketSize(8192)),

    /** Defaults; paths as the client spells them ({@code ForwardURICompatUnparsed}, {@code nocanon}). */
    ODD("odd"),
    /** Paths decoded ({@code ForwardURICompat}), or decoded and encoded anew (mod_proxy_ajp's default). */
    ODD_CANONICAL("odd", canonical()),
    /** httpd takes what HTTP/1.1 forbids ({@code HttpProtocolOptions Unsafe}). */
    ODD_UNSAFE("odd", (host, frontEnd) -> host.withDirective("HttpProtocolOptions Unsafe")),
    /** With {@code URIEncoding="ISO-8859-1"}: paths are bytes. */
    ODD_LATIN1("odd-latin1"),
    /** As above, with paths decoded. */
    ODD_LATIN1_CANONICAL("odd-latin1", canonical()),
    /** httpd listens on ::1. */
    ODD_IPV6("odd", (host, frontEnd) -> host.withAddress("[::1]")),
    /** For the log lines of requests that are too odd. */
    ODD_LOGGED("odd-logged"),
    /** As above, with paths decoded. */
    ODD_DECODED_LOGGED("odd-logged", canonical()),

    /** {@code cping="ready"} with two threads; the front end asks before each request. */
    READY("ready", (host, frontEnd) -> host.withCping(true)),
    /** The same in a balancer with a second member that is never busy. */
    READY_BALANCED("ready", GuardBed::balanced),

    /** {@code maxConnections="4"}. */
    FEW_CONNECTIONS("few-connections", repeatable()),
    /** The same connector for another web server, as it were, with a pool of its own. */
    FEW_CONNECTIONS_OTHER("few-connections", repeatable()),

    /** {@code allowedPeers} without loopback. */
    PEER_REFUSED("peer-refused", (host, frontEnd) -> host.withProxyPassParameters("retry=0")),

    /** To be paused. */
    PAUSED("paused", (host, frontEnd) -> host.withProxyPassParameters("retry=0")),

    WINDOW_1_8K("window-1-8k", oneConnection()),
    WINDOW_8_8K("window-8-8k", oneConnection()),
    WINDOW_64_8K("window-64-8k", oneConnection()),
    WINDOW_1_64K("window-1-64k", oneConnection()),
    WINDOW_8_64K("window-8-64k", oneConnection()),
    WINDOW_64_64K("window-64-64k", oneConnection());

    private final String connector;
    private final BiFunction<VirtualHost, FrontEnd, VirtualHost> change;

    GuardMount(String connector) {
        this(connector, (host, frontEnd) -> host);
    }

    GuardMount(String connector, BiFunction<VirtualHost, FrontEnd, VirtualHost> change) {
        this.connector = connector;
        this.change = change;
    }

    private static BiFunction<VirtualHost, FrontEnd, VirtualHost> secret(String sent) {
        return (host, frontEnd) -> host.withSecret(sent);
    }

    private static BiFunction<VirtualHost, FrontEnd, VirtualHost> colour() {
        return (host, frontEnd) -> host.withDirective(frontEnd == FrontEnd.MOD_JK ? "JkEnvVar COLOUR blue" : "SetEnv AJP_COLOUR blue");
    }

    private static BiFunction<VirtualHost, FrontEnd, VirtualHost> canonical() {
        return (host, frontEnd) -> frontEnd == FrontEnd.MOD_JK
                ? host.withCanonicalPaths(true).withDirective("JkOptions +ForwardURICompat") : host.withCanonicalPaths(true);
    }

    /** mod_jk repeats a request that meets the end of an idle connection; mod_proxy_ajp loses it unless it asks with CPING first. */
    private static BiFunction<VirtualHost, FrontEnd, VirtualHost> repeatable() {
        return (host, frontEnd) -> host.withCping(frontEnd == FrontEnd.MOD_PROXY_AJP);
    }

    private static BiFunction<VirtualHost, FrontEnd, VirtualHost> oneConnection() {
        return (host, frontEnd) -> host.withConnections(1);
    }

    /** The mount with that window and packet size, both in the connector and in the front end. */
    public static GuardMount window(int chunks, int packetSize) {
        return valueOf("WINDOW_" + chunks + "_" + packetSize / 1024 + "K");
    }

    /** Bytes that fit a body packet of the connector's size. */
    public int chunkBytes() {
        return Integer.parseInt(attributes().get("packetSize")) - 6;
    }

    String connector(FrontEnd frontEnd) {
        return connector + (frontEnd == FrontEnd.MOD_JK ? "-jk" : "-proxy");
    }

    String hostName(FrontEnd frontEnd) {
        return (frontEnd + "-" + this).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a {@link PacketTap} stands between front end and connector. */
    boolean isTapped() {
        return connector.startsWith("window-") || this == LARGE_FRONT_END;
    }

    VirtualHost complete(VirtualHost host, FrontEnd frontEnd) {
        VirtualHost usual = host.withSecret(Mount.SECRET).withPacketSize(Integer.parseInt(attributes().get("packetSize")));
        return change.apply(usual, frontEnd);
    }

    /** Attributes of the connector; whatever is under test also understands the ordinary ones. */
    Map<String, String> attributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("secret", Mount.SECRET);
        attributes.put("packetSize", connector.endsWith("-64k") || this == SMALL_FRONT_END ? "65536" : "8192");
        attributes.put("minSpareThreads", "2");
        switch (connector) {
            case "secrets" -> attributes.put("secrets", "old-secret,new-secret");
            case "attribute-ignored" -> attributes.put("unknownAttributes", "ignore");
            case "attribute-logged" -> attributes.put("unknownAttributes", "log");
            case "attribute-listed" -> attributes.put("allowedRequestAttributes", "SHAPE, COLOUR");
            case "attribute-matched" -> attributes.put("allowedRequestAttributesPattern", "COL.*");
            case "ready" -> {
                attributes.put("cping", "ready");
                attributes.put("maxThreads", "2");
            }
            case "odd-latin1" -> attributes.put("URIEncoding", "ISO-8859-1");
            case "few-connections" -> attributes.put("maxConnections", "4");
            case "peer-refused" -> attributes.put("allowedPeers", "192.0.2.0/24,2001:db8::/32");
            default -> {
                if (connector.startsWith("window-")) {
                    attributes.put("bodyWindow", connector.split("-")[1]);
                }
            }
        }
        return attributes;
    }
}
