package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;
import org.apache.tomcat.util.collections.SynchronizedStack;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.Acceptor.AcceptorState;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;

import org.catwalk.ajp.compat.Tomcat;

/**
 * The endpoint: Tomcat's acceptor in front, an event loop that assembles packets, Tomcat's executor behind.
 *
 * <p>Life: {@code init} binds (with bindOnInit), {@code start} starts the loop, the deadline thread and the acceptor,
 * {@code pause} keeps new connections out, {@code stop} ends all threads and closes all connections, {@code destroy}
 * unbinds.
 */
public final class AjpEndpoint extends AbstractEndpoint<SocketChannel, SocketChannel> {

    private static final Log LOG = LogFactory.getLog(AjpEndpoint.class);

    /** Buffers of a kind that are kept when nobody uses them. */
    private static final int BUFFERS_KEPT = 256;
    private static final int PARKING_KEPT = 64;
    private static final int LINGERING_AT_MOST = 1024;
    private static final long STOP_MILLIS = 5_000;

    private final BufferPool buffers = new BufferPool(BUFFERS_KEPT);
    private final Set<AjpConnection> lingering = ConcurrentHashMap.newKeySet();

    private volatile ParkingLot parkingLot;
    private volatile EventLoop loop;
    private DeadlineKeeper deadlines;
    private volatile ListeningSocket listening;
    private PacketGate gate;
    private Predicate<InetAddress> peerFilter = address -> true;

    private long packetTimeoutNanos = TimeUnit.SECONDS.toNanos(20);
    private long writeTimeoutMillis = -1;

    private boolean useInheritedChannel;
    private String unixDomainSocketPath;
    private String unixDomainSocketPathPermissions;
    private int pollerThreadPriority = Thread.NORM_PRIORITY;
    private long selectorTimeout = 1000;

    // ------------------------------------------------------------------ wiring

    /** @param gate who decides about packets between exchanges; set before the endpoint starts */
    public void setGate(PacketGate gate) {
        this.gate = gate;
    }

    /** @param filter which peers may connect; asked before a byte is read, null is the address of a unix socket's peer */
    public void setPeerFilter(Predicate<InetAddress> filter) {
        this.peerFilter = filter;
    }

    /** @param millis total time from a packet's first byte to its last, at least 1 */
    public void setPacketTimeoutMillis(long millis) {
        packetTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** @param millis time for which the peer may take nothing of what is written; not positive means no limit */
    public void setWriteTimeoutMillis(long millis) {
        writeTimeoutMillis = millis;
    }

    PacketGate gate() {
        return gate;
    }

    long packetTimeoutNanos() {
        return packetTimeoutNanos;
    }

    /** @return the buffers that this endpoint's requests share. */
    public BufferPool buffers() {
        return buffers;
    }

    ParkingLot parkingLot() {
        return parkingLot;
    }

    // ------------------------------------------------------------------ attributes of Tomcat's NIO endpoint

    public boolean getUseInheritedChannel() {
        return useInheritedChannel;
    }

    public void setUseInheritedChannel(boolean useInheritedChannel) {
        this.useInheritedChannel = useInheritedChannel;
    }

    public String getUnixDomainSocketPath() {
        return unixDomainSocketPath;
    }

    public void setUnixDomainSocketPath(String unixDomainSocketPath) {
        this.unixDomainSocketPath = unixDomainSocketPath;
    }

    public String getUnixDomainSocketPathPermissions() {
        return unixDomainSocketPathPermissions;
    }

    public void setUnixDomainSocketPathPermissions(String unixDomainSocketPathPermissions) {
        this.unixDomainSocketPathPermissions = unixDomainSocketPathPermissions;
    }

    /** @return the priority of the event loop's thread; the name is the stock connector's. */
    public int getPollerThreadPriority() {
        return pollerThreadPriority;
    }

    public void setPollerThreadPriority(int pollerThreadPriority) {
        this.pollerThreadPriority = pollerThreadPriority;
    }

    /** @return as configured; accepted for the stock connector's sake and without effect, since no poll is needed. */
    public long getSelectorTimeout() {
        return selectorTimeout;
    }

    public void setSelectorTimeout(long selectorTimeout) {
        this.selectorTimeout = selectorTimeout;
    }

    /** @return connections that wait for their next request or are in one, as the manager's status page shows them. */
    public int getKeepAliveCount() {
        EventLoop l = loop;
        return l == null ? 0 : l.keyCount();
    }

    @Override
    public String getId() {
        if (useInheritedChannel) {
            return "JVMInheritedChannel";
        }
        return unixDomainSocketPath;
    }

    // ------------------------------------------------------------------ life cycle

    @Override
    public void bind() throws Exception {
        if (useInheritedChannel) {
            listening = ListeningSocket.inherited();
        } else if (unixDomainSocketPath != null) {
            listening = ListeningSocket.unix(Path.of(unixDomainSocketPath), unixDomainSocketPathPermissions,
                    getAcceptCount());
        } else {
            listening = ListeningSocket.tcp(new InetSocketAddress(getAddress(), getPortWithOffset()), getAcceptCount(),
                    getSocketProperties());
        }
    }

    @Override
    public void startInternal() throws Exception {
        if (running) {
            return;
        }
        running = true;
        paused = false;
        if (getSocketProperties().getProcessorCache() != 0) {
            processorCache = new SynchronizedStack<>(SynchronizedStack.DEFAULT_SIZE,
                    getSocketProperties().getProcessorCache());
        }
        if (getExecutor() == null) {
            createExecutor();
        }
        initializeConnectionLatch();
        parkingLot = new ParkingLot(PARKING_KEPT);
        loop = new EventLoop();
        loop.start(getName() + "-Poller", pollerThreadPriority, true);
        deadlines = new DeadlineKeeper(this);
        deadlines.start(getName() + "-Deadlines");
        startAcceptorThread();
    }

    @Override
    public void stopInternal() throws Exception {
        if (!paused) {
            pause();
        }
        if (!running) {
            return;
        }
        running = false;
        Tomcat.stopAcceptor(acceptor, 100 + 2 * getSocketProperties().getUnlockTimeout());
        deadlines.stop(STOP_MILLIS);
        loop.stop(STOP_MILLIS);
        shutdownExecutor();
        for (AjpConnection connection : everyConnection()) {
            connection.closeNow();
        }
        parkingLot.close();
        loop = null;
        if (processorCache != null) {
            processorCache.clear();
            processorCache = null;
        }
    }

    /** Declared by the base class of Tomcat 9.0 and 10.1 only, and abstract there. */
    public void unbind() throws Exception {
        if (running) {
            stop();
        }
        try {
            doCloseServerSocket();
        } catch (IOException e) {
            LOG.warn("Could not close the listening socket of " + getName(), e);
        }
        if (getHandler() != null) {
            getHandler().recycle();
        }
    }

    @Override
    protected void doCloseServerSocket() throws IOException {
        ListeningSocket l = listening;
        listening = null;
        if (l != null) {
            l.close();
        }
    }

    @Override
    protected void unlockAccept() {
        ListeningSocket l = listening;
        if (l == null || !l.isUnix()) {
            super.unlockAccept();
            return;
        }
        if (acceptor == null || acceptor.getState() != AcceptorState.RUNNING) {
            return;
        }
        try (SocketChannel unlock = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            unlock.connect(UnixDomainSocketAddress.of(l.unixPath()));
        } catch (IOException e) {
            LOG.debug("Could not wake the acceptor of " + getName(), e);
        }
    }

    // ------------------------------------------------------------------ connections

    @Override
    protected SocketChannel serverSocketAccept() throws Exception {
        ListeningSocket l = listening;
        if (l == null) {
            throw new IOException("The listening socket of " + getName() + " is closed");
        }
        return l.accept();
    }

    @Override
    protected boolean setSocketOptions(SocketChannel channel) {
        AjpConnection connection = null;
        try {
            boolean unix = listening != null && listening.isUnix();
            if (!peerFilter.test(unix ? null : ((InetSocketAddress) channel.getRemoteAddress()).getAddress())) {
                destroySocket(channel);
                return true;
            }
            channel.configureBlocking(false);
            if (!unix) {
                getSocketProperties().setProperties(channel.socket());
            }
            EventLoop l = loop;
            connection = new AjpConnection(channel, this, l);
            connection.setReadTimeout(getConnectionTimeout());
            connection.setWriteTimeout(writeTimeoutMillis);
            connections.put(channel, connection);
            l.submit(connection, AjpConnection.OP_REGISTER);
            return true;
        } catch (IOException | RuntimeException e) {
            if (running && channel.isOpen()) {
                LOG.warn("Could not set up a connection on " + getName(), e);
            }
            if (connection == null) {
                destroySocket(channel);
                return true;
            }
            return false;
        }
    }

    @Override
    protected void destroySocket(SocketChannel channel) {
        countDownConnection();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("Could not close a connection of " + getName(), e);
        }
    }

    /** @return whether one more connection may wait for its peer's last bytes; if so it is counted as closed from now. */
    boolean mayLinger(AjpConnection connection) {
        if (!running || lingering.size() >= LINGERING_AT_MOST) {
            return false;
        }
        lingering.add(connection);
        connections.remove(connection.getSocket());
        return true;
    }

    void forget(AjpConnection connection) {
        connections.remove(connection.getSocket());
        lingering.remove(connection);
    }

    /** @return those that are open and those that linger. */
    Iterable<AjpConnection> everyConnection() {
        if (connections.isEmpty() && lingering.isEmpty()) {
            return List.of();
        }
        List<AjpConnection> all = new ArrayList<>(connections.size() + lingering.size());
        for (Map.Entry<SocketChannel, SocketWrapperBase<SocketChannel>> e : connections.entrySet()) {
            all.add((AjpConnection) e.getValue());
        }
        all.addAll(lingering);
        return all;
    }

    @Override
    protected SocketProcessorBase<SocketChannel> createSocketProcessor(SocketWrapperBase<SocketChannel> connection,
            SocketEvent event) {
        return new Exchange(connection, event);
    }

    /** Runs one event of one connection in a worker thread, under the lock that the base class takes. */
    private final class Exchange extends SocketProcessorBase<SocketChannel> {

        Exchange(SocketWrapperBase<SocketChannel> connection, SocketEvent event) {
            super(connection, event);
        }

        @Override
        protected void doRun() {
            AjpConnection connection = (AjpConnection) socketWrapper;
            Handler.SocketState state = Handler.SocketState.CLOSED;
            try {
                state = getHandler().process(connection, event);
            } catch (RuntimeException e) {
                LOG.error("An internal error ended the connection from " + connection.peer(), e);
            } finally {
                // With any other state another thread may own the connection already.
                if (state == Handler.SocketState.CLOSED) {
                    connection.close();
                }
                socketWrapper = null;
                event = null;
                SynchronizedStack<SocketProcessorBase<SocketChannel>> cache = processorCache;
                if (running && cache != null) {
                    cache.push(this);
                }
            }
        }
    }

    // ------------------------------------------------------------------ what AJP has no use for

    @Override
    protected InetSocketAddress getLocalAddress() throws IOException {
        ListeningSocket l = listening;
        return l == null ? null : l.localAddress();
    }

    @Override
    protected Log getLog() {
        return LOG;
    }

    /** Declared by the base class of Tomcat 9.0 and 10.1 only. */
    public boolean isAlpnSupported() {
        return false;
    }

    /** Declared by the base class of Tomcat 9.0 and 10.1 only. */
    public boolean getDeferAccept() {
        return false;
    }

    /** Declared by the base class of Tomcat 9.0 and 10.1 only. */
    protected void setDefaultSslHostConfig(SSLHostConfig sslHostConfig) {
        // TLS ends at the web server.
    }

    /** Abstract in the base class of Tomcat 9.0 and 10.1. */
    protected void createSSLContext(SSLHostConfig sslHostConfig) {
        throw new UnsupportedOperationException("AJP carries no TLS of its own; TLS ends at the web server");
    }
}
