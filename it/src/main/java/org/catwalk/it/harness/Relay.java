package org.catwalk.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Listens on a port of loopback and connects to another one for each connection that comes. What passes between the two is its user's affair. */
public final class Relay implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int BACKLOG = 128;

    /** Passes on what comes. */
    public interface Courier {

        /**
         * Starts and returns.
         *
         * @param connection counted from 0
         * @param frontEnd the one that came; {@link Relay#end} is to be called for both
         * @param connector the one made for it
         */
        void begin(int connection, Socket frontEnd, Socket connector);
    }

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param target port of 127.0.0.1 */
    public Relay(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, BACKLOG, InetAddress.getByName(LOOPBACK));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Begins to take connections. */
    public void start(Courier courier) {
        start("relay-" + target, () -> accept(courier));
    }

    private void accept(Courier courier) {
        for (int connection = 0; !listener.isClosed(); connection++) {
            try {
                connect(connection, listener.accept(), courier);
            } catch (IOException e) {
                // Closed, or nobody listens at the target, which the front end sees by its own close.
            }
        }
    }

    private void connect(int connection, Socket frontEnd, Courier courier) throws IOException {
        open.add(frontEnd);
        try {
            Socket connector = new Socket(LOOPBACK, target);
            open.add(connector);
            frontEnd.setTcpNoDelay(true);
            connector.setTcpNoDelay(true);
            courier.begin(connection, frontEnd, connector);
        } catch (IOException e) {
            end(frontEnd);
            throw e;
        }
    }

    /** Closes both sides of one connection. */
    public void end(Socket one, Socket other) {
        end(one);
        end(other);
    }

    private void end(Socket socket) {
        open.remove(socket);
        closeQuietly(socket);
    }

    /** Starts a thread that does not keep the JVM alive. */
    public static void start(String name, Runnable what) {
        Thread thread = new Thread(what, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closeQuietly(listener);
        open.forEach(Relay::closeQuietly);
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It is gone either way.
        }
    }
}
