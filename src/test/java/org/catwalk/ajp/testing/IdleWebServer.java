package org.catwalk.ajp.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A process of its own with as many connections as it is told, each of which sends one request and reads its answer. It says "ready" then,
 * and holds them until its input ends. Its own memory does not count in the process under test.
 */
public final class IdleWebServer {

    private static final int END_RESPONSE = 5;

    private IdleWebServer() {
    }

    /**
     * @param args port, number of connections, the request's packet in hexadecimal
     */
    public static void main(String[] args) throws IOException {
        InetSocketAddress container = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        byte[] request = HexFormat.of().parseHex(args[2]);
        List<SocketChannel> connections = new ArrayList<>();
        for (int i = Integer.parseInt(args[1]); i > 0; i--) {
            SocketChannel connection = SocketChannel.open(container);
            connection.write(ByteBuffer.wrap(request));
            readAnswer(connection);
            connections.add(connection);
        }
        System.out.println("ready");
        System.in.read();
        for (SocketChannel connection : connections) {
            connection.close();
        }
    }

    private static void readAnswer(SocketChannel connection) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(5);
        do {
            header.clear();
            readFully(connection, header);
            readFully(connection, ByteBuffer.allocate(header.getShort(2) - 1));
        } while (header.get(4) != END_RESPONSE);
    }

    private static void readFully(SocketChannel connection, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (connection.read(into) < 0) {
                throw new IOException("The container closed the connection");
            }
        }
    }
}
