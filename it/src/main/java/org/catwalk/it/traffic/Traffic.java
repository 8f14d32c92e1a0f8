package org.catwalk.it.traffic;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Many {@link Visitor}s at once, each in a thread of its own, who think a while between two requests. */
public final class Traffic {

    /**
     * What they do.
     *
     * @param weights how often each kind of request comes, in relation to the others
     * @param thought between two requests of a client, on average
     * @param deadline for each request
     * @param inLedger see {@link Visitor}
     */
    public record Habits(Map<Kind, Integer> weights, Duration thought, Duration deadline, boolean inLedger) {

        Kind choose(Random random) {
            int left = random.nextInt(weights.values().stream().mapToInt(Integer::intValue).sum());
            for (Map.Entry<Kind, Integer> entry : weights.entrySet()) {
                left -= entry.getValue();
                if (left < 0) {
                    return entry.getKey();
                }
            }
            throw new IllegalStateException("Weights " + weights);
        }
    }

    private final Habits habits;
    private final BooleanSupplier goesOn;
    private final Consumer<Outcome> outcomes;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> defect = new AtomicReference<>();

    private Traffic(Habits habits, BooleanSupplier goesOn, Consumer<Outcome> outcomes) {
        this.habits = habits;
        this.goesOn = goesOn;
        this.outcomes = outcomes;
    }

    /**
     * @param sites that the clients go to, in turn; each stays where it is
     * @param seed the same clients ask for the same in the same order
     * @param goesOn asked by each client ahead of each request
     * @param outcomes called by all of their threads
     */
    public static Traffic start(Habits habits, List<URI> sites, int clients, long seed, BooleanSupplier goesOn, Consumer<Outcome> outcomes) {
        Traffic traffic = new Traffic(habits, goesOn, outcomes);
        for (int i = 0; i < clients; i++) {
            URI site = sites.get(i % sites.size());
            Random random = new Random(seed * 31 + i);
            Thread thread = new Thread(() -> traffic.visit(site, random), "visitor-" + i);
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((dead, reason) -> traffic.defect.compareAndSet(null, reason));
            traffic.threads.add(thread);
            thread.start();
        }
        return traffic;
    }

    private void visit(URI site, Random random) {
        try (Visitor visitor = new Visitor(site, random, habits.deadline, habits.inLedger)) {
            think(random);
            while (goesOn.getAsBoolean()) {
                outcomes.accept(visitor.visit(habits.choose(random)));
                think(random);
            }
        }
    }

    /** From none to twice the average. */
    private void think(Random random) {
        long end = System.nanoTime() + (long) (random.nextDouble() * 2 * habits.thought.toNanos());
        for (long left = end - System.nanoTime(); left > 0 && goesOn.getAsBoolean(); left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(500)));
        }
    }

    /**
     * Waits until the last client has left.
     *
     * @throws IllegalStateException if one did not come to its end, so that less was tried than meant
     */
    public void await() {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while clients were asking", e);
        }
        if (defect.get() != null) {
            throw new IllegalStateException("A client has broken off", defect.get());
        }
    }
}
