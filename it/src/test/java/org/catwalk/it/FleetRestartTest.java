package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.catwalk.it.fleet.Figures;
import org.catwalk.it.fleet.Fleet;
import org.catwalk.it.fleet.Load;
import org.catwalk.it.fleet.Node;
import org.catwalk.it.harness.Connector;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Nodes that are stopped and started while clients ask, as a rolling restart does it. {@code it/fleet} does the same for longer. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("smoke")
@UnlikeStock(Difference.DRAIN)
class FleetRestartTest {

    private static final int CLIENTS = 20;

    private static Fleet fleet;

    @BeforeAll
    static void start() {
        if (Connector.underTest() == Connector.CATWALK) {
            fleet = Fleet.named("fleet-restart").start();
        }
    }

    @AfterAll
    static void stop() {
        if (fleet != null) {
            fleet.close();
        }
    }

    @EachFrontEnd
    void aRollingRestartLosesAndRepeatsNothing(FrontEnd frontEnd) {
        Load load = Load.on(fleet.at(frontEnd, "/app/fleet"), fleet.ledger(), CLIENTS).during(500);
        for (Node node : fleet.nodes()) {
            load.untilAnsweredBy(node.stop().start());
        }
        Figures figures = load.stop();
        System.out.println(frontEnd + ", rolling restart: " + figures);
        assertThat(figures.failed()).isEmpty();
        assertThat(figures.repeated()).isEmpty();
        assertThat(figures.byNode()).containsOnlyKeys("a", "b");
    }
}
