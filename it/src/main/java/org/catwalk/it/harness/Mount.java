package org.catwalk.it.harness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One virtual host of the shared httpd, and the connector of the shared Tomcat behind it. Every mount exists once per
 * {@link FrontEnd}; mounts that name the same connector share it.
 */
public enum Mount {

    PLAIN_8K("plain-8k"),
    PLAIN_64K("plain-64k"),
    SINGLE_CONNECTION_8K("plain-8k", Option.SINGLE_CONNECTION),
    SINGLE_CONNECTION_64K("plain-64k", Option.SINGLE_CONNECTION),
    TLS_8K("plain-8k", Option.TLS),
    TLS_64K("plain-64k", Option.TLS),

    /** Behind httpd's basic authentication; Tomcat looks at nothing that httpd says (its default). */
    USER_IGNORED("plain-8k", Option.BASIC_AUTHENTICATION),
    /** As above with {@code tomcatAuthentication="false"}: httpd's user is taken over, without roles. */
    USER_TAKEN_OVER("user-taken-over", Option.BASIC_AUTHENTICATION),
    /** As above with {@code tomcatAuthorization="true"}: httpd's user is taken over, Tomcat's realm adds the roles. */
    USER_AUTHORIZED("user-authorized", Option.BASIC_AUTHENTICATION),

    SECRET_WRONG("plain-8k", Option.WRONG_SECRET),
    SECRET_MISSING("plain-8k", Option.NO_SECRET),

    /** Four threads, and nobody else's requests on them. */
    FOUR_THREADS("four-threads"),
    /** Passes {@code %2F} in paths on to the application. */
    ENCODED_SLASHES("encoded-slashes"),
    /** With {@code connectionTimeout="2000"}: reading from a client that stalls fails after two seconds. */
    IMPATIENT("impatient"),
    /** httpd adds the request attribute {@code it_allowed}, which the connector's allowedRequestAttributesPattern names. */
    ATTRIBUTE_ALLOWED("attributes", Option.ALLOWED_ATTRIBUTE),
    /** httpd adds the request attribute {@code it_unknown}, which nobody has allowed. */
    ATTRIBUTE_UNKNOWN("attributes", Option.UNKNOWN_ATTRIBUTE),
    /** Stopped and started again by one test. */
    RESTARTED("restarted"),
    /** For one test each that reads a log line: those are limited per connector, so that nobody else may cause them here. */
    LOGGED_8K("logged-8k"),
    LOGGED_64K("logged-64k"),
    /** The front end asks with CPING before each request. */
    PINGED("plain-8k", Option.CPING),

    /** Tomcat's own connector whatever is under test, for comparison within one Tomcat. */
    ALWAYS_STOCK("always-stock");

    /** The secret that every shared connector asks for. */
    public static final String SECRET = "right-secret";

    /** What the virtual host does beyond passing everything on. */
    enum Option { SINGLE_CONNECTION, TLS, BASIC_AUTHENTICATION, WRONG_SECRET, NO_SECRET, CPING, ALLOWED_ATTRIBUTE, UNKNOWN_ATTRIBUTE }

    private final String connector;
    private final Option option;

    Mount(String connector) {
        this(connector, null);
    }

    Mount(String connector, Option option) {
        this.connector = connector;
        this.option = option;
    }

    /** Name of the connector, as {@link TomcatInstance#port(String)} wants it. */
    public String connector() {
        return connector;
    }

    boolean has(Option wanted) {
        return option == wanted;
    }

    /** What the front end sends as secret; null for none. */
    String secretSent() {
        if (has(Option.NO_SECRET)) {
            return null;
        }
        return has(Option.WRONG_SECRET) ? "wrong-secret" : SECRET;
    }

    /** More lines for the virtual host. */
    List<String> directives(FrontEnd frontEnd) {
        if (!has(Option.ALLOWED_ATTRIBUTE) && !has(Option.UNKNOWN_ATTRIBUTE)) {
            return List.of();
        }
        String attribute = has(Option.ALLOWED_ATTRIBUTE) ? "it_allowed" : "it_unknown";
        return List.of(frontEnd == FrontEnd.MOD_JK
                ? "JkEnvVar " + attribute + " from-httpd" : "SetEnv AJP_" + attribute + " from-httpd");
    }

    int packetSize() {
        return Integer.parseInt(connectorAttributes().get("packetSize"));
    }

    /** Attributes of the connector in server.xml, beside address, port and (unless given here) protocol. */
    Map<String, String> connectorAttributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("secret", SECRET);
        attributes.put("packetSize", connector.endsWith("-64k") ? "65536" : "8192");
        switch (connector) {
            case "user-taken-over" -> attributes.put("tomcatAuthentication", "false");
            case "user-authorized" -> attributes.put("tomcatAuthorization", "true");
            case "four-threads" -> {
                attributes.put("maxThreads", "4");
                attributes.put("minSpareThreads", "4");
            }
            case "encoded-slashes" -> attributes.put("encodedSolidusHandling", "passthrough");
            case "always-stock" -> attributes.put("protocol", Connector.STOCK.protocol());
            case "attributes" -> attributes.put("allowedRequestAttributesPattern", "it_allow.*");
            case "impatient" -> attributes.put("connectionTimeout", "2000");
            default -> {
                // plain: Tomcat's defaults
            }
        }
        return attributes;
    }
}
