package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.catwalk.it.fleet.Figures;
import org.catwalk.it.fleet.Figures.Outcome;
import org.catwalk.it.fleet.Fleet;
import org.catwalk.it.fleet.Load;
import org.catwalk.it.fleet.Node;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Connector;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** One of two nodes stops, dies, hangs, closes its port or is slow while clients ask, and comes back. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.DRAIN)
class FleetFailoverTest {

    private static final int CLIENTS = 20;
    private static final Duration RECOVERED = Duration.ofSeconds(20);

    private static Fleet fleet;

    @BeforeAll
    static void start() {
        if (Connector.underTest() == Connector.CATWALK) {
            fleet = Fleet.named("fleet-failover").start();
        }
    }

    @AfterAll
    static void stop() {
        if (fleet != null) {
            fleet.close();
        }
    }

    private static Load load(FrontEnd frontEnd) {
        return Load.on(fleet.at(frontEnd, "/app/fleet"), fleet.ledger(), CLIENTS).during(500);
    }

    private static Figures end(Load load, FrontEnd frontEnd, String scenario) {
        Figures figures = load.stop();
        System.out.println(frontEnd + ", " + scenario + ": " + figures);
        return figures;
    }

    private static void assertNothingLostOrRepeated(Figures figures) {
        assertThat(figures.failed()).isEmpty();
        assertThat(figures.repeated()).isEmpty();
    }

    /** A balancer has noticed that the node is there again. */
    private static void awaitRecovery(FrontEnd frontEnd, Node node) {
        Client client = Client.plain();
        Awaitility.await().atMost(RECOVERED).until(() ->
                node.name().equals(client.get(fleet.at(frontEnd, "/app/fleet")).fields().get("node")));
    }

    @EachFrontEnd
    void aNodeThatStopsAsItShouldLosesAndRepeatsNothing(FrontEnd frontEnd) {
        Node node = fleet.node("a");
        Load load = load(frontEnd);
        node.stop();
        Figures figures = end(load.during(500), frontEnd, "graceful stop");
        node.start();
        assertNothingLostOrRepeated(figures);
        awaitRecovery(frontEnd, node);
    }

    @EachFrontEnd
    void aNodeThatIsKilledTakesOnlyWhatItHasInHandAndNoPostRunsTwice(FrontEnd frontEnd) {
        Node node = fleet.node("b");
        Load load = load(frontEnd);
        node.kill();
        int failed = load.during(1_500).failed();
        Figures figures = end(load.during(1_500), frontEnd, "kill -9");
        node.start();

        // Each client has one request in flight, and what was in the hands of this node is all that fails.
        assertThat(figures.failed()).hasSize(failed).hasSizeLessThanOrEqualTo(CLIENTS).allSatisfy(outcome -> {
            // mod_proxy_ajp gives up on some GETs too.
            assertThat(outcome.target()).startsWith(frontEnd == FrontEnd.MOD_JK ? "POST" : "");
            assertThat(figures.runs().getOrDefault(outcome.id(), List.of())).doesNotContain("a");
        });
        assertThat(figures.repeated()).extracting(Outcome::target).allMatch(target -> target.startsWith("GET"));
        awaitRecovery(frontEnd, node);
    }

    @EachFrontEnd
    void aNodeThatHangsIsGivenUpUntilItGoesOn(FrontEnd frontEnd) {
        Node node = fleet.node("a");
        Load load = load(frontEnd);
        node.hang();
        // Each client may find out for itself, and wait for a CPONG that does not come.
        int before = load.during(4_000).done();
        assertThat(load.during(2_000).done()).as("requests are answered while a node hangs").isGreaterThan(before + CLIENTS);
        node.goOn();
        Figures figures = end(load.during(1_000), frontEnd, "SIGSTOP for six seconds");
        assertNothingLostOrRepeated(figures);
        awaitRecovery(frontEnd, node);
    }

    @EachFrontEnd
    void aNodeThatClosesItsPortIsLeftOutUntilItOpensIt(FrontEnd frontEnd) {
        Node node = fleet.node("b");
        Load load = load(frontEnd);
        node.invoke("stop");
        load.during(1_000);
        node.invoke("start");
        Figures figures = end(load.during(500), frontEnd, "connector stopped and started");
        assertNothingLostOrRepeated(figures);
        awaitRecovery(frontEnd, node);
    }

    @EachFrontEnd
    void slowRequestsAreWaitedForAndDelayNoOthers(FrontEnd frontEnd) {
        Load slow = Load.asking("GET ?hold=2000", fleet.at(frontEnd, "/app/fleet"), fleet.ledger(), 10);
        Load others = load(frontEnd);
        Figures quick = end(others.during(2_000), frontEnd, "beside slow requests");
        Figures held = end(slow, frontEnd, "slow requests");
        assertNothingLostOrRepeated(quick);
        assertNothingLostOrRepeated(held);
        assertThat(held.outcomes()).isNotEmpty().allMatch(outcome -> outcome.millis() >= 2_000);
        assertThat(quick.slowestMillis()).isLessThan(1_900);
    }
}
