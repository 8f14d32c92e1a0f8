package org.catwalk.ajp.guard;

import java.util.Locale;

import org.catwalk.ajp.wire.WireError;
import org.slf4j.event.Level;

/**
 * Every reason for which a peer, a request or a response is refused. One constant is one verdict: it carries the status of the answer,
 * the level of the log line, the name of its counter and the advice that ends the log line. Nothing a stranger gets to see says more than
 * {@link #phrase()}.
 */
public enum Refusal {

    // ---- who is asking

    SECRET_MISSING(403, Level.WARN, "forward requests without a secret although one is configured",
            "Set worker.NAME.secret in workers.properties, or secret= on ProxyPass or BalancerMember in httpd.conf, to the secret of the AJP "
                    + "Connector (attributes secret, secrets, secretFile)."),
    SECRET_WRONG(403, Level.WARN, "forward requests with a secret that is not valid here",
            "Compare worker.NAME.secret in workers.properties, or secret= on ProxyPass or BalancerMember in httpd.conf, with the attributes "
                    + "secret, secrets or secretFile of the AJP Connector; during a rotation list both secrets here."),
    SECRET_DUPLICATED(403, Level.WARN, "forward requests with more than one secret",
            "No web server sends that: find out what else connects to this port, and restrict it with allowedPeers on the AJP Connector."),
    PEER_NOT_ALLOWED(0, Level.WARN, "connections from addresses outside of allowedPeers",
            "Add the address to allowedPeers on the AJP Connector if it is a web server of yours."),
    TOO_MANY_CONNECTIONS_FROM_PEER(0, Level.WARN, "connections beyond maxConnectionsPerPeer",
            "Raise maxConnectionsPerPeer on the AJP Connector, or lower connection_pool_size in workers.properties or max= on ProxyPass; a pool "
                    + "exists once in each httpd process."),
    TOO_MANY_UNADMITTED(0, Level.WARN, "connections closed because too many had not sent a valid request yet",
            "Restrict who may connect with allowedPeers or a firewall, or raise maxUnadmittedConnections or maxConnections on the AJP Connector."),

    // ---- packets

    BAD_MAGIC(0, Level.WARN, "packets that do not begin with 0x12 0x34",
            "Point browsers and HTTP checks at the HTTP connector; in httpd.conf the scheme of ProxyPass must be ajp://, in workers.properties "
                    + "worker.NAME.type must be ajp13."),
    PACKET_TOO_LONG(400, Level.WARN, "packets that announce more than AJP allows",
            "Set max_packet_size in workers.properties or ProxyIOBufferSize in httpd.conf to 65536 at most, and packetSize on the AJP Connector "
                    + "to the same."),
    PACKET_TIMEOUT(408, Level.WARN, "packets that did not arrive completely in time",
            "Look at the network between web server and Tomcat; packetTimeout on the AJP Connector is the total time for one packet."),
    UNKNOWN_MESSAGE_TYPE(400, Level.WARN, "messages of a type that AJP 1.3 does not have",
            "Web server and Tomcat are out of step or the peer is no web server: set worker.NAME.type=ajp13 in workers.properties, or ajp:// in "
                    + "ProxyPass; restrict the port with allowedPeers on the AJP Connector."),
    UNEXPECTED_MESSAGE(400, Level.WARN, "messages that AJP has, but not at that point",
            "Web server and Tomcat are out of step or the peer is no web server: update mod_jk or httpd; restrict the port with allowedPeers on "
                    + "the AJP Connector."),

    // ---- the structure of a forward request

    TRUNCATED(400, Level.WARN, "messages that end before their fields do",
            "Look for over-long headers at the web server (LimitRequestFieldSize in httpd.conf), and set max_packet_size in workers.properties or "
                    + "ProxyIOBufferSize in httpd.conf to packetSize of the AJP Connector."),
    UNTERMINATED_STRING(400, Level.WARN, "messages with a string that no zero byte ends", brokenFrontEnd()),
    NULL_STRING(400, Level.WARN, "messages with a null string where there must be one", brokenFrontEnd()),
    BAD_BOOLEAN(400, Level.WARN, "messages with a boolean that is neither 0 nor 1", brokenFrontEnd()),
    TRAILING_BYTES(400, Level.WARN, "messages with bytes behind their end", brokenFrontEnd()),
    UNKNOWN_METHOD_CODE(400, Level.WARN, "forward requests with a method code that AJP 1.3 does not have", brokenFrontEnd()),
    UNKNOWN_HEADER_CODE(400, Level.WARN, "forward requests with a header code that AJP 1.3 does not have", brokenFrontEnd()),
    UNKNOWN_ATTRIBUTE_CODE(400, Level.WARN, "forward requests with an attribute code that AJP 1.3 does not have", brokenFrontEnd()),
    TOO_MANY_HEADERS(400, Level.WARN, "forward requests with more headers than maxHeaderCount",
            "Raise maxHeaderCount on the AJP Connector, or lower LimitRequestFields in httpd.conf; httpd and mod_jk add about three of their own."),
    ATTRIBUTE_NOT_ALLOWED(403, Level.WARN, "forward requests with an attribute that is not allowed",
            "Allow it with allowedRequestAttributes or allowedRequestAttributesPattern on the AJP Connector, set unknownAttributes=\"ignore\", or "
                    + "stop sending it: JkEnvVar in httpd.conf for mod_jk, SetEnv AJP_NAME for mod_proxy_ajp."),

    // ---- the grammar of its fields

    BAD_METHOD(400, Level.WARN, "forward requests whose method is no token", relax("method", "AllowMethods (mod_allowmethods)")),
    BAD_URI(400, Level.WARN, "forward requests whose URI HTTP does not allow",
            relax("uri", "HttpProtocolOptions Strict and JkOptions +ForwardURIProxy")),
    BAD_QUERY(400, Level.WARN, "forward requests with control characters or a space in the query", relax("query", "HttpProtocolOptions Strict")),
    BAD_PROTOCOL(400, Level.WARN, "forward requests with a protocol that is not HTTP/ and a version",
            relax("protocol", "HttpProtocolOptions Strict")),
    BAD_HEADER_NAME(400, Level.WARN, "forward requests with a header name that is no token",
            relax("header-name", "HttpProtocolOptions Strict")),
    BAD_HEADER_VALUE(400, Level.WARN, "forward requests with control characters in a header value",
            relax("header-value", "RequestHeader edit")),
    DUPLICATE_HOST(400, Level.WARN, "forward requests with more than one Host", relax("host", "RequestHeader add (or merge) Host")),
    BAD_HOST(400, Level.WARN, "forward requests whose Host is no host and port", relax("host", "HttpProtocolOptions Strict")),
    DUPLICATE_CONTENT_LENGTH(400, Level.WARN, "forward requests with more than one Content-Length",
            relax("content-length", "RequestHeader add Content-Length")),
    BAD_CONTENT_LENGTH(400, Level.WARN, "forward requests whose Content-Length is no number of bytes",
            relax("content-length", "RequestHeader edit Content-Length")),
    TRANSFER_ENCODING(400, Level.WARN, "forward requests with a Transfer-Encoding that could hide a second request",
            relax("transfer-encoding", "RequestHeader set Transfer-Encoding")),
    BAD_ADDRESS(400, Level.WARN, "forward requests with an address or host name that is none",
            relax("address", "RemoteIPHeader (mod_remoteip), UseCanonicalName and JkRemoteAddrIndicator")),
    BAD_CERTIFICATE(400, Level.WARN, "forward requests with a client certificate that is not PEM text",
            relax("certificate", "SSLOptions +ExportCertData and JkOptions +ForwardSSLCertChain")),
    BAD_KEY_SIZE(400, Level.WARN, "forward requests with a TLS key size that is no number", relax("certificate", "JkOptions +ForwardKeySize")),
    BAD_ATTRIBUTE(400, Level.WARN, "forward requests with control characters in an attribute", relax("attribute", "JkEnvVar or SetEnv")),

    // ---- request bodies

    BODY_TOO_LONG(400, Level.WARN, "bodies longer than their Content-Length", brokenFrontEnd()),
    BODY_TRUNCATED(400, Level.DEBUG, "bodies that ended before their Content-Length was reached",
            "Usually the client went away during its upload; if not, look at Timeout and RequestReadTimeout in httpd.conf."),
    BODY_FRAMING(400, Level.WARN, "body packets whose length and content disagree", brokenFrontEnd()),
    BODY_TIMEOUT(408, Level.DEBUG, "bodies that did not arrive in time",
            "Usually the client is slow or gone; connectionTimeout on the AJP Connector is the time for each wait, RequestReadTimeout in "
                    + "httpd.conf guards the client's side."),

    // ---- responses

    WRITE_TIMEOUT(0, Level.DEBUG, "responses that the web server did not read",
            "Usually the client does not read; writeTimeout on the AJP Connector is the time without progress, Timeout in httpd.conf guards the "
                    + "client's side."),
    RESPONSE_HEAD_TOO_LARGE(500, Level.WARN, "response heads that do not fit into one packet",
            "Set packetSize on the AJP Connector and max_packet_size in workers.properties (mod_jk) or ProxyIOBufferSize in httpd.conf "
                    + "(mod_proxy_ajp) to the same larger value, or let the application send less."),
    PACKET_SIZE_MISMATCH(0, Level.WARN, "connections that the web server closed on a packet which is larger than it accepts, as far as can be told",
            "Set max_packet_size in workers.properties (mod_jk) or ProxyIOBufferSize in httpd.conf (mod_proxy_ajp) to packetSize of the AJP "
                    + "Connector, or packetSize to theirs, which is 8192 unless they say otherwise."),
    RESPONSE_STATUS(500, Level.WARN, "responses with a status that cannot end a request",
            "Correct the application: a status is a number from 200 to 999; 1xx announces a further response, which AJP cannot carry."),
    RESPONSE_TOO_SHORT(500, Level.WARN, "responses with fewer bytes than their Content-Length",
            "The application announced more than it wrote: correct its Content-Length."),
    RESPONSE_TOO_LONG(500, Level.WARN, "responses with more bytes than their Content-Length",
            "The application wrote more than it announced: correct its Content-Length."),

    // ---- the connector itself

    NO_THREAD(503, Level.WARN, "requests for which no thread and no place in the queue was left",
            "Raise maxThreads or maxQueueSize on the AJP Connector, or lower connection_pool_size in workers.properties or max= on ProxyPass."),
    OUT_OF_BUFFERS(503, Level.WARN, "packets for which no buffer was left",
            "More large packets are in flight than the connector has memory for: lower max_packet_size in workers.properties or ProxyIOBufferSize "
                    + "in httpd.conf, or restrict who may connect with allowedPeers.");

    private final int status;
    private final Level level;
    private final String description;
    private final String advice;
    private final String counterName;

    Refusal(int status, Level level, String description, String advice) {
        this.status = status;
        this.level = level;
        this.description = description;
        this.advice = advice;
        this.counterName = camelCase(name());
    }

    private static String brokenFrontEnd() {
        return "No released mod_jk or httpd sends that: update the web server, or find out what else connects to this port and restrict it with "
                + "allowedPeers on the AJP Connector.";
    }

    private static String relax(String rule, String directive) {
        return "If it is legitimate, say strict=\"all,-" + rule + "\" on the AJP Connector; otherwise mend it at the web server ("
                + directive + " in httpd.conf) or at the client.";
    }

    /** The reason that goes with what the wire package found; a message of the wrong type is {@link #UNEXPECTED_MESSAGE}. */
    public static Refusal of(WireError error) {
        return switch (error) {
            case TRUNCATED, STRING_PAST_END -> TRUNCATED;
            case UNTERMINATED_STRING -> UNTERMINATED_STRING;
            case NULL_STRING -> NULL_STRING;
            case TRAILING_BYTES -> TRAILING_BYTES;
            case WRONG_TYPE -> UNEXPECTED_MESSAGE;
            case UNKNOWN_METHOD -> UNKNOWN_METHOD_CODE;
            case BAD_BOOLEAN -> BAD_BOOLEAN;
            case UNKNOWN_HEADER_CODE -> UNKNOWN_HEADER_CODE;
            case UNKNOWN_ATTRIBUTE -> UNKNOWN_ATTRIBUTE_CODE;
            case BAD_BODY_CHUNK -> BODY_FRAMING;
        };
    }

    /** The status of the answer, 400 to 503; 0 if there is nobody or nothing to answer and the connection is just closed. */
    public int status() {
        return status;
    }

    /** All that the peer is told besides the status: its standard phrase; empty if there is no answer. */
    public String phrase() {
        return switch (status) {
            case 0 -> "";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 408 -> "Request Timeout";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            default -> throw new IllegalStateException("no phrase for status " + status);
        };
    }

    /** WARN if the operator can act on it, DEBUG if it is the client's doing. */
    public Level level() {
        return level;
    }

    /** The name of its JMX counter, such as {@code secretWrong}; never changes once released. */
    public String counterName() {
        return counterName;
    }

    /** What its counter counts. */
    public String description() {
        return description;
    }

    /** Which attribute to change here and which directive at the web server; one or two sentences for the end of a log line. */
    public String advice() {
        return advice;
    }

    private static String camelCase(String name) {
        StringBuilder camel = new StringBuilder(name.length());
        for (String word : name.toLowerCase(Locale.ROOT).split("_")) {
            camel.append(camel.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camel.toString();
    }
}
