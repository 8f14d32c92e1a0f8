package org.catwalk.ajp.endpoint;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SendfileDataBase;
import org.apache.tomcat.util.net.SendfileState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

import org.catwalk.ajp.telemetry.ConnectionState;
import org.catwalk.ajp.telemetry.Traffic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection from a web server.
 *
 * <p>Who may read from the socket is decided by one flag, guarded by {@link #reading}:
 *
 * <pre>
 *   watching    the event loop reads: it assembles the next packet, whoever waits for it
 *   otherwise   the thread that runs the exchange reads, or nobody
 * </pre>
 *
 * A worker is given the connection only with a complete packet. What the packet is for follows from {@link #inExchange}:
 * between two exchanges it is offered to the {@link PacketGate}; within one it is body data that a
 * {@code ReadListener} waits for. Body packets that the web server still owes when an exchange ends are counted and
 * swallowed by the loop, so that they can never be taken for requests and hold no thread.
 */
public final class AjpConnection extends SocketWrapperBase<SocketChannel> {

    static final int OP_REGISTER = 1;
    static final int OP_ARM_READ = 2;
    static final int OP_ARM_WRITE = 4;
    static final int OP_ADVANCE = 8;
    static final int OP_LINGER = 16;

    private static final Logger LOG = LoggerFactory.getLogger(AjpConnection.class);

    /** Time for which a connection that we close still listens, so that its peer can read our last words. */
    private static final long LINGER_MILLIS = 2_000;
    /** Selections in vain of a connection whose request is running, before it is left out. */
    private static final int UNTIMELY_ROUNDS = 3;
    private static final long DEFAULT_BODY_MILLIS = 300_000;
    /** Bytes that are thrown away meanwhile at the most. */
    private static final int LINGER_BYTES = 1024 * 1024;

    private static final AtomicIntegerFieldUpdater<AjpConnection> REQUESTED =
            AtomicIntegerFieldUpdater.newUpdater(AjpConnection.class, "requested");

    private final AjpEndpoint owner;
    private final EventLoop loop;
    private final InetAddress peer;
    private final Traffic traffic;

    /** Guards the assembler and the fields below it. Never held while waiting. */
    private final Object reading = new Object();
    private final PacketAssembler assembler;
    private boolean watching = true;
    private boolean readDisarmed;
    private boolean inExchange;
    /** Whether the thread that runs the exchange has it in its hands, so that it will give the buffers back. */
    private boolean exchangeBegun;
    private int owedBodyPackets;
    /** Counts the exchanges of this connection, so that the failure of one is not taken for the next one's. */
    private volatile int exchangeNumber;
    private volatile int failedExchange = -1;

    /** When this connection's present state must have ended, in {@link System#nanoTime()}; 0 means never. */
    private volatile long deadline;
    private boolean packetDeadlineRuns;
    /** The same for a response that the peer does not read while a {@code WriteListener} waits. */
    private volatile long writeDeadline;

    /** Bytes of the largest packet of the response sent last, if it is above AJP's default size; else 0. */
    private volatile int largePacketSent;
    /** Since when nothing has happened here; after the beginning by {@link AjpEndpoint#coarseNanos()}. */
    private volatile long idleSince;
    private volatile boolean admitted;
    private boolean refused;

    private volatile ConnectionOutput output;
    /** Events of the exchange for which there was no thread; null as long as there were none. Guarded by {@link #reading}. */
    private Queue<SocketEvent> postponed;
    private ParkingSelector parking;
    /** What the thread that runs the exchange waits for in the socket, as operations of a selection key; 0 if it does not wait. */
    private volatile int awaited;
    /** Whether a thread deals with an event of this connection. Statistics may see it late; all others are under the wrapper's lock. */
    private boolean threaded;
    private volatile long requestNanos;
    private SelectionKey key;
    private volatile int requested;
    private volatile boolean lingerOnClose;
    private int lingered;
    private int kind;
    private int largestBodyChunk;
    private int untimelyRounds;

    /**
     * @param peer null for a unix domain socket
     * @param traffic where it is counted what happens here
     */
    AjpConnection(SocketChannel channel, AjpEndpoint endpoint, EventLoop loop, InetAddress peer, Traffic traffic) {
        super(channel, endpoint);
        this.owner = endpoint;
        this.peer = peer;
        this.traffic = traffic;
        this.loop = loop;
        this.assembler = new PacketAssembler(endpoint.buffers());
        this.assembler.ofStranger(true);
        this.idleSince = System.nanoTime();
    }

    // ------------------------------------------------------------------ packets, for the gate and the processor

    /** @return the bytes that hold the current, complete packet. */
    public byte[] packetBytes() {
        return assembler.bytes();
    }

    /** @return index of the current packet's first payload byte. */
    public int payloadStart() {
        return assembler.payloadStart();
    }

    /** @return index one past the current packet's last payload byte. */
    public int payloadEnd() {
        return assembler.payloadEnd();
    }

    /** @return true if the packet that the exchange begins with, or the next body packet, is there as a whole. */
    public boolean hasPacket() {
        synchronized (reading) {
            return assembler.state() == PacketAssembler.State.COMPLETE;
        }
    }

    /**
     * Takes the current packet with the buffer that it is in. Read {@link #payloadStart()} and {@link #payloadEnd()}
     * first, and give the buffer back with {@link #release(PacketBuffer)}.
     */
    public PacketBuffer detachPacket() throws IOException {
        synchronized (reading) {
            return assembler.detach();
        }
    }

    /** Gives back what {@link #detachPacket()} gave. */
    public void release(PacketBuffer buffer) {
        owner.buffers().release(buffer);
    }

    /** More body is to come in this exchange than fits into a small buffer: read as much as is there at a time. */
    public void expectMuch() {
        synchronized (reading) {
            assembler.preferLarge(true);
        }
    }

    /** @return bytes of the largest piece of a body that has shown how much the web server puts into a packet; 0 if none has. */
    public int largestBodyChunk() {
        return largestBodyChunk;
    }

    /** Remembers, for the requests to come, that the web server puts more into a packet than it is asked for. */
    public void noteBodyChunk(int bytes) {
        largestBodyChunk = bytes;
    }

    /** Forgets the current packet; its bytes stay valid until the next packet is asked for. */
    public void consumePacket() {
        synchronized (reading) {
            assembler.consume();
        }
    }

    /**
     * Tries to have the next packet complete without waiting.
     *
     * @return false if it is not complete yet
     * @throws EOFException if the web server closed the connection
     * @throws PacketFaultException if what came is no packet
     */
    public boolean pollPacket() throws IOException {
        synchronized (reading) {
            watching = false;
            if (!packetDeadlineRuns) {
                deadline = 0;
            }
            while (true) {
                if (checkedState() == PacketAssembler.State.COMPLETE) {
                    deadline = 0;
                    packetDeadlineRuns = false;
                    return true;
                }
                int n = received(assembler.fill(getSocket()));
                if (n < 0) {
                    throw new EOFException("The web server closed the connection");
                }
                if (n == 0) {
                    return false;
                }
            }
        }
    }

    /**
     * Waits, on this thread, until the next packet is complete.
     *
     * @param firstByteMillis time for its first byte to come; not positive means no limit
     * @param waitFirst whether it can not have arrived yet, which saves a read in vain
     * @throws SocketTimeoutException if it did not come in that time, or once begun was not complete within packetTimeout
     * @throws EOFException if the web server closed the connection
     * @throws PacketFaultException if what came is no packet
     */
    public void awaitPacket(long firstByteMillis, boolean waitFirst) throws IOException {
        boolean begun = hasBytes();
        if ((begun || !waitFirst) && pollPacket()) {
            return;
        }
        begun = hasBytes();
        long begin = System.nanoTime();
        long limit = begun ? owner.packetTimeoutNanos() : nanos(firstByteMillis);
        while (true) {
            long left = limit == Long.MAX_VALUE ? limit : limit - (System.nanoTime() - begin);
            if (left <= 0 || park(SelectionKey.OP_READ, left) == 0) {
                throw new SocketTimeoutException("The web server did not send the request body within "
                        + TimeUnit.NANOSECONDS.toMillis(limit) + " ms");
            }
            if (pollPacket()) {
                return;
            }
            if (!begun && hasBytes()) {
                begun = true;
                begin = System.nanoTime();
                limit = owner.packetTimeoutNanos();
            }
        }
    }

    private static long nanos(long millis) {
        return millis > 0 ? TimeUnit.MILLISECONDS.toNanos(millis) : Long.MAX_VALUE;
    }

    private boolean hasBytes() {
        synchronized (reading) {
            return assembler.state() != PacketAssembler.State.EMPTY;
        }
    }

    private PacketAssembler.State checkedState() throws PacketFaultException {
        PacketAssembler.State state = assembler.state();
        if (state == PacketAssembler.State.BAD_MAGIC || state == PacketAssembler.State.TOO_LONG) {
            throw new PacketFaultException(faultOf(state));
        }
        return state;
    }

    private static PacketGate.Fault faultOf(PacketAssembler.State state) {
        return state == PacketAssembler.State.TOO_LONG ? PacketGate.Fault.TOO_LONG : PacketGate.Fault.BAD_MAGIC;
    }

    // ------------------------------------------------------------------ statistics

    /** @return where it is counted what happens here. */
    public Traffic traffic() {
        return traffic;
    }

    /** @return when the last byte of the present request had come, in {@link System#nanoTime()}. */
    public long requestNanos() {
        return requestNanos;
    }

    void hasThread(boolean yes) {
        threaded = yes;
    }

    /** @return what this connection does now */
    ConnectionState state() {
        if (isClosed()) {
            return ConnectionState.CLOSING;
        }
        synchronized (reading) {
            if (!inExchange) {
                boolean idle = owedBodyPackets == 0 && assembler.state() == PacketAssembler.State.EMPTY;
                return idle ? ConnectionState.IDLE : ConnectionState.READING;
            }
            if (!exchangeBegun) {
                return ConnectionState.QUEUED;
            }
            if ((awaited & SelectionKey.OP_WRITE) != 0 || writeDeadline != 0) {
                return ConnectionState.WRITING;
            }
            if (awaited != 0 || watching) {
                return ConnectionState.READING;
            }
            return threaded ? ConnectionState.REQUEST : ConnectionState.ASYNC;
        }
    }

    private int received(int bytes) {
        if (bytes > 0) {
            traffic.countReceived(bytes, owner.coarseNanos());
        }
        return bytes;
    }

    private long sent(long bytes) {
        if (bytes > 0) {
            traffic.countSent(bytes);
        }
        return bytes;
    }

    // ------------------------------------------------------------------ the exchange

    /** @return whether a request was given to a worker whose exchange has not ended. */
    public boolean isInExchange() {
        synchronized (reading) {
            return inExchange;
        }
    }

    /** @return whether a request was given to a worker that has not begun with it. */
    boolean isExchangeDue() {
        synchronized (reading) {
            return inExchange && !exchangeBegun;
        }
    }

    /** @return whether body packets of a request that has been answered are still to come. */
    public boolean isBodyOwed() {
        synchronized (reading) {
            return owedBodyPackets > 0;
        }
    }

    /** A valid request has come: this peer is no stranger any more. */
    public void markAdmitted() {
        if (!admitted) {
            leaveStrangers();
        }
    }

    /** No application got to see the request of this exchange; the connection will be closed. */
    public void markRefused() {
        refused = true;
    }

    /** @return whether the last request was refused; to be asked by the thread that ran it */
    boolean isRefused() {
        return refused;
    }

    private void leaveStrangers() {
        synchronized (reading) {
            if (admitted) {
                return;
            }
            admitted = true;
            assembler.ofStranger(false);
        }
        owner.onNoStranger();
    }

    /** @return since when this connection waits for a request of which no byte has come; {@link Long#MAX_VALUE} if it does not */
    long idleSince() {
        synchronized (reading) {
            boolean idle = watching && !inExchange && owedBodyPackets == 0
                    && assembler.state() == PacketAssembler.State.EMPTY;
            return idle ? idleSince : Long.MAX_VALUE;
        }
    }

    /**
     * @return when a connection was accepted that has sent no valid request; {@link Long#MAX_VALUE} if it has, or if a thread is dealing
     *         with a packet of it just now
     */
    long strangerSince() {
        synchronized (reading) {
            return admitted || inExchange || !watching || isClosed() ? Long.MAX_VALUE : idleSince;
        }
    }

    /** Closes the connection, if it is still idle, to make room for another one. @return whether it was */
    boolean evict() {
        boolean arrived;
        synchronized (reading) {
            if (idleSince() == Long.MAX_VALUE) {
                return false;
            }
            watching = false;
            arrived = hasArrived();
        }
        if (arrived) {
            loop.submit(this, OP_ADVANCE);
            return false;
        }
        close();
        return true;
    }

    /** Looks into the socket: a request may be there that the event loop has not come round to. */
    private boolean hasArrived() {
        try {
            return received(assembler.fill(getSocket())) > 0;
        } catch (IOException e) {
            LOG.debug("The connection from {} failed while it was idle: {}", peer(), e.toString());
            return false;
        }
    }

    /** Closes the connection of a stranger to make room for others, unless its first request is running now. */
    void evictStranger() {
        synchronized (reading) {
            if (strangerSince() == Long.MAX_VALUE) {
                return;
            }
            watching = false;
        }
        owner.gate().onFault(this, PacketGate.Fault.EVICTED);
        close();
    }

    /**
     * The response of this exchange can be asked for stale output from now on.
     *
     * @throws ClosedChannelException if the connection was closed while the request waited for a thread
     */
    public void beginExchange(ConnectionOutput responseOutput) throws ClosedChannelException {
        synchronized (reading) {
            if (isClosed()) {
                throw new ClosedChannelException();
            }
            exchangeBegun = true;
        }
        output = responseOutput;
        owner.takeTimeouts(this);
    }

    /**
     * Ends the exchange. After this the next packet is a request again, save for those that are owed.
     *
     * @param owed body packets that were asked for, or come unasked, and have not been read
     */
    public void endExchange(int owed) {
        output = null;
        writeDeadline = 0;
        ParkingSelector p = parking;
        if (p != null) {
            parking = null;
            owner.parkingLot().release(p);
        }
        synchronized (reading) {
            inExchange = false;
            exchangeNumber++;
            exchangeBegun = false;
            postponed = null;
            owedBodyPackets = owed;
            assembler.preferLarge(false);
            if (isClosed()) {
                assembler.release();
            } else {
                assembler.trim();
            }
        }
    }

    /**
     * Remembers that a packet above AJP's default size was sent, so that it can be told when the web server does not accept such.
     *
     * @param bytes of the packet, its header included
     */
    public void noteLargePacket(int bytes) {
        largePacketSent = Math.max(largePacketSent, bytes);
    }

    /** @return bytes of the largest packet above the default size that was sent on this connection; 0 if there was none */
    public int largePacketSent() {
        return largePacketSent;
    }

    /** The peer is gone. Until one peer has shown that it reads large packets, such a packet may be the reason. */
    public void noteGone() {
        if (largePacketSent > 0 && !owner.largePacketsProven()) {
            owner.gate().onFault(this, PacketGate.Fault.LARGE_PACKET_REFUSED);
        }
    }

    /** The peer has read nothing of a response for as long as it may. */
    public void noteUnread() {
        owner.gate().onFault(this, PacketGate.Fault.RESPONSE_UNREAD);
    }

    /**
     * @return time to wait for the next piece of a request body, in milliseconds: connectionTimeout, or five minutes where that is
     *         infinite, since a web server that has lost its power must not hold a thread for ever; httpd's own Timeout is 60 s
     */
    public long bodyTimeoutMillis() {
        long configured = getReadTimeout();
        return configured > 0 ? configured : DEFAULT_BODY_MILLIS;
    }

    /** Makes the coming {@link #close()} leave its peer time to read what was sent before the socket goes away. */
    public void lingerOnClose() {
        lingerOnClose = true;
    }

    // ------------------------------------------------------------------ writing

    /**
     * Writes what the socket takes now.
     *
     * @return bytes written, possibly 0
     */
    public int writeSome(ByteBuffer from) throws IOException {
        return (int) sent(getSocket().write(from));
    }

    /** Writes what the socket takes now, from several buffers in one call. */
    public long writeSome(ByteBuffer[] from, int offset, int length) throws IOException {
        return sent(getSocket().write(from, offset, length));
    }

    /**
     * Waits, on this thread, until the socket takes more.
     *
     * @throws SocketTimeoutException if it took nothing within the write time-out
     */
    public void awaitWritable() throws IOException {
        long millis = getWriteTimeout();
        long limit = nanos(millis);
        long begin = System.nanoTime();
        boolean receive = expectsMuch();
        while (true) {
            long left = limit == Long.MAX_VALUE ? limit : limit - (System.nanoTime() - begin);
            int ops = receive ? SelectionKey.OP_WRITE | SelectionKey.OP_READ : SelectionKey.OP_WRITE;
            int readyOps = left <= 0 ? 0 : park(ops, left);
            if ((readyOps & SelectionKey.OP_WRITE) != 0) {
                return;
            }
            if (readyOps == 0) {
                throw new SocketTimeoutException("The web server read nothing of the response for " + millis + " ms");
            }
            receive = receiveAside();
        }
    }

    private boolean expectsMuch() {
        synchronized (reading) {
            return assembler.expectsMuch();
        }
    }

    /**
     * Takes body data in while the response cannot be written: a front end that is writing the pieces we asked for reads
     * nothing before we have taken them.
     */
    private boolean receiveAside() {
        synchronized (reading) {
            try {
                return received(assembler.fillAside(getSocket())) > 0;
            } catch (IOException e) {
                LOG.debug("Could not receive body data from {} while writing: {}", peer(), e.toString());
                return false;
            }
        }
    }

    /** Writes a few bytes from the event loop or the deadline thread. If the socket does not take them, they are lost. */
    public void sendNow(ByteBuffer message) {
        try {
            sent(getSocket().write(message));
        } catch (IOException e) {
            LOG.debug("Could not send the last message to {}: {}", peer(), e.toString());
        }
    }

    private int park(int ops, long nanos) throws IOException {
        ParkingSelector p = parking;
        if (p == null) {
            p = owner.parkingLot().acquire();
            parking = p;
        }
        awaited = ops;
        try {
            return p.await(getSocket(), ops, nanos);
        } finally {
            awaited = 0;
        }
    }

    // ------------------------------------------------------------------ the event loop's side

    EventLoop loop() {
        return loop;
    }

    /** @return true if no operation was requested before, so that the connection is not queued yet. */
    boolean request(int op) {
        return REQUESTED.getAndAccumulate(this, op, (a, b) -> a | b) == 0;
    }

    int takeRequested() {
        return REQUESTED.getAndSet(this, 0);
    }

    void register() throws ClosedChannelException {
        armIdleDeadline(owner.getConnectionTimeout());
        key = getSocket().register(loop.selector(), SelectionKey.OP_READ, this);
    }

    void interest(int set, int clear) {
        SelectionKey k = key;
        if (k != null && k.isValid()) {
            // A helper may disarm one operation while the loop arms the other: neither must undo what the other did.
            if (set != 0) {
                k.interestOpsOr(set);
            }
            if (clear != 0) {
                k.interestOpsAnd(~clear);
            }
        }
    }

    /**
     * Reads once, on a thread that owns the loop or helps it.
     *
     * @return whether a request is complete; the caller must then run or dispatch it
     */
    boolean readRequest() {
        if (isClosed()) {
            linger();
            return false;
        }
        IOException failure = null;
        int n = 0;
        synchronized (reading) {
            if (!watching) {
                // A worker reads, or is about to be done and lets the loop read again: wait for that a few rounds, which is
                // cheaper than to disarm and arm again. Longer the loop must not spin.
                if (++untimelyRounds > UNTIMELY_ROUNDS) {
                    readDisarmed = true;
                    interest(0, SelectionKey.OP_READ);
                }
                return false;
            }
            try {
                n = received(assembler.fill(getSocket()));
            } catch (IOException e) {
                failure = e;
            }
            if (n > 0 && assembler.state() == PacketAssembler.State.PARTIAL) {
                armPacketDeadline();
                return false;
            }
            if (n == 0 && failure == null) {
                return false;
            }
            watching = false;
        }
        if (failure instanceof BuffersExhaustedException) {
            onNoBuffer(failure);
        } else if (n < 0 || failure != null) {
            onEndOfStream(failure);
        } else {
            return advance();
        }
        return false;
    }

    /**
     * Deals with every packet that is complete; called by the loop while it owns the reading side.
     *
     * @return whether a request is complete; the caller must then run or dispatch it
     */
    boolean advance() {
        deadline = 0;
        packetDeadlineRuns = false;
        PacketGate gate = owner.gate();
        while (true) {
            PacketAssembler.State state;
            boolean exchange;
            int owed;
            synchronized (reading) {
                state = assembler.state();
                exchange = inExchange;
                owed = owedBodyPackets;
                if (state == PacketAssembler.State.EMPTY || state == PacketAssembler.State.PARTIAL) {
                    watch(state);
                    return false;
                }
            }
            if (state != PacketAssembler.State.COMPLETE) {
                if (exchange) {
                    failExchange(new PacketFaultException(faultOf(state)));
                } else {
                    closeWith(faultOf(state));
                }
                return false;
            }
            if (exchange) {
                dispatchWithin(SocketEvent.OPEN_READ);
                return false;
            }
            if (owed > 0) {
                if (!gate.isBodyPacket(this)) {
                    closeWith(PacketGate.Fault.BODY_EXPECTED);
                    return false;
                }
                synchronized (reading) {
                    owedBodyPackets--;
                    assembler.consume();
                }
                continue;
            }
            owner.drain().noteArrival();
            PacketGate.Verdict verdict = gate.onPacket(this);
            if (verdict == PacketGate.Verdict.CONSUMED) {
                consumePacket();
            } else if (verdict == PacketGate.Verdict.DISPATCH) {
                synchronized (reading) {
                    inExchange = true;
                }
                kind = gate.kindOf(this);
                requestNanos = System.nanoTime();
                if (largePacketSent > 0) {
                    // The next request on the same connection: the response before was read.
                    largePacketSent = 0;
                    owner.proveLargePackets();
                }
                return true;
            } else {
                lingerOnClose = true;
                close();
                return false;
            }
        }
    }

    void onWritable() {
        interest(0, SelectionKey.OP_WRITE);
        writeDeadline = 0;
        if (isInExchange()) {
            dispatchWithin(SocketEvent.OPEN_WRITE);
        }
    }

    /**
     * Runs the request on this thread, in an exchange that belongs to the thread.
     *
     * @return how long it took, in nanoseconds, or {@link AjpEndpoint#NO_LESSON}
     */
    long runRequest(AjpEndpoint.Exchange exchange) {
        exchange.reset(this, SocketEvent.OPEN_READ);
        return exchange.runAndMeasure();
    }

    /** Runs the request on this thread. */
    void runRequest() {
        owner.processSocket(this, SocketEvent.OPEN_READ, false);
    }

    /** @return requests with the same number have about the same cost. */
    int kind() {
        return kind;
    }

    /** Gives the request to a thread of the executor. */
    void dispatchRequest() {
        boolean dispatched = false;
        try {
            dispatched = owner.processSocket(this, SocketEvent.OPEN_READ, true);
        } finally {
            // Also when the machine has no thread left, which is an Error.
            if (!dispatched) {
                synchronized (reading) {
                    inExchange = false;
                }
                closeWith(PacketGate.Fault.NO_THREAD);
            }
        }
    }

    /** An event of the running exchange. The application has seen the request: a close without an answer would make it run again elsewhere. */
    private void dispatchWithin(SocketEvent event) {
        if (!owner.processSocket(this, event, true)) {
            close();
        }
    }

    /**
     * Keeps an event of the running exchange for which there is no thread now.
     *
     * @return false if no exchange has begun, so that the request can still be refused
     */
    boolean postpone(SocketEvent event) {
        synchronized (reading) {
            if (!exchangeBegun || !owner.isRunning()) {
                return false;
            }
            if (postponed == null) {
                postponed = new ArrayDeque<>(2);
            }
            postponed.add(event);
            return true;
        }
    }

    private void retryPostponed() {
        Queue<SocketEvent> due;
        synchronized (reading) {
            due = postponed;
            postponed = null;
        }
        if (due != null) {
            due.forEach(this::dispatchWithin);
        }
    }

    private void watch(PacketAssembler.State state) {
        assembler.trim();
        if (admitted) {
            // Of a stranger nothing counts but how long it has been one: CPINGs would keep it young for ever.
            idleSince = owner.coarseNanos();
        }
        if (state == PacketAssembler.State.PARTIAL) {
            armPacketDeadline();
        } else if (inExchange) {
            armIdleDeadline(bodyTimeoutMillis());
        } else if (owedBodyPackets > 0) {
            deadline = System.nanoTime() + owner.packetTimeoutNanos() | 1;
        } else {
            armIdleDeadline(owner.getKeepAliveTimeout());
        }
        watching = true;
        untimelyRounds = 0;
        if (readDisarmed) {
            readDisarmed = false;
            loop.submit(this, OP_ARM_READ);
        }
    }

    private void armPacketDeadline() {
        if (!packetDeadlineRuns) {
            packetDeadlineRuns = true;
            deadline = System.nanoTime() + owner.packetTimeoutNanos() | 1;
        }
    }

    private void armIdleDeadline(long millis) {
        packetDeadlineRuns = false;
        deadline = millis > 0 ? System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis) | 1 : 0;
    }

    /** @return whether the failure that was reported last belongs to an exchange that is over; asked once, under the lock */
    boolean isFailureStale() {
        int failed = failedExchange;
        failedExchange = -1;
        return failed != -1 && failed != exchangeNumber;
    }

    private void onNoBuffer(IOException failure) {
        if (isInExchange()) {
            failExchange(failure);
        } else {
            closeWith(PacketGate.Fault.NO_BUFFER);
        }
    }

    private void onEndOfStream(IOException failure) {
        boolean exchange;
        boolean partial;
        synchronized (reading) {
            exchange = inExchange;
            partial = assembler.state() == PacketAssembler.State.PARTIAL;
        }
        if (exchange) {
            failExchange(failure != null ? failure : new EOFException("The web server closed the connection"));
            return;
        }
        noteGone();
        if (partial) {
            owner.gate().onFault(this, PacketGate.Fault.END_OF_STREAM);
        }
        close();
    }

    private void failExchange(IOException failure) {
        setError(failure);
        failedExchange = exchangeNumber;
        dispatchWithin(SocketEvent.ERROR);
    }

    private void closeWith(PacketGate.Fault fault) {
        owner.gate().onFault(this, fault);
        lingerOnClose = true;
        close();
    }

    // ------------------------------------------------------------------ the deadline thread's side

    void checkDeadline(long now) {
        retryPostponed();
        ConnectionOutput o = output;
        if (o != null) {
            o.sendIfStale(now);
        }
        long w = writeDeadline;
        if (w != 0 && now - w >= 0 && isInExchange() && !isClosed()) {
            writeDeadline = 0;
            SocketTimeoutException late = new SocketTimeoutException("The web server did not read the response in time");
            if (o != null) {
                o.breakOff(late);
            }
            failExchange(late);
            return;
        }
        long d = deadline;
        if (d == 0 || now - d < 0) {
            return;
        }
        if (isClosed()) {
            finishLinger();
            return;
        }
        PacketAssembler.State state;
        boolean exchange;
        int owed;
        boolean arrived;
        synchronized (reading) {
            // Between two exchanges and not watched, a thread has a packet in its hands and says what becomes of it: not both of us may.
            if (deadline != d || !watching && !inExchange) {
                return;
            }
            deadline = 0;
            watching = false;
            exchange = inExchange;
            state = assembler.state();
            owed = owedBodyPackets;
            arrived = !exchange && owed == 0 && state == PacketAssembler.State.EMPTY && hasArrived();
        }
        if (arrived) {
            loop.submit(this, OP_ADVANCE);
        } else if (exchange) {
            failExchange(new SocketTimeoutException("The web server did not send the request body in time"));
        } else if (owed > 0) {
            closeWith(PacketGate.Fault.BODY_OVERDUE);
        } else if (state != PacketAssembler.State.EMPTY) {
            closeWith(PacketGate.Fault.TIMEOUT);
        } else {
            LOG.debug("Closing idle connection from {}", peer());
            close();
        }
    }

    // ------------------------------------------------------------------ closing

    /** Ends the exchange that runs here, if there is one. @return what it was, null if there is none */
    String cutOff() {
        ConnectionOutput o = output;
        return o != null && isInExchange() ? o.cutOff() : null;
    }

    /** Closes without waiting for anything; for an endpoint whose threads have ended. */
    void closeNow() {
        lingerOnClose = false;
        close();
        finishLinger();
    }

    @Override
    protected void doClose() {
        owner.onClosed(peer, traffic);
        leaveStrangers();
        deadline = 0;
        synchronized (reading) {
            watching = false;
            if (!exchangeBegun) {
                assembler.release();
            }
        }
        SocketChannel channel = getSocket();
        if (lingerOnClose && channel.isOpen() && owner.mayLinger(this)) {
            try {
                channel.shutdownOutput();
                deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS) | 1;
                loop.submit(this, OP_LINGER);
                return;
            } catch (IOException e) {
                LOG.debug("Could not half-close the connection from {}: {}", peer(), e.toString());
            }
        }
        finishLinger();
    }

    /** Throws away what the peer still sends, on the loop's thread, until it closes too. */
    private void linger() {
        try {
            ByteBuffer waste = loop.waste();
            int n;
            do {
                waste.clear();
                n = getSocket().read(waste);
                lingered += Math.max(n, 0);
            } while (n == waste.capacity() && lingered < LINGER_BYTES);
            if (n >= 0 && lingered < LINGER_BYTES) {
                return;
            }
        } catch (IOException e) {
            LOG.debug("Connection from {} ended while it was being closed: {}", peer(), e.toString());
        }
        finishLinger();
    }

    private void finishLinger() {
        deadline = 0;
        owner.forget(this);
        try {
            getSocket().close();
        } catch (IOException e) {
            LOG.debug("Could not close the connection from {}: {}", peer(), e.toString());
        }
        // The descriptor is freed when the selector lets go of the cancelled key.
        loop.wakeup();
    }

    // ------------------------------------------------------------------ SocketWrapperBase

    /**
     * Lets the event loop read again: for the next request between exchanges, for body data within one. Nothing of this
     * connection may be touched after it by a caller that is not the application of the exchange.
     */
    @Override
    public void registerReadInterest() {
        synchronized (reading) {
            if (isClosed() || watching) {
                return;
            }
            PacketAssembler.State state = assembler.state();
            if (state == PacketAssembler.State.EMPTY || state == PacketAssembler.State.PARTIAL) {
                watch(state);
                return;
            }
        }
        loop.submit(this, OP_ADVANCE);
    }

    @Override
    public void registerWriteInterest() {
        long millis = getWriteTimeout();
        writeDeadline = millis > 0 ? System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis) | 1 : 0;
        loop.submit(this, OP_ARM_WRITE);
    }

    /** Runs something on behalf of the application. */
    @Override
    public void execute(Runnable runnable) {
        super.execute(runnable);
        owner.spareThreads();
    }

    @Override
    public boolean hasDataToWrite() {
        ConnectionOutput o = output;
        return o != null && o.hasPending();
    }

    @Override
    public boolean canWrite() {
        return !hasDataToWrite();
    }

    @Override
    public boolean isReadyForRead() throws IOException {
        return pollPacket();
    }

    /** @return the peer as it is named in logs: address and port, or the path of a unix domain socket. */
    public String peer() {
        String addr = getRemoteAddr();
        return addr == null ? "local peer" : getRemotePort() > 0 ? addr + ":" + getRemotePort() : addr;
    }

    private InetSocketAddress inet(boolean remote) {
        try {
            SocketAddress a = remote ? getSocket().getRemoteAddress() : getSocket().getLocalAddress();
            return a instanceof InetSocketAddress ? (InetSocketAddress) a : null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    protected void populateRemoteHost() {
        if (peer != null) {
            remoteHost = peer.getHostName();
        }
    }

    @Override
    protected void populateRemoteAddr() {
        if (peer != null) {
            remoteAddr = peer.getHostAddress();
        }
    }

    @Override
    protected void populateRemotePort() {
        InetSocketAddress a = inet(true);
        remotePort = a != null ? a.getPort() : 0;
    }

    @Override
    protected void populateLocalName() {
        InetSocketAddress a = inet(false);
        if (a != null) {
            localName = a.getAddress().getHostName();
        }
    }

    @Override
    protected void populateLocalAddr() {
        InetSocketAddress a = inet(false);
        if (a != null) {
            localAddr = a.getAddress().getHostAddress();
        }
    }

    @Override
    protected void populateLocalPort() {
        InetSocketAddress a = inet(false);
        localPort = a != null ? a.getPort() : 0;
    }

    // What follows belongs to the byte-stream view of a socket, which nobody has of this one: its unit is the packet.

    @Override
    public int read(boolean block, byte[] b, int off, int len) {
        throw byPacketOnly();
    }

    @Override
    public int read(boolean block, ByteBuffer to) {
        throw byPacketOnly();
    }

    @Override
    protected boolean flushNonBlocking() {
        throw byPacketOnly();
    }

    @Override
    protected void doWrite(boolean block, ByteBuffer from) {
        throw byPacketOnly();
    }

    @Override
    public void setAppReadBufHandler(ApplicationBufferHandler handler) {
        // Only HTTP upgrade asks for it, which AJP cannot carry.
    }

    @Override
    public SendfileDataBase createSendfileData(String filename, long pos, long length) {
        throw byPacketOnly();
    }

    @Override
    public SendfileState processSendfile(SendfileDataBase sendfileData) {
        throw byPacketOnly();
    }

    @Override
    public void doClientAuth(SSLSupport sslSupport) {
        // TLS ends at the web server.
    }

    @Override
    public SSLSupport getSslSupport() {
        return null;
    }

    @Override
    protected <A> OperationState<A> newOperationState(boolean read, ByteBuffer[] buffers, int offset, int length,
            BlockingMode block, long timeout, TimeUnit unit, A attachment, CompletionCheck check,
            CompletionHandler<Long, ? super A> handler, Semaphore semaphore,
            VectoredIOCompletionHandler<A> completion) {
        throw byPacketOnly();
    }

    private static UnsupportedOperationException byPacketOnly() {
        return new UnsupportedOperationException("An AJP connection is read and written by packet");
    }
}
