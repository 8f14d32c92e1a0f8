package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.catwalk.it.chaos.Chaos;
import org.catwalk.it.harness.Difference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand mixed requests over a bad network; {@code -Dchaos.requests} and {@code -Dchaos.seed} try others, as {@code it/chaos} does. */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
@UnlikeStock(Difference.OWN_ATTRIBUTES)
class ChaosTest {

    @Test
    void noRequestIsMixedUpHungOrRepeatedAndNothingIsLeft() {
        Chaos.Result result = Chaos.run("chaos-test", Integer.getInteger("chaos.requests", 10_000), Long.getLong("chaos.seed", 8009));
        System.out.println(result);
        assertThat(result.complaints()).as(result.toString()).isEmpty();
    }
}
