package org.catwalk.ajp.endpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Lets one thread wait for one channel. A worker that needs body data, or room to write, waits here, on its own
 * connection, and not through the event loop. The channel stays registered from the first wait until
 * {@link #detach()}, so that an upload costs one registration and not one a chunk.
 */
final class ParkingSelector implements Closeable {

    private final Selector selector;
    private SelectionKey key;

    ParkingSelector() throws IOException {
        selector = Selector.open();
    }

    /**
     * Waits until the channel is ready or the time is over.
     *
     * @param ops of {@link SelectionKey}'s operations, one or several
     * @param nanos time to wait at the most; {@link Long#MAX_VALUE} waits without end
     * @return the operations that are ready; 0 if the time was over first
     * @throws InterruptedIOException if the thread was interrupted, as it is when the endpoint stops
     */
    int await(SocketChannel channel, int ops, long nanos) throws IOException {
        if (key == null) {
            key = channel.register(selector, ops);
        } else if (key.interestOps() != ops) {
            key.interestOps(ops);
        }
        long begin = System.nanoTime();
        while (true) {
            int ready;
            if (nanos == Long.MAX_VALUE) {
                ready = selector.select();
            } else {
                long left = nanos - (System.nanoTime() - begin);
                ready = left <= 0 ? selector.selectNow() : selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
            }
            selector.selectedKeys().clear();
            if (ready > 0) {
                return key.readyOps();
            }
            if (Thread.interrupted()) {
                throw new InterruptedIOException("Interrupted while waiting for the web server");
            }
            if (!channel.isOpen()) {
                throw new java.nio.channels.ClosedChannelException();
            }
            if (nanos != Long.MAX_VALUE && System.nanoTime() - begin >= nanos) {
                return 0;
            }
        }
    }

    /** Leaves the channel, so that this object can wait for another one. */
    void detach() throws IOException {
        if (key != null) {
            key.cancel();
            key = null;
            selector.selectNow();
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
