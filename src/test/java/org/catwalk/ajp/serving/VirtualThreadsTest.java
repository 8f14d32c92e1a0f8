package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The servlet matrix once more with {@code useVirtualThreads="true"}. {@code HostMatrixTest} has it run on the newest JDK there is. */
@EnabledForJreRange(min = JRE.JAVA_21)
public class VirtualThreadsTest extends ServletMatrixTest {

    private static final int LARGE = 4 * 1024 * 1024;

    @Override
    protected TestServer.Builder configure(TestServer.Builder builder) {
        return super.configure(builder)
                .attribute("useVirtualThreads", "true")
                .servlet("/is-virtual", (request, response) -> response.getOutputStream().print(Boolean.toString(isVirtual())))
                .servlet("/four-megabytes", (request, response) -> response.getOutputStream().write(Payload.ofSize(LARGE)));
    }

    /** Compiled for Java 17, which has no such method. */
    private static boolean isVirtual() {
        try {
            return (Boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void runsServletsInVirtualThreads() {
        assertThat(server().get("/is-virtual").text()).isEqualTo("true");
        assertThat(server().log().all()).anySatisfy(line -> assertThat(line).contains("Catwalk AJP").contains("useVirtualThreads=true"));
    }

    /** Blocks wherever our code can block: for a body that does not come, and for a peer that does not read. */
    @Test
    void pinsNoCarrierThread() throws Exception {
        List<RecordedEvent> events = pinnedDuring(() -> {
            byte[] body = Payload.ofSize(20_000);
            for (int i = 0; i < 3; i++) {
                try (AjpClient client = server().connect()) {
                    client.send(Request.postChunked("/echo"));
                    client.next(Reply.Ask.class);
                    assertThat(client.staysSilent(Duration.ofMillis(60))).isTrue();
                    client.send(Request.bodyChunk(body, 0, 8186));
                    assertThat(client.answer(body, 8186, true).body()).isEqualTo(body);
                }
                try (AjpClient client = AjpClient.connect(server().port(), 4096)) {
                    client.send(Request.get("/four-megabytes"));
                    client.next(Reply.Head.class);
                    server().assertServes();
                    assertThat(client.answer().body()).hasSize(LARGE);
                }
            }
            blockInAnInitialiser();
        });

        String planted = Slow.class.getName() + ".<clinit>";
        assertThat(events).extracting(VirtualThreadsTest::stack).as("the recording sees what pins").anySatisfy(stack -> assertThat(stack).contains(planted));
        assertThat(events).extracting(VirtualThreadsTest::stack).filteredOn(stack -> !stack.contains(planted)).as("pinned by the connector")
                .noneMatch(stack -> stack.stream().anyMatch(frame -> frame.startsWith("org.catwalk.ajp.")));
    }

    /** All of it: the text of an event ends after five frames, which are the JDK's own. */
    private static List<String> stack(RecordedEvent event) {
        return event.getStackTrace().getFrames().stream()
                .map(frame -> frame.getMethod().getType().getName() + "." + frame.getMethod().getName()).toList();
    }

    /**
     * Blocking a carrier without pinning it leaves no event. In a cell of {@code HostMatrixTest} there is one carrier; before Java 24 a
     * selector blocks it.
     */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_24)
    void servesOthersWhileManyWaitForTheirPeers() {
        List<AjpClient> waiting = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            waiting.add(server().connect().send(Request.postChunked("/echo")));
            waiting.add(AjpClient.connect(server().port(), 4096).send(Request.get("/four-megabytes")));
        }
        waiting.forEach(AjpClient::next);

        assertThat(server().get("/is-virtual").text()).isEqualTo("true");
        waiting.forEach(AjpClient::reset);
    }

    private static List<RecordedEvent> pinnedDuring(ThrowingRunnable action) throws Exception {
        Path file = Files.createTempFile("pinned", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO).withStackTrace();
            recording.start();
            action.run();
            recording.stop();
            recording.dump(file);
            return RecordingFile.readAllEvents(file);
        } finally {
            Files.delete(file);
        }
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    /** The planted fault: a virtual thread that parks in a class initialiser keeps its carrier on every JDK so far. */
    private static void blockInAnInitialiser() throws IOException, InterruptedException {
        try {
            Thread thread = (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, (Runnable) Slow::touch);
            thread.join();
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IOException(e);
        }
    }

    private static final class Slow {

        private static final AtomicBoolean TOUCHED = new AtomicBoolean();

        static {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }

        static void touch() {
            TOUCHED.set(true);
        }
    }
}
