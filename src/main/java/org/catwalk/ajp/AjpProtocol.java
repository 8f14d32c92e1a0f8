package org.catwalk.ajp;

import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import javax.management.JMException;
import javax.management.ObjectName;

import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.Processor;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.UpgradeToken;
import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SocketWrapperBase;

import org.catwalk.ajp.compat.Tomcat;
import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.endpoint.AjpEndpoint;
import org.catwalk.ajp.guard.AttributePolicy;
import org.catwalk.ajp.guard.PeerFilter;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.guard.RequestGuard;
import org.catwalk.ajp.guard.Secrets;
import org.catwalk.ajp.processor.AjpPacketGate;
import org.catwalk.ajp.processor.AjpProcessor;
import org.catwalk.ajp.processor.ConnectorServices;
import org.catwalk.ajp.processor.PacketSizeComparison;
import org.catwalk.ajp.telemetry.BufferUse;
import org.catwalk.ajp.telemetry.ConnectionState;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.telemetry.Gauges;
import org.catwalk.ajp.telemetry.RefusalLog;
import org.catwalk.ajp.telemetry.TelemetryMBean;
import org.catwalk.ajp.wire.SendBodyChunk;

/**
 * The AJP 1.3 connector, as server.xml names it:
 *
 * <pre>{@code
 *   <Connector protocol="org.catwalk.ajp.AjpProtocol" port="8009" secret="..."/>
 * }</pre>
 *
 * Its properties are the attributes of that element. Those of the stock AJP connector have the stock connector's meaning
 * and default; the others are described in the user guide. A property that is set after the start counts for requests
 * that begin after it.
 */
public final class AjpProtocol extends AbstractProtocol<SocketChannel> {

    private static final Log LOG = LogFactory.getLog(AjpProtocol.class);
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    private final AjpEndpoint endpoint;
    private final Counters counters = new Counters();
    private final RefusalLog refusals = new RefusalLog();
    private final ConnectorServices services;

    /** What the setters were told, and the getters show. */
    private volatile AjpSettings.Builder configured = AjpSettings.builder();

    private ObjectName statisticsName;
    /** Set by the service's stop before it pauses the connector and stops the applications behind it. */
    private volatile boolean serviceStops;

    private volatile AjpSettings settings;
    private volatile Secrets secrets;
    private volatile AttributePolicy attributes;

    /** Called by Tomcat for {@code protocol="org.catwalk.ajp.AjpProtocol"}. */
    public AjpProtocol() {
        this(new AjpEndpoint());
    }

    private AjpProtocol(AjpEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        services = new ConnectorServices(() -> settings, this::newGuard, endpoint.buffers(), counters, refusals,
                () -> endpoint.isDraining() || !endpoint.isRunning(), endpoint::givesWay, endpoint::isThreadFree,
                new PacketSizeComparison(), this::getClientCertProvider);
        endpoint.decideBy(new AjpPacketGate(services));
        endpoint.countIn(counters);
        endpoint.runEverySecond(refusals::reportSuppressed);
        endpoint.setUseSendfile(false);
        endpoint.setAddress(InetAddress.getLoopbackAddress());
        setConnectionTimeout(AjpSettings.UNLIMITED);
        if (getHandler() == null) {
            // Tomcat releases older than about 9.0.70 leave this to the protocol.
            ConnectionHandler<SocketChannel> handler = new ConnectionHandler<>(this);
            setHandler(handler);
            endpoint.setHandler(handler);
        }
    }

    Counters counters() {
        return counters;
    }

    AjpEndpoint endpoint() {
        return endpoint;
    }

    // ------------------------------------------------------------------ life cycle

    /** Checks the configuration before the port is bound, so that nobody waits in the backlog of a connector that cannot start. */
    @Override
    public void init() throws Exception {
        Tomcat.check();
        refuseTls();
        refuseVirtualThreadsWhereThereAreNone();
        apply();
        super.init();
    }

    @Override
    public void start() throws Exception {
        serviceStops = false;
        apply();
        Tomcat.warning().ifPresent(LOG::warn);
        StartReport report = new StartReport(settings, endpoint, secrets.uses());
        report.warn();
        super.start();
        LOG.info("Catwalk AJP " + ConnectorVersion.get() + " on Tomcat " + Tomcat.version() + ", Java " + System.getProperty("java.version")
                + ", listening on " + whereItListens() + report.configuration());
    }

    private String whereItListens() {
        if (endpoint.getUseInheritedChannel()) {
            return "the channel that this JVM has inherited";
        }
        if (endpoint.getUnixDomainSocketPath() != null) {
            return endpoint.getUnixDomainSocketPath();
        }
        InetAddress address = endpoint.getAddress();
        String host = address == null || address.isAnyLocalAddress() ? "every address" : address.getHostAddress();
        return host + ", port " + getLocalPort();
    }

    /**
     * Begins to drain, whether or not the port was bound by the start. The service's stop calls this first and then waits for
     * gracefulStopAwaitMillis, if it is set, until no connection is left.
     */
    @Override
    public void closeServerSocketGraceful() {
        serviceStops = true;
        endpoint.pause();
    }

    /** Begins to drain. If the service stops, returns only when that is done: the applications are stopped next. */
    @Override
    public void pause() throws Exception {
        super.pause();
        if (serviceStops) {
            endpoint.awaitDrained();
        }
    }

    @Override
    public void resume() throws Exception {
        serviceStops = false;
        super.resume();
    }

    @Override
    public void stop() throws Exception {
        serviceStops = false;
        // Before the base class, which lets asynchronous requests time out at once.
        endpoint.pause();
        endpoint.awaitDrained();
        super.stop();
        refusals.reportSuppressed();
    }

    /** Pauses, and waits until no connection is left or drainTimeout is over; for JMX. @return connections left */
    public long drain() throws Exception {
        pause();
        endpoint.awaitDrained();
        return getConnectionCount();
    }

    /** @return serving, draining or drained. */
    public String getDrainState() {
        return endpoint.drainState();
    }

    private void refuseTls() {
        if (endpoint.isSSLEnabled()) {
            throw new IllegalArgumentException("SSLEnabled=\"true\" on the AJP Connector, but AJP has no TLS of its own: take the attribute "
                    + "away, and let web server and Tomcat talk over loopback, a unix domain socket or a tunnel.");
        }
    }

    /** Tomcat itself would start, and fail with the first connection. */
    private void refuseVirtualThreadsWhereThereAreNone() {
        int java = Runtime.version().feature();
        if (endpoint.getUseVirtualThreads() && endpoint.getExecutor() == null && java < FIRST_WITH_VIRTUAL_THREADS) {
            throw new IllegalArgumentException("useVirtualThreads=\"true\" on the AJP Connector, but this is Java " + java
                    + ", and virtual threads came with Java " + FIRST_WITH_VIRTUAL_THREADS
                    + ": run Tomcat on that or a later one, or take the attribute away.");
        }
    }

    private synchronized void apply() {
        apply(configured);
    }

    private void apply(AjpSettings.Builder builder) {
        AjpSettings next = builder
                .maxHeaderCount(getMaxHeaderCount())
                .connectionTimeout(getConnectionTimeout())
                .keepAliveTimeout(getKeepAliveTimeout())
                .build();
        // First, since it fails if the file has gone meanwhile, and a change counts as a whole or not at all. What was used when outlives it.
        Secrets nextSecrets = new Secrets(next, secrets);
        AttributePolicy nextAttributes = new AttributePolicy(next);
        endpoint.limitPacketMillis(next.packetTimeoutMillis());
        endpoint.limitWriteMillis(next.writeTimeoutMillis());
        endpoint.limitDrainMillis(next.drainTimeoutMillis());
        PeerFilter peers = new PeerFilter(next.allowedPeers());
        endpoint.filterPeers(peer -> isAllowed(peers, peer));
        endpoint.limitPeer(next.maxConnectionsPerPeer(), this::noteTooManyFromPeer);
        endpoint.limitUnadmitted(next.maxUnadmittedConnections());
        secrets = nextSecrets;
        attributes = nextAttributes;
        settings = next;
    }

    private void noteTooManyFromPeer(InetAddress peer, int limit) {
        note(Refusal.TOO_MANY_CONNECTIONS_FROM_PEER, peer, "Found one more connection than the " + limit + " allowed. ");
    }

    private void note(Refusal reason, InetAddress peer, String found) {
        counters.count(reason);
        refusals.refused(reason, peer.getHostAddress(), () -> found + reason.advice());
    }

    private boolean isAllowed(PeerFilter peers, InetAddress peer) {
        if (peers.allows(peer)) {
            return true;
        }
        note(Refusal.PEER_NOT_ALLOWED, peer, "Found a connection from there; expected one from " + peers.expected() + ". ");
        return false;
    }

    private RequestGuard newGuard() {
        AjpSettings s = settings;
        return new RequestGuard(s, secrets, attributes);
    }

    /** Before the start only remembers; afterwards a change counts at once, or is refused as a whole. */
    private synchronized void configure(UnaryOperator<AjpSettings.Builder> change) {
        if (settings == null) {
            change.apply(configured);
            return;
        }
        AjpSettings.Builder changed = change.apply(settings.toBuilder());
        apply(changed);
        configured = changed;
    }

    /**
     * Sets an attribute that has no setter in this class: one of the endpoint's, one of its sockets', or one that is
     * accepted although it means nothing here.
     *
     * @return false if nothing knows it, so that Tomcat warns about it
     */
    @Override
    public boolean setProperty(String name, String value) {
        boolean known = super.setProperty(name, value);
        String reason = AttributesWithoutEffect.reason(name);
        if (reason != null) {
            LOG.debug("The attribute " + name + " of the AJP Connector has no effect: " + reason);
        }
        return known || reason != null;
    }

    // ------------------------------------------------------------------ attributes of the stock connector

    public boolean getAjpFlush() {
        return configured.ajpFlush();
    }

    public void setAjpFlush(boolean on) {
        configure(b -> b.ajpFlush(on));
    }

    public boolean getTomcatAuthentication() {
        return configured.tomcatAuthentication();
    }

    public void setTomcatAuthentication(boolean on) {
        configure(b -> b.tomcatAuthentication(on));
    }

    public boolean getTomcatAuthorization() {
        return configured.tomcatAuthorization();
    }

    public void setTomcatAuthorization(boolean on) {
        configure(b -> b.tomcatAuthorization(on));
    }

    /** There is no getter: the secret is shown nowhere. */
    public void setSecret(String secret) {
        configure(b -> b.secret(secret));
    }

    /** The old name of {@link #setSecret}. */
    public void setRequiredSecret(String secret) {
        configure(b -> b.requiredSecret(secret));
    }

    public boolean getSecretRequired() {
        return configured.secretRequired();
    }

    public void setSecretRequired(boolean on) {
        configure(b -> b.secretRequired(on));
    }

    public String getAllowedRequestAttributesPattern() {
        return configured.allowedRequestAttributesPattern();
    }

    public void setAllowedRequestAttributesPattern(String pattern) {
        configure(b -> b.allowedRequestAttributesPattern(pattern));
    }

    public int getPacketSize() {
        return Math.max(configured.packetSize(), AjpSettings.MIN_PACKET_SIZE);
    }

    /** @param bytes 8192 to 65536; less is raised to 8192, more is refused when the connector starts */
    public void setPacketSize(int bytes) {
        configure(b -> b.packetSize(bytes));
    }

    /** @return the size of the container's own response buffer that fills one packet. */
    public int getDesiredBufferSize() {
        return SendBodyChunk.maxData(getPacketSize());
    }

    /** Also what writeTimeout is unless it is set itself. */
    @Override
    public void setConnectionTimeout(int millis) {
        super.setConnectionTimeout(millis);
        // The base class calls this before our fields are there.
        if (configured != null) {
            configure(b -> b.connectionTimeout(millis));
        }
    }

    @Override
    public void setMaxHeaderCount(int headers) {
        super.setMaxHeaderCount(headers);
        configure(b -> b.maxHeaderCount(headers));
    }

    // ------------------------------------------------------------------ attributes of our own

    /** There is no getter: the secrets are shown nowhere. */
    public void setSecrets(String list) {
        configure(b -> b.secrets(list));
    }

    public String getSecretFile() {
        return configured.secretFile();
    }

    public void setSecretFile(String path) {
        configure(b -> b.secretFile(path));
    }

    public String getAllowedRequestAttributes() {
        return configured.allowedRequestAttributes();
    }

    public void setAllowedRequestAttributes(String names) {
        configure(b -> b.allowedRequestAttributes(names));
    }

    public String getUnknownAttributes() {
        return configured.unknownAttributes();
    }

    public void setUnknownAttributes(String word) {
        configure(b -> b.unknownAttributes(word));
    }

    public String getAllowedPeers() {
        return configured.allowedPeers();
    }

    public void setAllowedPeers(String list) {
        configure(b -> b.allowedPeers(list));
    }

    public int getMaxConnectionsPerPeer() {
        return configured.maxConnectionsPerPeer();
    }

    public void setMaxConnectionsPerPeer(int connections) {
        configure(b -> b.maxConnectionsPerPeer(connections));
    }

    public int getMaxUnadmittedConnections() {
        return configured.maxUnadmittedConnections();
    }

    public void setMaxUnadmittedConnections(int connections) {
        configure(b -> b.maxUnadmittedConnections(connections));
    }

    public long getPacketTimeout() {
        return configured.packetTimeout();
    }

    public void setPacketTimeout(long millis) {
        configure(b -> b.packetTimeout(millis));
    }

    public long getWriteTimeout() {
        return configured.writeTimeout();
    }

    public void setWriteTimeout(long millis) {
        configure(b -> b.writeTimeout(millis));
    }

    public int getBodyWindow() {
        return configured.bodyWindow();
    }

    public void setBodyWindow(int packets) {
        configure(b -> b.bodyWindow(packets));
    }

    public String getCping() {
        return configured.cping();
    }

    public void setCping(String word) {
        configure(b -> b.cping(word));
    }

    public long getDrainTimeout() {
        return configured.drainTimeout();
    }

    public void setDrainTimeout(long millis) {
        configure(b -> b.drainTimeout(millis));
    }

    public String getStrict() {
        return configured.strict();
    }

    public void setStrict(String rules) {
        configure(b -> b.strict(rules));
    }

    // ------------------------------------------------------------------ JMX, see mbeans-descriptors.xml

    /** The counters come and go together with the MBean of this object. */
    @Override
    public void postRegister(Boolean registrationDone) {
        super.postRegister(registrationDone);
        if (!registrationDone) {
            return;
        }
        try {
            ObjectName name = new ObjectName(getDomain() + ":type=AjpStatistics,name=" + getName());
            if (mserver.isRegistered(name)) {
                mserver.unregisterMBean(name);
            }
            mserver.registerMBean(new TelemetryMBean(counters, new Now()), name);
            statisticsName = name;
        } catch (JMException e) {
            LOG.warn("Could not register the statistics of " + getName() + " in JMX", e);
        }
    }

    @Override
    public void preDeregister() throws Exception {
        if (statisticsName != null) {
            mserver.unregisterMBean(statisticsName);
            statisticsName = null;
        }
        super.preDeregister();
    }

    /** For the statistics. */
    private final class Now implements Gauges {

        @Override
        public Map<ConnectionState, Integer> connections() {
            return endpoint.connectionStates();
        }

        @Override
        public List<BufferUse> buffers() {
            return endpoint.buffers().uses();
        }

        @Override
        public String drainState() {
            return endpoint.drainState();
        }

        @Override
        public List<Secrets.Use> secrets() {
            return secrets.uses();
        }
    }

    /** A property of Tomcat 9.0, shown on every Tomcat. */
    @SuppressWarnings("deprecation")
    public int getAcceptorThreadCount() {
        return endpoint.getAcceptorThreadCount();
    }

    /** Part of the interface on Tomcat 9.0 only, shown on every Tomcat. */
    public boolean isAprRequired() {
        return false;
    }

    // ------------------------------------------------------------------ what Tomcat asks of a protocol

    @Override
    protected Log getLog() {
        return LOG;
    }

    /** The stock connector's prefix, so that dashboards find this one under the same names. */
    @Override
    protected String getNamePrefix() {
        return "ajp-nio";
    }

    @Override
    protected String getProtocolName() {
        return "Ajp";
    }

    @Override
    protected Processor createProcessor() {
        return new AjpProcessor(services, getAdapter());
    }

    @Override
    protected Processor createUpgradeProcessor(SocketWrapperBase<?> socket, UpgradeToken upgradeToken) {
        throw new IllegalStateException("AJP cannot carry an HTTP upgrade");
    }

    @Override
    protected UpgradeProtocol getNegotiatedProtocol(String name) {
        return null;
    }

    @Override
    protected UpgradeProtocol getUpgradeProtocol(String name) {
        return null;
    }

    @Override
    public void addSslHostConfig(SSLHostConfig sslHostConfig) {
        LOG.warn("The AJP Connector has an SSLHostConfig for " + sslHostConfig.getHostName()
                + ", which is ignored: TLS ends at the web server");
    }

    /** Part of the interface since about 9.0.80, 10.1.10 and 11.0.0. */
    public void addSslHostConfig(SSLHostConfig sslHostConfig, boolean replace) {
        addSslHostConfig(sslHostConfig);
    }

    @Override
    public SSLHostConfig[] findSslHostConfigs() {
        return new SSLHostConfig[0];
    }

    @Override
    public void addUpgradeProtocol(UpgradeProtocol upgradeProtocol) {
        LOG.warn("The AJP Connector has an UpgradeProtocol, " + upgradeProtocol.getClass().getName()
                + ", which is ignored: AJP cannot carry an HTTP upgrade");
    }

    @Override
    public UpgradeProtocol[] findUpgradeProtocols() {
        return new UpgradeProtocol[0];
    }
}
