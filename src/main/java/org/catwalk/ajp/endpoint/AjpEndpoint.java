package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;
import org.apache.tomcat.util.collections.SynchronizedStack;
import org.apache.tomcat.util.net.Acceptor.AcceptorState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;

import org.catwalk.ajp.compat.Tomcat;
import org.catwalk.ajp.telemetry.ConnectionState;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.telemetry.Traffic;

/**
 * The endpoint: Tomcat's acceptor in front, event loops that assemble packets, Tomcat's executor behind.
 *
 * <p>Life: {@code init} binds (with bindOnInit), {@code start} starts the loop, the deadline thread and the acceptor,
 * {@code pause} keeps new connections out, {@code stop} ends all threads and closes all connections, {@code destroy}
 * unbinds.
 */
public final class AjpEndpoint extends EndpointAttributes {

    /** Instead of a time: nothing is learnt from this request. */
    static final long NO_LESSON = -1;

    private static final Log LOG = LogFactory.getLog(AjpEndpoint.class);

    /** Buffers of a kind that are kept when nobody uses them. */
    private static final int BUFFERS_KEPT = 256;
    private static final int PARKING_KEPT = 64;
    /** Of a few words each. Tomcat's own default has become 0, which would cost an object for every request. */
    private static final int EXCHANGES_KEPT = 128;
    private static final int LINGERING_AT_MOST = 1024;
    private static final long STOP_MILLIS = 5_000;
    private static final long DRAIN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long UNLOCK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long UNLOCK_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int CUT_NAMED = 10;
    private static final long ROOM_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Idle for less, by a clock that lags by up to 100 ms, a connection may have just come, or been asked with CPING, with a request on its way. */
    private static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    /** An eighth of the heap for packets above the default size, but always some. */
    private static final int LARGE_BUFFERS_AT_MOST =
            (int) Math.max(64, Math.min(65_536, Runtime.getRuntime().maxMemory() / 8 / BufferPool.LARGE));

    private final BufferPool buffers = new BufferPool(BUFFERS_KEPT, LARGE_BUFFERS_AT_MOST);
    private final PeerCensus census = new PeerCensus();
    private final Set<AjpConnection> lingering = ConcurrentHashMap.newKeySet();

    private volatile ParkingLot parkingLot;
    private volatile EventLoop[] loops = {};
    /** Processors up to which each has an event loop; and as many loops, itself included, are looked at by one that has nothing to do. */
    private static final int LOOPS_FOR_ALL_PROCESSORS = 4;

    private final AtomicInteger nextLoop = new AtomicInteger();
    /** Whether the acceptor has a connection for which there is no room, where none that is open could be closed. */
    private final AtomicBoolean roomWanted = new AtomicBoolean();
    private volatile Supplier<ProcessorWait> processorWaits = ProcessorWait::ofCurrentThread;
    private final ServiceTimes times = new ServiceTimes(ProcessorWait.isKnown());
    /** Tasks that the executor counts as submitted and does not have. */
    private final AtomicInteger miscounted = new AtomicInteger();
    private DeadlineKeeper deadlines;
    private LoopWatch watch;
    private volatile ListeningSocket listening;
    private PacketGate gate;
    private Predicate<InetAddress> peerFilter = address -> true;
    private ObjIntConsumer<InetAddress> onPeerExcess = (address, limit) -> { };
    private Counters counters = new Counters();
    private Runnable everySecond = () -> { };
    private volatile boolean largePacketsProven;
    private volatile int unadmittedLimit;
    private final AtomicInteger unadmitted = new AtomicInteger();
    private volatile long coarseNanos = System.nanoTime();
    private InetSocketAddress boundAddress;

    private volatile long packetTimeoutNanos = TimeUnit.SECONDS.toNanos(20);
    private volatile long writeTimeoutMillis = -1;
    private volatile long drainTimeoutNanos = TimeUnit.SECONDS.toNanos(5);
    private final Drain drain = new Drain(System::nanoTime, () -> getConnectionCount() > 0, this::closeIdle);

    // ------------------------------------------------------------------ wiring; no name begins with set, see EndpointAttributes

    /** @param gate who decides about packets between exchanges; set before the endpoint starts */
    public void decideBy(PacketGate gate) {
        this.gate = gate;
    }

    /** @param filter which peers may connect by TCP; asked before a byte is read */
    public void filterPeers(Predicate<InetAddress> filter) {
        this.peerFilter = filter;
    }

    /**
     * @param perPeer connections from one address at the most; not positive means no limit
     * @param onExcess told of each that is closed for it
     */
    public void limitPeer(int perPeer, ObjIntConsumer<InetAddress> onExcess) {
        census.setLimit(perPeer);
        this.onPeerExcess = onExcess;
    }

    /** @param connections that have not sent a valid request yet, at the most; not positive means no limit */
    public void limitUnadmitted(int connections) {
        unadmittedLimit = connections;
    }

    /** @param counters where connections, and what happens to them, are counted; set before the endpoint starts */
    public void countIn(Counters counters) {
        this.counters = counters;
    }

    Counters counters() {
        return counters;
    }

    /** @param housekeeping run about once a second, by the thread that keeps the deadlines; must not wait */
    public void runEverySecond(Runnable housekeeping) {
        this.everySecond = housekeeping;
    }

    void keepHouse() {
        for (EventLoop loop : loops) {
            loop.limitTerm();
        }
        everySecond.run();
    }

    /** @return whether a request that came now would find a thread. */
    public boolean isThreadFree() {
        int busy = getCurrentThreadsBusy();
        return busy < 0 || busy < getMaxThreads() || getMaxThreads() < 0;
    }

    /** @param millis total time from a packet's first byte to its last, at least 1 */
    public void limitPacketMillis(long millis) {
        packetTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** @param millis time for which the peer may take nothing of what is written; not positive means no limit */
    public void limitWriteMillis(long millis) {
        writeTimeoutMillis = millis;
    }

    /** @param millis from the beginning of a pause or a stop until what is left may be cut */
    public void limitDrainMillis(long millis) {
        drainTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(millis);
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

    /** @return connections that the event loop watches, as the manager's status page shows them. */
    public int getKeepAliveCount() {
        int count = 0;
        for (EventLoop loop : loops) {
            count += loop.keyCount();
        }
        return count;
    }

    /** @return threads that run requests; one that leads an event loop and waits for a request is not busy. */
    @Override
    public int getCurrentThreadsBusy() {
        int busy = super.getCurrentThreadsBusy();
        for (EventLoop loop : loops) {
            if (busy > 0 && loop.isLeaderIdle()) {
                busy--;
            }
        }
        return busy;
    }

    /** @return whether a thread of the executor can be spared for more than the requests that it has already. */
    boolean mayLead() {
        Executor e = getExecutor();
        return running && internalExecutor && e instanceof ThreadPoolExecutor && submitted((ThreadPoolExecutor) e) < getMaxThreads();
    }

    /** @return whether requests wait for a thread, so that one which leads a loop had better run one of them. */
    boolean needsEveryThread() {
        Executor e = getExecutor();
        return internalExecutor && e instanceof ThreadPoolExecutor && submitted((ThreadPoolExecutor) e) > getMaxThreads();
    }

    private int submitted(ThreadPoolExecutor threads) {
        return threads.getSubmittedCount() - miscounted.get();
    }

    /**
     * Gives a task to the executor.
     *
     * @throws RejectedExecutionException if its queue is full
     * @throws Error if the machine has no thread left; Tomcat's executor goes on counting such a task as submitted, and we do not
     */
    void execute(Runnable task) {
        Executor executor = getExecutor();
        try {
            executor.execute(task);
        } catch (Error e) {
            if (executor instanceof ThreadPoolExecutor) {
                miscounted.incrementAndGet();
            }
            throw e;
        }
    }

    /** A task was given to the executor: if no thread is left for it, those that only wait for requests shall run it. */
    void spareThreads() {
        if (needsEveryThread()) {
            for (EventLoop loop : loops) {
                loop.callOff();
            }
        }
    }

    /**
     * @param loop index of the loop that has nothing to do
     * @return a readable connection of one of the next few loops, whose own thread has not come round to it; null if there is none
     */
    AjpConnection pollReadyBeside(int loop) {
        EventLoop[] all = loops;
        AjpConnection connection = null;
        for (int i = 1; connection == null && i < all.length && i < LOOPS_FOR_ALL_PROCESSORS; i++) {
            connection = all[(loop + i) % all.length].pollReady();
        }
        return connection;
    }

    /**
     * Makes one of the next few loops, if one has nothing to do, look for what others have found.
     *
     * @param loop index of the loop that has found it
     * @return whether there was one
     */
    boolean wakeBeside(int loop) {
        EventLoop[] all = loops;
        boolean woken = false;
        for (int i = 1; !woken && i < all.length && i < LOOPS_FOR_ALL_PROCESSORS; i++) {
            woken = all[(loop + i) % all.length].wakeLeader();
        }
        return woken;
    }

    /** @return a clock for the current thread, which leads a loop and closes it */
    ProcessorWait processorWait() {
        return processorWaits.get();
    }

    /** In tests: where clocks come from. */
    void processorWaits(Supplier<ProcessorWait> clocks) {
        processorWaits = clocks;
    }

    /** How long requests of each kind take. */
    ServiceTimes serviceTimes() {
        return times;
    }

    // ------------------------------------------------------------------ life cycle

    @Override
    public void bind() throws Exception {
        if (getUseInheritedChannel()) {
            listening = ListeningSocket.inherited();
        } else if (getUnixDomainSocketPath() != null) {
            Path path = Path.of(getUnixDomainSocketPath());
            new SocketDirectory(getUnixDomainSocketParentPermissions(), getUnixDomainSocketParentOwner())
                    .prepare(path, getUnixDomainSocketPathPermissions());
            listening = ListeningSocket.unix(path, getUnixDomainSocketPathPermissions(), getAcceptCount());
        } else {
            // After a pause, the port that port="0" was given once.
            InetSocketAddress address = boundAddress != null
                    ? boundAddress : new InetSocketAddress(getAddress(), getPortWithOffset());
            listening = ListeningSocket.tcp(address, getAcceptCount(), getSocketProperties());
        }
    }

    @Override
    public void startInternal() throws Exception {
        if (running) {
            return;
        }
        // An application may be the one that starts us, by JMX: threads that inherited its class loader would outlive and keep it.
        Thread caller = Thread.currentThread();
        ClassLoader callers = caller.getContextClassLoader();
        caller.setContextClassLoader(AjpEndpoint.class.getClassLoader());
        try {
            startThreads();
        } finally {
            caller.setContextClassLoader(callers);
        }
    }

    private void startThreads() throws Exception {
        if (listening == null) {
            // Closed by the stop before this start; with bindOnInit the base class does not bind again.
            bind();
        }
        running = true;
        paused = false;
        drain.end();
        int exchangesKept = getSocketProperties().getProcessorCache();
        processorCache = new SynchronizedStack<>(SynchronizedStack.DEFAULT_SIZE,
                exchangesKept < 0 ? exchangesKept : Math.max(exchangesKept, EXCHANGES_KEPT));
        if (getExecutor() == null) {
            miscounted.set(0);
            createExecutor();
        }
        parkingLot = new ParkingLot(PARKING_KEPT);
        int cpus = Runtime.getRuntime().availableProcessors();
        EventLoop[] started = new EventLoop[loopsFor(cpus)];
        watch = new LoopWatch(started);
        for (int i = 0; i < started.length; i++) {
            started[i] = new EventLoop(this, i, times, Math.max(0, cpus / started.length - 1), watch);
            started[i].start(getName() + "-Poller" + (i == 0 ? "" : "-" + (i + 1)), getPollerThreadPriority());
        }
        loops = started;
        watch.start(getName() + "-Watch", getPollerThreadPriority());
        deadlines = new DeadlineKeeper(this);
        deadlines.start(getName() + "-Deadlines");
        startAcceptorThread();
    }

    /**
     * One loop for each processor: with half as many, small and large responses alike were a tenth slower (ADR 0005). On larger machines,
     * where no one measured it, half of them, but at least four.
     */
    static int loopsFor(int processors) {
        return Math.max(Math.min(processors, LOOPS_FOR_ALL_PROCESSORS), processors / 2);
    }

    /**
     * Keeps new connections out at once: nobody shall wait in the backlog of a connector that does not accept. Those that
     * wait there already are taken in, since they may have sent a request. From then on the endpoint drains.
     */
    @Override
    public void pause() {
        if (!running || paused) {
            return;
        }
        drain.begin(drainTimeoutNanos);
        super.pause();
        ListeningSocket l = listening;
        if (l != null && l.canReopen()) {
            closeToOthers(l);
        }
        deadlines.wake();
    }

    private void closeToOthers(ListeningSocket l) {
        try {
            boundAddress = l.localAddress();
            SocketChannel waiting;
            while ((waiting = l.acceptNow()) != null) {
                setSocketOptions(waiting);
            }
            listening = null;
            l.close();
        } catch (IOException e) {
            LOG.warn("Could not close the listening socket of " + getName() + " for a pause", e);
        }
    }

    /** @return whether every answer ends its connection now. */
    public boolean isDraining() {
        return drain.hasBegun();
    }

    /** @return serving, draining or drained. */
    public String drainState() {
        return drain.state().name().toLowerCase(Locale.ROOT);
    }

    Drain drain() {
        return drain;
    }

    /** Waits until no connection is left or the time of the drain that has begun is over. */
    public void awaitDrained() {
        while (!drain.isOver() && !Thread.currentThread().isInterrupted()) {
            drain.step();
            LockSupport.parkNanos(this, DRAIN_POLL_NANOS);
        }
    }

    /** Each by itself looks whether something has arrived, and stays if so. */
    private void closeIdle() {
        for (SocketWrapperBase<SocketChannel> connection : connections.values()) {
            ((AjpConnection) connection).evict();
        }
    }

    @Override
    public void resume() {
        if (running && listening == null) {
            try {
                bind();
            } catch (Exception e) {
                LOG.error("Could not listen again on " + getName() + "; the connector stays paused", e);
                return;
            }
        }
        drain.end();
        super.resume();
    }

    @Override
    public void stopInternal() throws Exception {
        if (!running) {
            return;
        }
        pause();
        cutOff();
        running = false;
        Tomcat.stopAcceptor(acceptor, 100 + 2 * getSocketProperties().getUnlockTimeout());
        deadlines.stop(STOP_MILLIS);
        watch.stop(STOP_MILLIS);
        for (EventLoop loop : loops) {
            loop.stop(STOP_MILLIS);
        }
        shutdownExecutor();
        forEachConnection(AjpConnection::closeNow);
        parkingLot.close();
        for (EventLoop loop : loops) {
            loop.close();
        }
        loops = new EventLoop[0];
        if (processorCache != null) {
            processorCache.clear();
            processorCache = null;
        }
    }

    /** What the drain has not seen end is answered, as well as it still can be, and named. */
    private void cutOff() {
        List<String> cut = new ArrayList<>();
        for (SocketWrapperBase<SocketChannel> connection : connections.values()) {
            String what = ((AjpConnection) connection).cutOff();
            if (what != null) {
                cut.add(what);
            }
        }
        if (!cut.isEmpty()) {
            LOG.warn("Stopped " + getName() + " with requests that had no answer within " + TimeUnit.NANOSECONDS.toMillis(drainTimeoutNanos)
                    + " ms: " + cut.size() + ", " + String.join(", ", cut.subList(0, Math.min(cut.size(), CUT_NAMED)))
                    + (cut.size() > CUT_NAMED ? ", ..." : "") + ". Raise drainTimeout on the AJP Connector if they are to be waited for.");
        }
    }

    /** Declared by the base class of Tomcat 9.0 and 10.1 only, and abstract there. */
    public void unbind() throws Exception {
        if (running) {
            stop();
        }
        boundAddress = null;
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

    /** Returns when the acceptor has done what it does with a connection that it may just have accepted. */
    @Override
    protected void unlockAccept() {
        long begin = System.nanoTime();
        while (acceptor != null && acceptor.getState() == AcceptorState.RUNNING && System.nanoTime() - begin < UNLOCK_NANOS) {
            ListeningSocket l = listening;
            if (l != null) {
                l.wakeup();
            }
            LockSupport.parkNanos(this, UNLOCK_POLL_NANOS);
        }
    }

    // ------------------------------------------------------------------ connections

    /**
     * The base class counts with a latch, one ahead of the connections, and gives it up for good when it pauses. Here the map of
     * open connections is the count, and {@link #serverSocketAccept()} keeps to maxConnections, once it is known that somebody
     * wants to connect.
     */
    @Override
    protected void countUpOrAwaitConnection() {
        // See above.
    }

    @Override
    protected long countDownConnection() {
        return getConnectionCount();
    }

    /** @return connections that are open */
    @Override
    public long getConnectionCount() {
        return connections.size();
    }

    @Override
    protected SocketChannel serverSocketAccept() throws Exception {
        ListeningSocket l = listening;
        if (l == null) {
            throw new IOException("The listening socket of " + getName() + " is closed");
        }
        SocketChannel channel;
        do {
            channel = l.accept();
            // Before room is made: who may not connect must not cost an idle connection of a web server its place.
        } while (running && !paused && (channel == null || isTurnedAway(channel)));
        while (channel != null && !makeRoom() && running && !paused) {
            // All are busy or have just come. The first that is idle again gives way: nobody must wait for one that closes by itself.
            LockSupport.parkNanos(this, ROOM_POLL_NANOS);
        }
        roomWanted.set(false);
        return channel;
    }

    /** Closes the connection of a peer that may not connect; it is not counted yet. @return whether it was one */
    private boolean isTurnedAway(SocketChannel channel) {
        try {
            if (channel.getRemoteAddress() instanceof InetSocketAddress from) {
                InetAddress address = from.getAddress();
                boolean excess = census.isFull(address);
                if (excess) {
                    onPeerExcess.accept(address, census.limit());
                }
                if (excess || !peerFilter.test(address)) {
                    channel.close();
                    return true;
                }
            }
        } catch (IOException e) {
            LOG.debug("A connection to " + getName() + " ended before it was let in", e);
        }
        return false;
    }

    /**
     * When maxConnections is reached, a stranger gives way, half a packet or not; if there is none, the connection that has been idle for the
     * longest time. Where more than half of the places are taken by strangers who have only just come, it is they who have to give way soon,
     * and nobody whom we know. If all are known and busy, the next answer ends its connection: those whose web server never lets them rest
     * would keep the others waiting for ever. @return whether there is room
     */
    private boolean makeRoom() {
        int limit = getMaxConnections();
        while (limit > 0 && connections.size() >= limit) {
            AjpConnection stranger = first(AjpConnection::strangerSince);
            if (stranger != null && System.nanoTime() - stranger.strangerSince() >= SETTLED_NANOS) {
                if (stranger.evict()) {
                    counters.count(Counters.Event.CONNECTIONS_EVICTED);
                } else {
                    stranger.evictStranger();
                }
                continue;
            }
            if (strangers() * 2 > limit) {
                return false;
            }
            AjpConnection longest = first(AjpConnection::idleSince);
            if (longest == null || System.nanoTime() - longest.idleSince() < SETTLED_NANOS) {
                roomWanted.set(strangers() == 0);
                return false;
            }
            if (longest.evict()) {
                counters.count(Counters.Event.CONNECTIONS_EVICTED);
            }
        }
        return true;
    }

    /**
     * @return whether the answer that is being completed has to end its connection, because another one waits for room; true for one answer
     *         at a time
     */
    public boolean givesWay() {
        boolean gives = roomWanted.get() && roomWanted.compareAndSet(true, false);
        if (gives) {
            counters.count(Counters.Event.CONNECTIONS_EVICTED);
        }
        return gives;
    }

    /** @return connections that could be closed because they have sent no valid request. */
    private int strangers() {
        int count = 0;
        for (SocketWrapperBase<SocketChannel> each : connections.values()) {
            count += ((AjpConnection) each).strangerSince() != Long.MAX_VALUE ? 1 : 0;
        }
        return count;
    }

    /** @return the connection with the smallest value, null if all have {@link Long#MAX_VALUE}. */
    private AjpConnection first(ToLongFunction<AjpConnection> since) {
        AjpConnection found = null;
        long now = coarseNanos;
        long longest = Long.MIN_VALUE;
        for (SocketWrapperBase<SocketChannel> each : connections.values()) {
            AjpConnection connection = (AjpConnection) each;
            long t = since.applyAsLong(connection);
            if (t != Long.MAX_VALUE && now - t > longest) {
                longest = now - t;
                found = connection;
            }
        }
        return found;
    }

    @Override
    protected boolean setSocketOptions(SocketChannel channel) {
        if (channel == null) {
            // The acceptor was woken for a pause that has ended already.
            return true;
        }
        AjpConnection connection = null;
        InetAddress peer = null;
        Traffic traffic = null;
        try {
            if (channel.getRemoteAddress() instanceof InetSocketAddress) {
                peer = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
                if (!peerFilter.test(peer)) {
                    close(channel);
                    return true;
                }
                if (!census.enter(peer)) {
                    onPeerExcess.accept(peer, census.limit());
                    close(channel);
                    return true;
                }
                getSocketProperties().setProperties(channel.socket());
            }
            channel.configureBlocking(false);
            EventLoop[] all = loops;
            EventLoop loop = all[(nextLoop.getAndIncrement() & Integer.MAX_VALUE) % all.length];
            traffic = counters.peers().opened(peer == null ? null : peer.getHostAddress());
            connection = new AjpConnection(channel, this, loop, peer, traffic);
            takeTimeouts(connection);
            connections.put(channel, connection);
            deadlines.wake();
            counters.count(Counters.Event.CONNECTIONS_ACCEPTED);
            limitStrangers(connection);
            loop.submit(connection, AjpConnection.OP_REGISTER);
            return true;
        } catch (IOException | RuntimeException e) {
            if (running && channel.isOpen()) {
                LOG.warn("Could not set up a connection on " + getName(), e);
            }
            if (connection == null) {
                census.leave(peer);
                if (traffic != null) {
                    counters.peers().closed(traffic);
                }
                close(channel);
                return true;
            }
            return false;
        }
    }

    /** For each exchange, so that a change by JMX reaches connections that are open already. */
    void takeTimeouts(AjpConnection connection) {
        connection.setReadTimeout(getConnectionTimeout());
        connection.setWriteTimeout(writeTimeoutMillis);
    }

    private void limitStrangers(AjpConnection newcomer) {
        int limit = unadmittedLimit;
        if (unadmitted.incrementAndGet() > limit && limit > 0) {
            AjpConnection oldest = first(connection -> connection == newcomer ? Long.MAX_VALUE : connection.strangerSince());
            if (oldest != null) {
                oldest.evictStranger();
            }
        }
    }

    boolean largePacketsProven() {
        return largePacketsProven;
    }

    /** A web server has read a packet above the default size. */
    void proveLargePackets() {
        largePacketsProven = true;
    }

    /** One connection more has sent a valid request, or is closed without one. */
    void onNoStranger() {
        unadmitted.decrementAndGet();
    }

    /** A connection is closed, or as good as closed: it counts no longer. */
    void onClosed(InetAddress peer, Traffic traffic) {
        census.leave(peer);
        counters.peers().closed(traffic);
    }

    /** @return {@link System#nanoTime()} as it was up to a tenth of a second ago, which costs nothing to ask for. */
    long coarseNanos() {
        return coarseNanos;
    }

    void setCoarseNanos(long now) {
        coarseNanos = now;
    }

    /**
     * Called by the acceptor for what it has accepted while the endpoint was being paused. A request may have been sent already:
     * it is taken in like the backlog.
     *
     * @param channel null if the acceptor was only woken
     */
    @Override
    protected void destroySocket(SocketChannel channel) {
        if (channel != null && !(running && drain.hasBegun() && setSocketOptions(channel))) {
            close(channel);
        }
    }

    private void close(SocketChannel channel) {
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

    /** Calls {@code action} for those that are open and those that linger; makes no copy, since it is done ten times a second. */
    void forEachConnection(Consumer<AjpConnection> action) {
        for (SocketWrapperBase<SocketChannel> connection : connections.values()) {
            action.accept((AjpConnection) connection);
        }
        for (AjpConnection connection : lingering) {
            action.accept(connection);
        }
    }

    /** Number of connections in each state; looks at each for a moment and holds none up. */
    public Map<ConnectionState, Integer> connectionStates() {
        Map<ConnectionState, Integer> counts = new EnumMap<>(ConnectionState.class);
        forEachConnection(connection -> counts.merge(connection.state(), 1, Integer::sum));
        return counts;
    }

    boolean hasConnections() {
        return !connections.isEmpty() || !lingering.isEmpty();
    }

    /**
     * As the base class does it, but for a full queue. It is no news with a stack trace, since a peer can cause it as often as it likes; a
     * new request is refused, with a line of its own, by the caller; and what happens to a running one waits until there is a thread for it.
     */
    @Override
    public boolean processSocket(SocketWrapperBase<SocketChannel> connection, SocketEvent event, boolean dispatch) {
        if (connection == null) {
            return false;
        }
        SynchronizedStack<SocketProcessorBase<SocketChannel>> cache = processorCache;
        SocketProcessorBase<SocketChannel> exchange = cache != null ? cache.pop() : null;
        if (exchange == null) {
            exchange = createSocketProcessor(connection, event);
        } else {
            exchange.reset(connection, event);
        }
        Executor executor = getExecutor();
        if (!dispatch || executor == null) {
            exchange.run();
            return true;
        }
        try {
            execute(exchange);
            spareThreads();
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("No thread for " + event + " of " + connection + ": " + e.getMessage());
            return ((AjpConnection) connection).postpone(event);
        }
    }

    @Override
    protected SocketProcessorBase<SocketChannel> createSocketProcessor(SocketWrapperBase<SocketChannel> connection,
            SocketEvent event) {
        return new Exchange(connection, event, true);
    }

    /** An exchange for a thread that runs one request after another: to take one from the others each time would make threads meet. */
    Exchange ownExchange() {
        return new Exchange(null, SocketEvent.OPEN_READ, false);
    }

    /** Runs one event of one connection in a worker thread, under the lock that the base class takes. */
    final class Exchange extends SocketProcessorBase<SocketChannel> {

        private final boolean shared;
        /** What the last request took. */
        private long nanos;

        Exchange(SocketWrapperBase<SocketChannel> connection, SocketEvent event, boolean shared) {
            super(connection, event);
            this.shared = shared;
        }

        /** @return how long the request took, in nanoseconds, or {@link AjpEndpoint#NO_LESSON}; the caller adds it to the service times */
        long runAndMeasure() {
            nanos = NO_LESSON;
            run();
            return nanos;
        }

        @Override
        protected void doRun() {
            AjpConnection connection = (AjpConnection) socketWrapper;
            Handler.SocketState state = Handler.SocketState.CLOSED;
            // What is measured is a request from its beginning; what an asynchronous one does later is not foretold.
            boolean request = event == SocketEvent.OPEN_READ && connection.isExchangeDue();
            int kind = connection.kind();
            long begin = request ? System.nanoTime() : 0;
            connection.hasThread(true);
            try {
                boolean stale = event == SocketEvent.ERROR && connection.isFailureStale();
                state = stale ? Handler.SocketState.LONG : getHandler().process(connection, event);
            } catch (RuntimeException e) {
                LOG.error("An internal error ended the connection from " + connection.peer(), e);
            } finally {
                // A refusal is quick whatever its path is, and anybody can cause one: nothing is learnt from it.
                if (request && !(state == Handler.SocketState.CLOSED && connection.isRefused())) {
                    nanos = System.nanoTime() - begin;
                    if (shared) {
                        times.addRough(kind, nanos);
                    }
                }
                connection.hasThread(false);
                // With any other state another thread may own the connection already.
                if (state == Handler.SocketState.CLOSED) {
                    connection.close();
                }
                socketWrapper = null;
                event = null;
                SynchronizedStack<SocketProcessorBase<SocketChannel>> cache = processorCache;
                if (shared && running && cache != null) {
                    cache.push(this);
                }
            }
        }
    }

    // ------------------------------------------------------------------ what Tomcat asks of an endpoint

    @Override
    protected InetSocketAddress getLocalAddress() throws IOException {
        ListeningSocket l = listening;
        return l == null ? boundAddress : l.localAddress();
    }

    @Override
    protected Log getLog() {
        return LOG;
    }
}
