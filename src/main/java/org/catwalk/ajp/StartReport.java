package org.catwalk.ajp;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.config.GrammarRule;
import org.catwalk.ajp.endpoint.AjpEndpoint;
import org.catwalk.ajp.guard.Secrets;

/**
 * What an operator reads when the connector starts: the configuration in force, in the words of server.xml, and a warning for each part of
 * it that is dangerous or will not work. Of secrets it says how many there are and where they are configured.
 */
final class StartReport {

    /** Of its own, so that an operator who knows better can silence these and nothing else. */
    private static final Log LOG = LogFactory.getLog(StartReport.class);

    /** Attributes that Tomcat sets for its own servlets. */
    private static final List<String> TOMCATS_OWN = List.of("javax.servlet.include.servlet_path", "jakarta.servlet.include.servlet_path",
            "org.apache.catalina.jsp_file");

    /** What is allowed for longer is as good as endless: httpd itself gives up after a minute (Timeout). */
    private static final long LONG_MILLIS = 600_000;
    /** mod_jk looks for connections that its pool no longer needs once a minute (worker.maintain), so it cannot close them sooner. */
    private static final long POOL_MILLIS = 60_000;
    /** The fewest connections that an httpd with its distribution's defaults may open: MaxRequestWorkers of Debian's. */
    private static final int SMALL_POOL = 150;
    /** The same as httpd itself comes, with its event MPM. */
    private static final int USUAL_POOL = 400;

    private final AjpSettings settings;
    private final AjpEndpoint endpoint;
    private final List<Secrets.Use> secrets;

    /** @param secrets those that are valid */
    StartReport(AjpSettings settings, AjpEndpoint endpoint, List<Secrets.Use> secrets) {
        this.settings = settings;
        this.endpoint = endpoint;
        this.secrets = secrets;
    }

    // ------------------------------------------------------------------ the configuration

    /** The configuration in force, one line for each subject, with a line break before each. */
    String configuration() {
        return Stream.concat(Stream.of(
                "who may ask: allowedPeers=" + (settings.allowedPeers().isEmpty() ? "any" : settings.allowedPeers()) + ", " + secrets()
                        + ", tomcatAuthentication=" + settings.tomcatAuthentication() + ", tomcatAuthorization=" + settings.tomcatAuthorization(),
                "requests: strict=" + GrammarRule.format(settings.strict()) + ", unknownAttributes=" + lower(settings.unknownAttributes())
                        + ", allowedRequestAttributes=" + settings.allowedRequestAttributes() + ", allowedRequestAttributesPattern="
                        + settings.allowedRequestAttributesPattern() + ", maxHeaderCount=" + settings.maxHeaderCount(),
                "packets: packetSize=" + settings.packetSize() + ", bodyWindow=" + settings.bodyWindow() + ", ajpFlush=" + settings.ajpFlush()
                        + ", cping=" + lower(settings.cping()),
                "connections: maxConnections=" + endpoint.getMaxConnections() + ", maxConnectionsPerPeer=" + settings.maxConnectionsPerPeer()
                        + ", maxUnadmittedConnections=" + settings.maxUnadmittedConnections() + ", acceptCount=" + endpoint.getAcceptCount(),
                "time limits in ms: connectionTimeout=" + settings.connectionTimeoutMillis() + ", keepAliveTimeout="
                        + settings.keepAliveTimeoutMillis() + ", packetTimeout=" + settings.packetTimeoutMillis() + ", writeTimeout="
                        + settings.writeTimeoutMillis() + ", drainTimeout=" + settings.drainTimeoutMillis(),
                "threads: " + threads()), hints().stream()).map(line -> "\n    " + line).collect(Collectors.joining());
    }

    private String secrets() {
        TreeMap<String, Long> sources = secrets.stream()
                .collect(Collectors.groupingBy(use -> use.source().replaceAll("[:\\[].*", ""), TreeMap::new, Collectors.counting()));
        return secrets.isEmpty() ? "no secret" : "secrets: " + sources.entrySet().stream()
                .map(each -> each.getValue() + " from " + each.getKey()).collect(Collectors.joining(" and "));
    }

    private String threads() {
        if (endpoint.getUseVirtualThreads()) {
            return "useVirtualThreads=true";
        }
        return endpoint.getMaxThreads() < 0 ? "those of an Executor"
                : "maxThreads=" + endpoint.getMaxThreads() + ", minSpareThreads=" + endpoint.getMinSpareThreads();
    }

    /** What is right here and has to be right at the web server too, which nobody here can see. */
    private List<String> hints() {
        List<String> hints = new ArrayList<>();
        int size = settings.packetSize();
        if (size > AjpSettings.MIN_PACKET_SIZE) {
            hints.add("the web server needs the same packet size: worker.NAME.max_packet_size=" + size
                    + " in workers.properties, or ProxyIOBufferSize " + size + " in httpd.conf");
        }
        long keepAlive = settings.keepAliveTimeoutMillis();
        if (keepAlive >= POOL_MILLIS) {
            long seconds = Math.max(1, (keepAlive - POOL_MILLIS) / 1000 - 10);
            hints.add("the web server should give up idle connections first: worker.NAME.connection_pool_timeout=" + seconds
                    + " in workers.properties, or ttl=" + seconds + " on ProxyPass");
        }
        int connections = endpoint.getMaxConnections();
        if (connections >= SMALL_POOL && connections < USUAL_POOL) {
            hints.add("the web servers should open no more than " + connections + " connections in sum: MaxRequestWorkers in httpd.conf is "
                    + USUAL_POOL + " if nobody has set it");
        }
        return hints;
    }

    // ------------------------------------------------------------------ warnings

    /** Writes the warnings, one line each. */
    void warn() {
        warnings().forEach(LOG::warn);
    }

    /** What an operator should change, and how. None for a sound configuration. */
    List<String> warnings() {
        List<String> found = new ArrayList<>(settings.warnings());
        warnOfStrangers(found);
        warnOfTomcatsOwnAttributes(found);
        warnOfLongWaits(found);
        warnOfShortKeepAlive(found);
        warnOfFewConnections(found);
        return found;
    }

    private boolean isReachable() {
        InetAddress address = endpoint.getAddress();
        return endpoint.getUnixDomainSocketPath() == null && (address == null || !address.isLoopbackAddress());
    }

    private void warnOfStrangers(List<String> found) {
        if (isReachable() && secrets.isEmpty() && settings.allowedPeers().isEmpty()) {
            found.add("The AJP Connector listens on an address that other machines can reach, with secretRequired=\"false\" and "
                    + "without allowedPeers: whoever connects is believed who the user is. Set secret, or allowedPeers, or address=\"127.0.0.1\".");
        }
        if (isReachable() && settings.allowedPeers().isEmpty() && settings.connectionTimeoutMillis() < 0
                && settings.maxUnadmittedConnections() < 0) {
            found.add("Other machines can reach the AJP Connector, and connectionTimeout and maxUnadmittedConnections are without limit: whoever "
                    + "connects and says nothing keeps the connection for ever. Set allowedPeers, or take maxUnadmittedConnections=\"-1\" away.");
        }
    }

    private void warnOfTomcatsOwnAttributes(List<String> found) {
        Pattern pattern = settings.allowedRequestAttributesPattern();
        if (pattern == null) {
            return;
        }
        TOMCATS_OWN.stream().filter(name -> pattern.matcher(name).matches()).findFirst().ifPresent(name ->
                found.add("allowedRequestAttributesPattern=\"" + pattern + "\" on the AJP Connector also allows " + name + ", which belongs to"
                        + " Tomcat itself and no web server has to set. List the attributes that "
                        + "applications need: allowedRequestAttributes=\"NAME, NAME\", or a pattern for just these."));
    }

    private void warnOfLongWaits(List<String> found) {
        if (settings.packetTimeoutMillis() > LONG_MILLIS) {
            found.add("packetTimeout=\"" + settings.packetTimeoutMillis() + "\" on the AJP Connector: half a packet may keep a connection and a "
                    + "buffer for that long. Set it to some seconds; the default is 20000.");
        }
        if (settings.writeTimeoutMillis() > LONG_MILLIS) {
            found.add("writeTimeout=\"" + settings.writeTimeoutMillis() + "\" on the AJP Connector (it is connectionTimeout unless set): a web server "
                    + "that has hung may keep a thread for that long. Set it to some seconds or minutes; the default is 60000.");
        }
    }

    /** A request that meets the close of an idle connection is repeated by mod_jk; mod_proxy_ajp answers it with 503 unless it pings first. */
    private void warnOfShortKeepAlive(List<String> found) {
        long millis = settings.keepAliveTimeoutMillis();
        if (millis > 0 && millis < POOL_MILLIS) {
            found.add("keepAliveTimeout=\"" + millis + "\" on the AJP Connector (it is connectionTimeout unless set) closes idle connections before "
                    + "the web server's pool does: mod_jk closes its own after a minute at the earliest, mod_proxy_ajp never without ttl. A request "
                    + "that comes just then fails with 503 through mod_proxy_ajp. Set keepAliveTimeout=\"-1\", which costs next to nothing, or more "
                    + "than connection_pool_timeout in workers.properties or ttl on ProxyPass.");
        }
    }

    private void warnOfFewConnections(List<String> found) {
        int connections = endpoint.getMaxConnections();
        if (connections > 0 && connections < SMALL_POOL) {
            found.add("maxConnections=\"" + connections + "\" on the AJP Connector is less than one httpd opens (MaxRequestWorkers in httpd.conf, "
                    + SMALL_POOL + " to " + USUAL_POOL + " if nobody has set it): idle connections of its pool are closed to make room for others. "
                    + "Raise it; a connection costs no thread, and the default is 8192.");
        }
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
