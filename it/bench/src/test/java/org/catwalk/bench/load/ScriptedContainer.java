package org.catwalk.bench.load;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A container for one connection that answers each packet as it is told, a byte at a time if wanted. */
final class ScriptedContainer implements AutoCloseable {

    /** @return what to send after the packet that came; empty for nothing */
    interface Script {

        byte[] answer(byte[] payload) throws IOException;
    }

    private final ServerSocket listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final List<byte[]> received = new CopyOnWriteArrayList<>();
    private final Script script;
    private final int bytesAtOnce;

    ScriptedContainer(int bytesAtOnce, Script script) throws IOException {
        this.bytesAtOnce = bytesAtOnce;
        this.script = script;
        Thread thread = new Thread(this::serve, "scripted-container");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Payloads, in the order in which they came. */
    List<byte[]> received() {
        return received;
    }

    private void serve() {
        try (Socket socket = listening.accept()) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                if (in.readUnsignedShort() != 0x1234) {
                    throw new IOException("Not the magic of a web server");
                }
                byte[] payload = in.readNBytes(in.readUnsignedShort());
                received.add(payload);
                send(socket.getOutputStream(), script.answer(payload));
            }
        } catch (IOException e) {
            // The load generator has closed the connection, or the script did not like what came.
        }
    }

    private void send(OutputStream out, byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; from += bytesAtOnce) {
            out.write(bytes, from, Math.min(bytesAtOnce, bytes.length - from));
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
