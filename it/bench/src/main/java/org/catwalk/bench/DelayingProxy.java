package org.catwalk.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A network with a round-trip time: passes TCP connections on to a port of loopback, each byte half a round trip later. Bandwidth is not
 * limited; what is on its way is, to some megabytes.
 */
final class DelayingProxy implements Closeable {

    private static final int READ_BYTES = 64 * 1024;
    /** Pieces on their way in one direction of one connection. */
    private static final int MOST_PIECES = 1024;

    private final ServerSocket listening;
    private final int targetPort;
    private final long delayNanos;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private record Piece(byte[] bytes, long dueNanos) {

        static final Piece END = new Piece(new byte[0], 0);
    }

    DelayingProxy(int targetPort, Duration roundTrip) throws IOException {
        this.targetPort = targetPort;
        this.delayNanos = roundTrip.toNanos() / 2;
        listening = new ServerSocket();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        run("delaying-proxy-accept", this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    /** Sockets that are closed under a task's feet end it. */
    private static void run(String name, Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // One of the ends has gone; the other is closed by whoever notices.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), targetPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            open.add(client);
            open.add(server);
            connect(client, server);
            connect(server, client);
        }
    }

    private void connect(Socket from, Socket to) {
        BlockingQueue<Piece> onTheWay = new LinkedBlockingQueue<>(MOST_PIECES);
        run("delaying-proxy-in", () -> receive(from, onTheWay));
        run("delaying-proxy-out", () -> send(onTheWay, to));
    }

    private void receive(Socket from, BlockingQueue<Piece> onTheWay) throws IOException, InterruptedException {
        byte[] buffer = new byte[READ_BYTES];
        try {
            for (int read = from.getInputStream().read(buffer); read >= 0; read = from.getInputStream().read(buffer)) {
                onTheWay.put(new Piece(Arrays.copyOf(buffer, read), System.nanoTime() + delayNanos));
            }
        } finally {
            onTheWay.put(Piece.END);
        }
    }

    private void send(BlockingQueue<Piece> onTheWay, Socket to) throws IOException, InterruptedException {
        for (Piece piece = onTheWay.take(); piece != Piece.END; piece = onTheWay.take()) {
            for (long left = piece.dueNanos - System.nanoTime(); left > 0; left = piece.dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            to.getOutputStream().write(piece.bytes);
        }
        try {
            to.shutdownOutput();
        } catch (SocketException e) {
            // closed already
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
