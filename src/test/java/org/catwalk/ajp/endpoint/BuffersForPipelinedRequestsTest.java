package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.catwalk.ajp.ConnectorInternals;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

class BuffersForPipelinedRequestsTest {

    private static final byte[] LARGE = Request.get("/hello").header("X-Large", "x".repeat(20_000)).packet();

    @Test
    void aRequestIsRefusedIfWhatFollowsItFindsNoBuffer() {
        try (TestServer server = TestServer.with().servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start();
                AjpClient client = server.connect()) {
            BufferPool pool = ConnectorInternals.endpoint(server.protocol()).buffers();
            client.send(Arrays.copyOf(LARGE, LARGE.length - 1));
            await().untilAsserted(() -> assertThat(pool.largeInUse()).isOne());
            List<PacketBuffer> taken = takeAll(pool);

            // One buffer holds both; the second request would need one of its own.
            client.send(Request.join(new byte[] {LARGE[LARGE.length - 1]}, LARGE));
            assertThat(client.answer().status()).isEqualTo(503);
            client.awaitEnd();
            taken.forEach(pool::release);

            assertThat(server.refused(Refusal.OUT_OF_BUFFERS)).isOne();
            assertThat(server.log().refusals()).singleElement().asString().contains("OUT_OF_BUFFERS", "buffers", "max_packet_size");
            assertThat(server.log().complaints()).isEmpty();
            server.awaitQuiet();
        }
    }

    private static List<PacketBuffer> takeAll(BufferPool pool) {
        List<PacketBuffer> taken = new ArrayList<>();
        while (true) {
            try {
                taken.add(pool.acquirePacket(BufferPool.LARGE));
            } catch (IOException e) {
                return taken;
            }
        }
    }
}
