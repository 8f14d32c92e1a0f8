package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.soak.Soak;
import org.catwalk.it.traffic.Kind;
import org.catwalk.it.traffic.Outcome.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The beginning of what {@code it/soak} does for an hour. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class SoakTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(75);
    private static final int CLIENTS = 16;

    @Test
    void mixedTrafficHasNoErrorAndNoGrowth() throws Exception {
        Soak.Result result = Soak.run("soak-short", LONG_ENOUGH, CLIENTS);
        System.out.println(result.summary());
        assertThat(result.judgement().complaints()).isEmpty();
        for (Kind kind : Kind.values()) {
            assertThat(result.tally().count(kind, Verdict.CORRECT) + result.tally().count(kind, Verdict.LEFT)).as(kind.name()).isPositive();
        }
        assertThat(Files.readAllLines(result.directory().resolve("samples.csv"))).hasSizeGreaterThan(500);
        assertThat(result.directory().resolve("live-heap.svg")).content().contains("live heap, MB");
    }
}
