package org.catwalk.ajp.tool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A peer that does what no connector should: serves each connection with a script of the test's. */
public final class FakeContainer implements AutoCloseable {

    /** What happens on one connection, which is closed afterwards. */
    @FunctionalInterface
    public interface Script {
        void play(Socket socket) throws IOException;
    }

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake container");
        thread.setDaemon(true);
        return thread;
    });

    public FakeContainer(Script script) {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(() -> accept(script));
    }

    private void accept(Script script) {
        try {
            while (true) {
                Socket socket = listener.accept();
                threads.execute(() -> serve(script, socket));
            }
        } catch (IOException closed) {
            // By close().
        }
    }

    private static void serve(Script script, Socket socket) {
        try (socket) {
            script.play(socket);
        } catch (IOException gone) {
            // The test has hung up.
        }
    }

    /** As a user writes it. */
    public String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** A port of this host where nobody listens. */
    public static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
