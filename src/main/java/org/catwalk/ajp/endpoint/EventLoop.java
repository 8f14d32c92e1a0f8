package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Selects, assembles packets, hands complete ones on. Only this loop's thread changes what its selector watches; other
 * threads {@link #submit} what they want.
 */
final class EventLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

    private final Selector selector;
    private final ConcurrentLinkedQueue<AjpConnection> submitted = new ConcurrentLinkedQueue<>();
    private final ByteBuffer waste = ByteBuffer.allocateDirect(8 * 1024);
    private volatile boolean stopped;
    private Thread thread;

    EventLoop() throws IOException {
        selector = Selector.open();
    }

    void start(String name, int priority, boolean daemon) {
        thread = new Thread(this, name);
        thread.setPriority(priority);
        thread.setDaemon(daemon);
        thread.start();
    }

    /** Ends the loop and waits for its thread. */
    void stop(long millis) throws InterruptedException {
        stopped = true;
        selector.wakeup();
        if (thread != null) {
            thread.join(millis);
            if (thread.isAlive()) {
                LOG.warn("Event loop {} did not end within {} ms", thread.getName(), millis);
            }
        }
    }

    Selector selector() {
        return selector;
    }

    ByteBuffer waste() {
        return waste;
    }

    int keyCount() {
        return selector.isOpen() ? selector.keys().size() : 0;
    }

    void wakeup() {
        if (Thread.currentThread() != thread) {
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

    @Override
    public void run() {
        try {
            while (!stopped) {
                try {
                    runSubmitted();
                    selector.select(this::onReady);
                } catch (IOException | RuntimeException e) {
                    LOG.error("The event loop failed and goes on", e);
                }
            }
        } finally {
            closeSelector();
        }
    }

    private void onReady(SelectionKey key) {
        AjpConnection connection = (AjpConnection) key.attachment();
        try {
            int ready = key.readyOps();
            if ((ready & SelectionKey.OP_WRITE) != 0) {
                connection.onWritable();
            }
            if ((ready & SelectionKey.OP_READ) != 0) {
                connection.onReadable();
            }
        } catch (CancelledKeyException e) {
            // Closed by another thread between select and here: nothing is left to do for it.
            LOG.trace("Key cancelled while ready");
        } catch (RuntimeException e) {
            LOG.error("Closing the connection from {} after an internal error", connection.peer(), e);
            connection.close();
        }
    }

    private void runSubmitted() {
        AjpConnection connection;
        while ((connection = submitted.poll()) != null) {
            try {
                run(connection, connection.takeRequested());
            } catch (ClosedChannelException | CancelledKeyException e) {
                connection.close();
            } catch (RuntimeException e) {
                LOG.error("Closing the connection from {} after an internal error", connection.peer(), e);
                connection.close();
            }
        }
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
        if ((ops & AjpConnection.OP_ADVANCE) != 0) {
            connection.advance();
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("Could not close a selector: {}", e.toString());
        }
    }
}
