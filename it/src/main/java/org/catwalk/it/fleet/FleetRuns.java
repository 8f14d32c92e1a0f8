package org.catwalk.it.fleet;

import java.util.concurrent.TimeUnit;
import org.catwalk.it.harness.FrontEnd;

/**
 * Rolling restarts and graceful stops under load, for as long as one likes; see {@code it/fleet}. Ends with 1 if a request was lost or
 * repeated.
 */
public final class FleetRuns {

    private final Fleet fleet;
    private final int clients;
    private final int seconds;
    private int requests;
    private int failed;
    private int repeated;

    private FleetRuns(Fleet fleet, int clients, int seconds) {
        this.fleet = fleet;
        this.clients = clients;
        this.seconds = seconds;
    }

    /** @param arguments seconds of a rolling restart, clients, runs of each kind */
    public static void main(String[] arguments) {
        int seconds = number(arguments, 0, 60);
        int clients = number(arguments, 1, 50);
        int runs = number(arguments, 2, 5);
        boolean good = true;
        try (Fleet fleet = Fleet.named("fleet-runs").start()) {
            for (FrontEnd frontEnd : FrontEnd.values()) {
                good &= new FleetRuns(fleet, clients, seconds).report("rolling restart, " + frontEnd, frontEnd, runs, true);
                good &= new FleetRuns(fleet, clients, seconds).report("graceful stop, " + frontEnd, frontEnd, runs, false);
            }
        }
        System.exit(good ? 0 : 1);
    }

    private static int number(String[] arguments, int index, int otherwise) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
    }

    private boolean report(String name, FrontEnd frontEnd, int runs, boolean rolling) {
        for (int i = 1; i <= runs; i++) {
            Load load = Load.on(fleet.at(frontEnd, "/app/fleet"), fleet.ledger(), clients).during(1_000);
            int restarts = rolling ? restartInTurn(load) : stopOne(load, i);
            Figures figures = load.stop();
            requests += figures.requests();
            failed += figures.failed().size();
            repeated += figures.repeated().size();
            System.out.println(name + ", run " + i + " with " + clients + " clients, " + restarts + " stops: " + figures);
            if (!rolling) {
                startAgain(frontEnd);
            }
        }
        System.out.println(name + ", all " + runs + " runs: " + requests + " requests, " + failed + " failed, " + repeated + " repeated");
        return failed + repeated == 0;
    }

    private int restartInTurn(Load load) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        int restarts = 0;
        while (System.nanoTime() - end < 0) {
            for (Node node : fleet.nodes()) {
                load.untilAnsweredBy(node.stop().start());
                restarts++;
            }
        }
        return restarts;
    }

    private int stopOne(Load load, int run) {
        Node node = fleet.nodes().stream().skip(run % fleet.nodes().size()).findFirst().orElseThrow();
        node.stop();
        load.during(2_000);
        return 1;
    }

    private void startAgain(FrontEnd frontEnd) {
        for (Node node : fleet.nodes()) {
            if (!node.isUp()) {
                node.start();
                Load.on(fleet.at(frontEnd, "/app/fleet"), fleet.ledger(), 2).untilAnsweredBy(node).stop();
            }
        }
    }
}
