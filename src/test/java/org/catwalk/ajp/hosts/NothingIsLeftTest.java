package org.catwalk.ajp.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.catwalk.ajp.StartStopProbe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A container that lives inside a larger process, and goes without a trace. */
class NothingIsLeftTest {

    /** What the probe found, and the class loader that held Tomcat and us. */
    private record Outcome(List<String> left, WeakReference<ClassLoader> loader) {}

    @ParameterizedTest
    @MethodSource("org.catwalk.ajp.hosts.TomcatHost#ends")
    void fiveStartsAndStopsLeaveNoThreadMBeanPortOrClass(TomcatHost host) {
        Outcome outcome = run(host);

        assertThat(outcome.left()).isEmpty();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            System.gc();
            assertThat(outcome.loader().get()).as("class loader of %s", host).isNull();
        });
    }

    /** In a thread of its own, since Tomcat leaves things in the locals of the one that starts it. */
    private static Outcome run(TomcatHost host) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try (URLClassLoader loader = host.isolated()) {
                Thread.currentThread().setContextClassLoader(loader);
                Object probe = loader.loadClass(StartStopProbe.class.getName()).getConstructor().newInstance();
                List<String> left = List.copyOf(asList(((Supplier<?>) probe).get()));
                outcome.complete(new Outcome(left, new WeakReference<>(loader)));
            } catch (Exception e) {
                outcome.completeExceptionally(new CompletionException(e));
            }
        });
        thread.start();
        return outcome.join();
    }

    private static List<String> asList(Object answer) {
        return ((List<?>) answer).stream().map(String.class::cast).toList();
    }
}
