package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

class EventLoopErrorsTest {

    /** Whatever happens to the thread that selects: out of memory, out of threads. */
    @Test
    void anErrorInTheLoopDoesNotEndTheService() {
        Logger logger = Logger.getLogger("org.catwalk.ajp");
        Handler bomb = bomb("0x42");
        try (TestServer server = TestServer.with()
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start()) {
            logger.addHandler(bomb);
            try {
                for (int i = 0; i < 20; i++) {
                    server.get("/hello");
                }
                try (AjpClient client = server.connect()) {
                    client.send(Request.packet(new byte[] {0x42}));
                    assertThat(client.patience(Duration.ofSeconds(10)).read()).isEmpty();
                }
                assertThat(server.get("/hello").text()).isEqualTo("hello");
            } finally {
                logger.removeHandler(bomb);
            }
        }
    }

    /** And to the one that keeps the deadlines: without it half a packet would wait for ever. */
    @Test
    void anErrorWhereDeadlinesAreKeptEndsNoDeadline() {
        Logger logger = Logger.getLogger("org.catwalk.ajp");
        Handler bomb = bomb("PACKET_TIMEOUT");
        try (TestServer server = TestServer.with().attribute("packetTimeout", "200").start()) {
            logger.addHandler(bomb);
            try {
                assertHalfAPacketIsEnded(server);
            } finally {
                logger.removeHandler(bomb);
            }
            assertHalfAPacketIsEnded(server);
            server.assertServes();
        }
    }

    private static void assertHalfAPacketIsEnded(TestServer server) {
        try (AjpClient client = server.connect()) {
            client.send(new byte[] {0x12, 0x34, 0});
            assertThat(client.patience(Duration.ofSeconds(10)).answer().endOfStream()
                    || client.awaitEnd()).as("ended").isTrue();
        }
    }

    private static Handler bomb(String trigger) {
        return new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (String.valueOf(record.getMessage()).contains(trigger)) {
                    throw new InternalError("unlucky");
                }
            }

            @Override
            public void flush() {
                // Nothing is kept.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }
}
