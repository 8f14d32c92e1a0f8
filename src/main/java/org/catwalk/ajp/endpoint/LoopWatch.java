package org.catwalk.ajp.endpoint;

import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all event loops at a regular tick as long as one of them has something to do, and sees that none is held up by one request,
 * see {@link EventLoop#tick}. One thread for all of them and no more ticks than needed: each takes a processor away from a
 * thread that works, which costs a busy connector far more than the look itself.
 */
final class LoopWatch implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);

    private static final long TICK_NANOS = 2_000_000;
    private static final int QUIET_TICKS = 50;

    private final EventLoop[] loops;
    private volatile boolean stopped;
    private volatile boolean sleeping;
    private Thread thread;

    /** @param loops is filled before the start */
    LoopWatch(EventLoop[] loops) {
        this.loops = loops;
    }

    void start(String name, int priority) {
        thread = new Thread(this, name);
        thread.setPriority(priority);
        thread.setDaemon(true);
        thread.start();
    }

    void stop(long millis) throws InterruptedException {
        stopped = true;
        Thread started = thread;
        if (started != null) {
            LockSupport.unpark(started);
            started.join(millis);
        }
    }

    /** To be called after a loop's state has become one that needs to be watched. */
    void wake() {
        if (sleeping) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void run() {
        int quietTicks = 0;
        while (!stopped) {
            try {
                quietTicks = tick() ? quietTicks + 1 : 0;
                if (quietTicks < QUIET_TICKS) {
                    LockSupport.parkNanos(this, TICK_NANOS);
                } else {
                    quietTicks = 0;
                    sleep();
                }
            } catch (RuntimeException | Error e) {
                // Without this thread a slow request would hold up all others of its loop.
                Survival.log(LOG, "An internal error where the event loops are watched", e);
                LockSupport.parkNanos(this, TICK_NANOS);
            }
        }
    }

    /** @return whether no loop has anything to do */
    private boolean tick() {
        boolean quiet = true;
        for (EventLoop loop : loops) {
            quiet &= loop.tick();
        }
        return quiet;
    }

    private void sleep() {
        sleeping = true;
        try {
            // What begins after this look finds that we sleep, and wakes us.
            if (tick() && !stopped) {
                LockSupport.park(this);
            }
        } finally {
            sleeping = false;
        }
    }
}
