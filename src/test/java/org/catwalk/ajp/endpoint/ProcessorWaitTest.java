package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessorWaitTest {

    private final AtomicBoolean ended = new AtomicBoolean();
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void endThreads() throws InterruptedException {
        ended.set(true);
        mayEnd.countDown();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        }
    }

    @Test
    void readsTheSecondNumber() {
        assertThat(parse("627717 4711 3\n")).isEqualTo(4711);
        assertThat(parse("627717 0 3\n")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0 0 0\n", "1 2\n", "1 x 3\n", "x"})
    void knowsNothingFromAnythingElse(String schedstat) {
        assertThat(parse(schedstat)).isEqualTo(ProcessorWait.UNKNOWN);
    }

    @Test
    void takesTheWaitingAway() {
        assertThat(ProcessorWait.without(3_000, 50, 2_050)).isEqualTo(1_000);
        assertThat(ProcessorWait.without(3_000, 50, 9_050)).isZero();
    }

    @Test
    void doesNotKnowWhatToTakeAwayIfEitherIsUnknown() {
        assertThat(ProcessorWait.without(3_000, ProcessorWait.UNKNOWN, 2_050)).isEqualTo(ProcessorWait.UNKNOWN);
        assertThat(ProcessorWait.without(3_000, 50, ProcessorWait.UNKNOWN)).isEqualTo(ProcessorWait.UNKNOWN);
    }

    @Test
    void countsWhileThereAreMoreThreadsThanProcessors() throws InterruptedException {
        assumeThat(ProcessorWait.isKnown()).isTrue();
        int processors = Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < 2 * processors; i++) {
            start(() -> {
                while (!ended.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        long begin = System.nanoTime();
        try (ProcessorWait clock = ProcessorWait.ofCurrentThread()) {
            long before = clock.nanos();

            await().pollInSameThread().pollDelay(Duration.ZERO).pollInterval(Duration.ofNanos(1)).atMost(Duration.ofSeconds(20))
                    .until(() -> clock.nanos() - before >= TimeUnit.MILLISECONDS.toNanos(1));

            assertThat(clock.nanos() - before).isLessThan(System.nanoTime() - begin);
        }
    }

    @Test
    void standsWhileTheThreadSleepsAndIsReadByAnother() throws InterruptedException {
        assumeThat(ProcessorWait.isKnown()).isTrue();
        AtomicReference<ProcessorWait> clock = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        Thread sleeper = start(() -> {
            clock.set(ProcessorWait.ofCurrentThread());
            started.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        started.await();
        AtomicLong seen = new AtomicLong(ProcessorWait.UNKNOWN);

        // At first it may still be on its way to sleep.
        await().during(Duration.ofMillis(100)).until(() -> seen.getAndSet(clock.get().nanos()) == seen.get());

        assertThat(sleeper.getState()).isEqualTo(Thread.State.WAITING);
        assertThat(seen).hasNonNegativeValue();
        mayEnd.countDown();
        await().until(() -> clock.get().nanos() == ProcessorWait.UNKNOWN);
        clock.get().close();
    }

    @Test
    void knowsNothingAfterAnInterruptedThreadHasLooked() {
        try (ProcessorWait clock = ProcessorWait.ofCurrentThread()) {
            Thread.currentThread().interrupt();
            assertThat(clock.nanos()).isEqualTo(ProcessorWait.UNKNOWN);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(clock.nanos()).isEqualTo(ProcessorWait.UNKNOWN);
        }
    }

    @Test
    void knowsNothingOnceItIsClosed() {
        ProcessorWait clock = ProcessorWait.ofCurrentThread();
        clock.close();
        assertThat(clock.nanos()).isEqualTo(ProcessorWait.UNKNOWN);
    }

    private static long parse(String schedstat) {
        return ProcessorWait.parse(ByteBuffer.wrap(schedstat.getBytes(StandardCharsets.US_ASCII)));
    }

    private Thread start(Runnable task) {
        Thread thread = new Thread(task, "processor-wait-test");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }
}
