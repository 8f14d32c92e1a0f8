package org.catwalk.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a bad network may do to a connection: slow it down and cut it, never change, lose or swap a byte within. */
@Timeout(60)
class ChaosProxyTest {

    private static final int CONNECTIONS = 60;
    private static final byte[] SENT = Payload.bytes(400_000);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ServerSocket server;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, CONNECTIONS, InetAddress.getByName("127.0.0.1"));
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    threads.submit(() -> echo(socket));
                } catch (IOException e) {
                    // The end.
                }
            }
        });
    }

    private static Void echo(Socket socket) throws IOException {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
            return null;
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    private List<byte[]> echoes(ChaosProxy proxy) throws Exception {
        List<Callable<byte[]>> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(() -> echoOf(proxy));
        }
        List<byte[]> echoes = new ArrayList<>();
        for (Future<byte[]> echo : threads.invokeAll(clients)) {
            echoes.add(echo.get());
        }
        return echoes;
    }

    /** What has come back when the connection ends, for better or worse. */
    private byte[] echoOf(ChaosProxy proxy) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (Socket socket = new Socket("127.0.0.1", proxy.port())) {
            threads.submit(() -> {
                OutputStream out = socket.getOutputStream();
                out.write(SENT);
                socket.shutdownOutput();
                return null;
            });
            byte[] buffer = new byte[8192];
            for (int n = socket.getInputStream().read(buffer); n >= 0; n = socket.getInputStream().read(buffer)) {
                received.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // A reset is an end, too.
        }
        return received.toByteArray();
    }

    @Test
    void passesEverythingOnWhileItIsCalm() throws Exception {
        try (ChaosProxy proxy = ChaosProxy.to(server.getLocalPort(), 1, 100)) {
            assertThat(echoes(proxy)).allMatch(echo -> Arrays.equals(echo, SENT));
        }
    }

    @Test
    void cutsConnectionsAndChangesNoByte() throws Exception {
        try (ChaosProxy proxy = ChaosProxy.to(server.getLocalPort(), 1, 100)) {
            proxy.rage(true);
            List<byte[]> echoes = echoes(proxy);
            assertThat(echoes).allMatch(echo -> Arrays.equals(echo, Arrays.copyOf(SENT, echo.length)), "a beginning of what was sent");
            assertThat(echoes).as("cut").anyMatch(echo -> echo.length < SENT.length);
            assertThat(echoes).as("complete").anyMatch(echo -> echo.length == SENT.length);
            assertThat(Mood.values()).allMatch(mood -> proxy.pieces(mood) > 0);
        }
    }
}
