package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.catwalk.ajp.telemetry.Counters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Selects, assembles packets, and runs short requests right away, in the thread that found them.
 *
 * <p>One thread at a time owns the selector. That is either a thread of the connector's executor, the <em>leader</em>, which
 * runs requests that are foretold to be short itself and hands the others on, but for one now and then that it tries, or the loop's own thread, the <em>keeper</em>,
 * which runs none. If the leader is in one request for longer than {@link #PATIENCE_NANOS}, {@link LoopWatch} gives the selector to the
 * keeper, which offers it to another thread of the executor. So a slow request delays others by that and a tick of the watch at the
 * most, and the connector selects, and answers CPING, however busy its threads are.
 *
 * <pre>
 *   KEPT ---- keeper offers ----> OFFERED ---- a thread takes it ----> LEADING <---> RUNNING (a request)
 *    ^                               |                                    |             |
 *    '---- watch: not taken in time -'                                    |             |
 *    '---- leader resigns: all threads are needed for requests -----------'             |
 *    '---- watch: the same request for too long ----------------------------------------'
 * </pre>
 *
 * A leader whose own queue is empty takes from those of other loops before it waits, see {@link AjpEndpoint#pollReadyBeside}; and one that
 * waits is woken for that by another one that has found much.
 *
 * <p>The state carries a sequence number, so that a thread that was relieved notices when its request is done. Leading ends after
 * {@link #TERM_NANOS}, because Tomcat renews a thread, after a web application has stopped, only between two tasks.
 */
final class EventLoop {

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

    private static final int KEPT = 0;
    private static final int OFFERED = 1;
    private static final int LEADING = 2;
    private static final int RUNNING = 3;
    private static final int MODE_MASK = 3;
    private static final long SEQUENCE_STEP = 4;
    /** No state. */
    private static final long NONE = -1;

    /** For this long a leader may be in one request, and an offer may wait for a thread. */
    private static final long PATIENCE_NANOS = 1_000_000;
    private static final long TERM_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** After this time a keeper tries anew to find a leader. */
    private static final long KEEP_MILLIS = TimeUnit.SECONDS.toMillis(5);
    /** Connections of other loops that are dealt with before this loop's own are looked for again. */
    private static final int TAKEN_IN_A_ROW = 8;
    /** After the machine had no thread left, until one is asked for again. */
    private static final long NO_THREAD_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Of the requests of doubtful kinds, the part that a leader runs all the same. */
    private static final int TRY_ONE_OF = 128;
    /** Work that is worth waking another thread for. */
    private static final long HELP_NANOS = 100_000;

    private final AjpEndpoint endpoint;
    private final int index;
    private final Selector selector;
    private final ServiceTimes times;
    private final int helpersAtMost;
    private final LoopWatch watch;

    private final AtomicLong state = new AtomicLong(KEPT);
    private final ConcurrentLinkedQueue<AjpConnection> submitted = new ConcurrentLinkedQueue<>();
    /** Connections that are readable and not yet read; guarded by itself. */
    private final ArrayDeque<AjpConnection> ready = new ArrayDeque<>();
    private final AtomicInteger helpers = new AtomicInteger();
    private final Consumer<SelectionKey> onReady = this::onReady;
    private final Runnable lead = this::lead;
    private final Runnable help = this::help;
    private final ByteBuffer waste = ByteBuffer.allocateDirect(8 * 1024);

    private volatile boolean stopped;
    /** Whether the leader waits for something to come. */
    private volatile boolean leaderWaits;
    private volatile long ledSince;
    private volatile boolean termOver;
    private volatile Thread owner;
    private Thread keeper;
    /** Since when the loop is OFFERED or RUNNING, if it is; written before the state. */
    private long since;
    /** Of the thread that leads, or did; written before the state becomes RUNNING. */
    private Term term;
    /** The leader's: requests until it measures one exactly. */
    private int untilSample = about(ServiceTimes.SAMPLE_ONE_OF);
    /** The leader's: requests of doubtful kinds until it tries one. */
    private int untilTrial = about(TRY_ONE_OF);
    /** The watch's: the state at its last tick. */
    private long seen = NONE;
    /** The keeper's: the state that its last offer becomes if no thread takes it. */
    private long offeredInVain = NONE;
    /** The keeper's: when the machine had no thread left for an offer, if {@link #lacksThreads}. */
    private long lackedNanos;
    private boolean lacksThreads;

    /**
     * @param index among the loops of the endpoint, from 0
     * @param helpersAtMost threads that may empty this loop's queue beside its owner
     * @param watch is woken when there is something to watch
     */
    EventLoop(AjpEndpoint endpoint, int index, ServiceTimes times, int helpersAtMost, LoopWatch watch) throws IOException {
        this.endpoint = endpoint;
        this.index = index;
        this.times = times;
        this.helpersAtMost = helpersAtMost;
        this.watch = watch;
        this.selector = Selector.open();
    }

    void start(String name, int priority) {
        keeper = new Thread(this::keep, name);
        keeper.setPriority(priority);
        keeper.setDaemon(true);
        keeper.start();
    }

    /** Ends the loop and waits for the keeper; the leader ends with its request. */
    void stop(long millis) throws InterruptedException {
        stopped = true;
        selector.wakeup();
        LockSupport.unpark(keeper);
        keeper.join(millis);
        if (keeper.isAlive()) {
            LOG.warn("Event loop {} did not end within {} ms", keeper.getName(), millis);
        }
    }

    /** Gives the selector back, after all threads of the endpoint have ended. */
    void close() {
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("Could not close a selector: {}", e.toString());
        }
    }

    Selector selector() {
        return selector;
    }

    /** @return a place for bytes that nobody wants; several threads may write to it, since nobody reads it. */
    ByteBuffer waste() {
        return waste.duplicate();
    }

    int keyCount() {
        return selector.isOpen() ? selector.keys().size() : 0;
    }

    /** @return whether a thread of the executor does nothing but wait for requests, and so is not busy. */
    boolean isLeaderIdle() {
        return (state.get() & MODE_MASK) == LEADING;
    }

    /** @return whether the leader did nothing but wait, and looks now for what other loops have found */
    boolean wakeLeader() {
        boolean waits = leaderWaits;
        if (waits) {
            selector.wakeup();
        }
        return waits;
    }

    /** Makes a leader that waits in vain look whether its thread is needed for something else. */
    void callOff() {
        if (isLeaderIdle()) {
            wakeup();
        }
    }

    /**
     * Ends the term of a leader that leads for long enough. To be called about once a second: so the leader itself need not look at the
     * clock, nor wait with a limit, which costs more than to wait without.
     */
    void limitTerm() {
        if ((state.get() & MODE_MASK) >= LEADING && System.nanoTime() - ledSince >= TERM_NANOS) {
            termOver = true;
            wakeup();
        }
    }

    void wakeup() {
        if (Thread.currentThread() != owner) {
            selector.wakeup();
        }
    }

    /** Asks the loop to do something with a connection; {@code op} is one of the constants of {@link AjpConnection}. */
    void submit(AjpConnection connection, int op) {
        if (connection.request(op)) {
            submitted.add(connection);
            wakeup();
        }
    }

    // ------------------------------------------------------------------ the keeper

    private void keep() {
        while (!stopped) {
            try {
                long s = state.get();
                if ((s & MODE_MASK) == KEPT) {
                    owner = keeper;
                    // If no thread took the last offer it has to select itself before the next one.
                    boolean inVain = s == offeredInVain;
                    offeredInVain = NONE;
                    keepOnce(!inVain);
                } else {
                    LockSupport.park(this);
                }
            } catch (IOException | RuntimeException e) {
                if (!stopped) {
                    LOG.error("The event loop failed and goes on", e);
                }
            } catch (Error e) {
                Survival.log(LOG, "The event loop failed and goes on", e);
            }
        }
    }

    private void keepOnce(boolean offers) throws IOException {
        AjpConnection connection;
        while ((connection = pollReady()) != null) {
            if (readRequest(connection)) {
                connection.dispatchRequest();
            }
        }
        if (offers && endpoint.mayLead() && !isShortOfThreads() && offer()) {
            return;
        }
        runSubmitted();
        selector.select(onReady, KEEP_MILLIS);
    }

    private boolean offer() {
        long offered = next(state.get(), OFFERED);
        offeredInVain = next(offered, KEPT);
        owner = null;
        since = System.nanoTime();
        state.set(offered);
        watch.wake();
        try {
            endpoint.execute(lead);
            return true;
        } catch (RejectedExecutionException e) {
            return !withdraw(offered);
        } catch (Error e) {
            lacksThreads = true;
            lackedNanos = System.nanoTime();
            LOG.error("No thread could be made for an event loop; requests go on with those that there are", e);
            return !withdraw(offered);
        }
    }

    /** @return false if a thread has taken the offer all the same, one that came for an earlier offer */
    private boolean withdraw(long offered) {
        boolean withdrawn = state.compareAndSet(offered, next(offered, KEPT));
        if (withdrawn) {
            offeredInVain = NONE;
            owner = keeper;
        }
        return withdrawn;
    }

    private boolean isShortOfThreads() {
        lacksThreads = lacksThreads && System.nanoTime() - lackedNanos < NO_THREAD_NANOS;
        return lacksThreads;
    }

    // ------------------------------------------------------------------ the watch

    /**
     * Gives the selector to the keeper if the leader is in one request for too long, or if no thread takes an offer.
     *
     * @return whether nothing has happened since the last tick, and nothing needs to be watched
     */
    boolean tick() {
        long s = state.get();
        boolean same = s == seen;
        seen = s;
        int mode = (int) (s & MODE_MASK);
        if ((mode == OFFERED || mode == RUNNING) && System.nanoTime() - since >= PATIENCE_NANOS) {
            if (mode == RUNNING) {
                relieve(s);
            } else {
                giveToKeeper(s);
            }
        }
        return mode == KEPT || mode == LEADING && same;
    }

    private void relieve(long s) {
        Term relieved = term;
        // Before it can notice. If its thread waits for a processor since some time, all of that is still to be counted; what has been counted
        // before is not known to be of this request. If the term is another's already, so is the state, and what is written here means nothing.
        relieved.waitedWhenRelieved = relieved.processorWait.nanos();
        if (giveToKeeper(s)) {
            endpoint.counters().count(Counters.Event.LOOP_TAKEOVERS);
        }
    }

    private boolean giveToKeeper(long s) {
        boolean given = state.compareAndSet(s, next(s, KEPT));
        if (given) {
            LockSupport.unpark(keeper);
        }
        return given;
    }

    // ------------------------------------------------------------------ the leader

    private void lead() {
        long s = state.get();
        if ((s & MODE_MASK) != OFFERED) {
            return;
        }
        Term taken = new Term(next(s, LEADING));
        if (state.compareAndSet(s, taken.mine)) {
            owner = Thread.currentThread();
            ledSince = System.nanoTime();
            termOver = false;
            term = taken;
            taken.serve();
        }
    }

    /** One thread's time of leading. */
    private final class Term {

        private final AjpEndpoint.Exchange exchange = endpoint.ownExchange();
        /** Null until a request is run. */
        private ProcessorWait processorWait;
        private long mine;
        /** Connections of other loops since this loop's own were looked for. */
        private int taken;
        /** The watch writes it before it relieves this thread, and this thread reads it after. */
        private long waitedWhenRelieved;

        Term(long mine) {
            this.mine = mine;
        }

        void serve() {
            try {
                boolean leads = true;
                while (leads) {
                    forgetStrayInterrupt();
                    AjpConnection connection = poll();
                    leads = connection == null ? look() : !readRequest(connection) || deal(connection);
                }
            } catch (IOException | RuntimeException e) {
                resign();
                if (!stopped) {
                    LOG.error("The event loop failed and goes on", e);
                }
            } catch (Error e) {
                // This thread is done for; the loop is not.
                resign();
                throw e;
            } finally {
                if (processorWait != null) {
                    processorWait.close();
                }
            }
        }

        private AjpConnection poll() {
            AjpConnection connection = pollReady();
            if (connection == null && taken < TAKEN_IN_A_ROW && !stopped) {
                connection = endpoint.pollReadyBeside(index);
                taken = connection == null ? 0 : taken + 1;
            }
            return connection;
        }

        /** Nothing is queued here. @return whether to go on */
        private boolean look() throws IOException {
            if (stopped || termOver || endpoint.needsEveryThread()) {
                resign();
                return false;
            }
            selectAsLeader(taken < TAKEN_IN_A_ROW);
            taken = 0;
            return true;
        }

        /** Runs a request, or hands it on. @return whether to go on */
        private boolean deal(AjpConnection connection) {
            int kind = connection.kind();
            if (times.isShort(kind)) {
                return run(connection, false);
            }
            if (times.needsTrials(kind) && --untilTrial == 0) {
                untilTrial = about(TRY_ONE_OF);
                return run(connection, true);
            }
            connection.dispatchRequest();
            boolean leads = !endpoint.needsEveryThread();
            if (!leads) {
                resign();
            }
            return leads;
        }

        /** @return whether this thread still leads */
        private boolean run(AjpConnection connection, boolean trial) {
            int kind = connection.kind();
            boolean sample = !trial && times.needsSamples(kind) && --untilSample == 0;
            if (sample) {
                untilSample = about(ServiceTimes.SAMPLE_ONE_OF);
            }
            if (processorWait == null) {
                processorWait = endpoint.processorWait();
            }
            long waited = trial || sample ? processorWait.nanos() : ProcessorWait.UNKNOWN;
            since = connection.requestNanos();
            mine = next(mine, RUNNING);
            state.set(mine);
            watch.wake();
            long took = connection.runRequest(exchange);
            long led = next(mine, LEADING);
            boolean leads = state.compareAndSet(mine, led);
            // If not, it was relieved: another thread selects now.
            mine = led;
            if (took != AjpEndpoint.NO_LESSON) {
                learn(kind, took, waited, leads, trial);
            }
            return leads;
        }

        /** @param waited what the processor wait was before, if the request was a sample or a trial */
        private void learn(int kind, long took, long waited, boolean leads, boolean trial) {
            if (leads && waited == ProcessorWait.UNKNOWN) {
                times.addRough(kind, took);
                return;
            }
            // The clock does not survive to be looked at by an interrupted thread.
            forgetStrayInterrupt();
            long before = waited == ProcessorWait.UNKNOWN ? waitedWhenRelieved : waited;
            long exact = ProcessorWait.without(took, before, processorWait.nanos());
            boolean known = exact != ProcessorWait.UNKNOWN;
            if (trial && known) {
                times.addTrial(kind, exact);
            } else if (!leads) {
                times.addStall(kind, known ? exact : took);
            } else if (known) {
                times.addSample(kind, exact);
            } else {
                times.addRough(kind, took);
            }
        }

        /** Gives the selector to the keeper, which offers it again as soon as a thread is free for it. */
        private void resign() {
            giveToKeeper(mine);
        }
    }

    /** One that an application left behind, or aims at this thread too late, would close the channel that is read next, and end all waiting. */
    private void forgetStrayInterrupt() {
        if (Thread.interrupted() && stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param wait whether until something comes */
    private void selectAsLeader(boolean wait) throws IOException {
        boolean handedOn = runSubmitted();
        int found;
        if (wait && !(handedOn && endpoint.needsEveryThread())) {
            leaderWaits = true;
            try {
                found = selector.select(onReady);
            } finally {
                leaderWaits = false;
            }
        } else {
            found = selector.selectNow(onReady);
        }
        if (found > 1) {
            callForHelp();
        }
    }

    // ------------------------------------------------------------------ help

    private void callForHelp() {
        int queued;
        AjpConnection first;
        synchronized (ready) {
            queued = ready.size();
            first = ready.peekFirst();
        }
        if (first == null || (long) queued * times.meanNanos(first.kind()) < HELP_NANOS) {
            return;
        }
        if (endpoint.wakeBeside(index)) {
            endpoint.counters().count(Counters.Event.LOOP_HELPS);
        } else if (helpers.get() < helpersAtMost && endpoint.mayLead()) {
            callHelper();
        }
    }

    private void callHelper() {
        helpers.incrementAndGet();
        boolean called = false;
        try {
            endpoint.execute(help);
            called = true;
            endpoint.counters().count(Counters.Event.LOOP_HELPS);
        } catch (RejectedExecutionException e) {
            LOG.trace("No thread to help");
        } finally {
            if (!called) {
                helpers.decrementAndGet();
            }
        }
    }

    /** Empties the queue beside the leader. */
    private void help() {
        try {
            AjpConnection connection;
            while (!stopped && (connection = pollReady()) != null) {
                if (readRequest(connection)) {
                    connection.runRequest();
                    forgetStrayInterrupt();
                }
            }
        } finally {
            helpers.decrementAndGet();
        }
    }

    // ------------------------------------------------------------------ what all of them do

    /** @return a number from 1, {@code mean} on average; were it always the same, kinds that come in turn could be passed over for ever */
    private static int about(int mean) {
        return 1 + ThreadLocalRandom.current().nextInt(2 * mean - 1);
    }

    private static long next(long s, int mode) {
        return (s & ~MODE_MASK) + SEQUENCE_STEP | mode;
    }

    /** @return a connection that is readable and that nobody has read yet, to be read by the caller; null if there is none */
    AjpConnection pollReady() {
        synchronized (ready) {
            return ready.pollFirst();
        }
    }

    private boolean readRequest(AjpConnection connection) {
        try {
            return connection.readRequest();
        } catch (CancelledKeyException e) {
            LOG.trace("Key cancelled while ready");
        } catch (RuntimeException e) {
            LOG.error("Closing the connection from {} after an internal error", connection.peer(), e);
            connection.close();
        } catch (Error e) {
            connection.close();
            throw e;
        }
        return false;
    }

    private void onReady(SelectionKey key) {
        AjpConnection connection = (AjpConnection) key.attachment();
        try {
            int ops = key.readyOps();
            if ((ops & SelectionKey.OP_WRITE) != 0) {
                connection.onWritable();
            }
            if ((ops & SelectionKey.OP_READ) != 0) {
                synchronized (ready) {
                    ready.addLast(connection);
                }
            }
        } catch (CancelledKeyException e) {
            // Closed by another thread between select and here: nothing is left to do for it.
            LOG.trace("Key cancelled while ready");
        } catch (RuntimeException e) {
            LOG.error("Closing the connection from {} after an internal error", connection.peer(), e);
            connection.close();
        }
    }

    /** @return whether there was anything, which may have become a task for another thread */
    private boolean runSubmitted() {
        boolean any = false;
        AjpConnection connection;
        while ((connection = submitted.poll()) != null) {
            any = true;
            try {
                run(connection, connection.takeRequested());
            } catch (ClosedChannelException | CancelledKeyException | ClosedSelectorException e) {
                connection.close();
            } catch (RuntimeException e) {
                LOG.error("Closing the connection from {} after an internal error", connection.peer(), e);
                connection.close();
            }
        }
        return any;
    }

    private void run(AjpConnection connection, int ops) throws ClosedChannelException {
        if ((ops & AjpConnection.OP_REGISTER) != 0) {
            connection.register();
        }
        if ((ops & AjpConnection.OP_LINGER) != 0) {
            connection.interest(SelectionKey.OP_READ, SelectionKey.OP_WRITE);
        }
        if (connection.isClosed()) {
            return;
        }
        if ((ops & AjpConnection.OP_ARM_READ) != 0) {
            connection.interest(SelectionKey.OP_READ, 0);
        }
        if ((ops & AjpConnection.OP_ARM_WRITE) != 0) {
            connection.interest(SelectionKey.OP_WRITE, 0);
        }
        if ((ops & AjpConnection.OP_ADVANCE) != 0 && connection.advance()) {
            connection.dispatchRequest();
        }
    }
}
