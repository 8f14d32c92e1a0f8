package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.catwalk.ajp.testing.Heap;
import org.catwalk.ajp.testing.IdleWebServer;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the pools of web servers cost that keep their connections for ever. */
@Tag("slow")
class IdleConnectionsTest {

    private static final int CONNECTIONS = 2_000;
    private static final int BYTES_EACH = 2_048;

    @Test
    void costLessThanTwoKilobytesOfHeapEach() throws IOException, InterruptedException {
        try (TestServer server = TestServer.with()
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start()) {
            // What the first connections bring for good (classes, pools, processors) is no cost of the others.
            hold(server, 200, () -> { });
            server.awaitConnections(0);
            server.awaitQuiet();
            long before = Heap.heldBytes();
            hold(server, CONNECTIONS, () -> {
                assertThat(server.threadPool("connectionCount")).isEqualTo(CONNECTIONS);
                server.awaitQuiet();
                long each = (Heap.heldBytes() - before) / CONNECTIONS;
                System.out.println("Heap for each of " + CONNECTIONS + " idle connections: " + each + " bytes");
                assertThat(each).as("bytes of heap for each idle connection").isBetween(100L, (long) BYTES_EACH);
                assertThat(server.get("/hello").text()).isEqualTo("hello");
            });
            server.awaitConnections(0);
        }
    }

    private static void hold(TestServer server, int connections, Runnable meanwhile) throws IOException, InterruptedException {
        Process webServer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-cp",
                Path.of(java.net.URI.create(IdleWebServer.class.getProtectionDomain().getCodeSource().getLocation().toString())).toString(),
                IdleWebServer.class.getName(), Integer.toString(server.port()), Integer.toString(connections),
                HexFormat.of().formatHex(Request.get("/hello").packet()))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader says = webServer.inputReader()) {
            assertThat(says.readLine()).isEqualTo("ready");
            meanwhile.run();
        } finally {
            webServer.getOutputStream().close();
            assertThat(webServer.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
