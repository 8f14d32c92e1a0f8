package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** The end of {@code keepAliveTimeout}. */
class KeepAliveTest {

    private static final byte[] UNKNOWN_PACKET = Request.packet(new byte[] {0x42});

    private final Semaphore standing = new Semaphore(0);
    private final Semaphore mayGoOn = new Semaphore(0);
    /** Stops the event loop that refuses the packet. */
    private final Handler stopper = new Handler() {

        @Override
        public void publish(LogRecord entry) {
            if (String.valueOf(entry.getMessage()).contains("0x42")) {
                standing.release();
                mayGoOn.acquireUninterruptibly();
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

    private static TestServer server(String keepAliveTimeout) {
        return TestServer.with().attribute("keepAliveTimeout", keepAliveTimeout)
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello")).start();
    }

    @Test
    void aConnectionThatStaysIdleIsClosed() {
        try (TestServer server = server("200"); AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(client.awaitEnd()).isTrue();
        }
    }

    @Test
    void aRequestThatCameInTimeIsAnsweredEvenIfTheEventLoopIsLate() throws InterruptedException {
        Logger logger = Logger.getLogger("org.catwalk.ajp");
        List<AjpClient> all = new ArrayList<>();
        try (TestServer server = server("4000")) {
            // Connections go to the event loops in turn.
            int loops = (int) server.threads().stream().filter(name -> name.contains("-Poller")).count();
            for (int i = 0; i <= loops; i++) {
                all.add(server.connect());
                assertThat(all.get(i).exchange(Request.get("/hello")).text()).isEqualTo("hello");
            }
            AjpClient client = all.get(0);
            AjpClient onTheSameLoop = all.get(loops);
            // Until then a thread that has just answered may deal with what comes next, in place of the event loop.
            server.awaitQuiet();
            logger.addHandler(stopper);
            try {
                onTheSameLoop.send(UNKNOWN_PACKET);
                assertThat(standing.tryAcquire(30, TimeUnit.SECONDS)).as("the event loop stands").isTrue();
                client.send(Request.get("/hello"));
                assertThat(client.staysSilent(Duration.ofSeconds(5))).isTrue();
                mayGoOn.release();
                assertThat(client.answer().text()).isEqualTo("hello");
            } finally {
                mayGoOn.release();
                logger.removeHandler(stopper);
            }
            all.forEach(AjpClient::close);
        }
    }
}
