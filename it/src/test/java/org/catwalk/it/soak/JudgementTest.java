package org.catwalk.it.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.catwalk.it.traffic.Kind;
import org.catwalk.it.traffic.Outcome;
import org.catwalk.it.traffic.Outcome.Verdict;
import org.catwalk.it.traffic.Tally;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That a soak can fail. */
class JudgementTest {

    private static final int SECONDS = 900;

    private final Tally tally = new Tally();
    private final Samples samples = new Samples();

    @BeforeEach
    void oneGoodRequest() {
        tally.accept(outcome(Verdict.CORRECT));
    }

    private static Outcome outcome(Verdict verdict) {
        return new Outcome(Kind.PAGE, "id", verdict, "as the test says", 1, 1);
    }

    private Judgement judge() {
        return Judgement.of(tally, samples, SECONDS, List.of());
    }

    /** @param perSecond by how much it moves */
    private void line(Gauge gauge, double from, double perSecond) {
        for (int second = 0; second < SECONDS; second += 10) {
            samples.add(second, "a", gauge, from + perSecond * second);
        }
    }

    @Test
    void isContentWithWhatStays() {
        for (Gauge gauge : Gauge.values()) {
            line(gauge, 50, 0);
        }
        assertThat(judge().complaints()).isEmpty();
    }

    @Test
    void isContentWithWarmingUpNoiseAndDecline() {
        for (int second = 0; second < SECONDS; second += 10) {
            samples.add(second, "a", Gauge.LIVE_HEAP, Math.min(60, second) + second / 10 % 3);
        }
        line(Gauge.DESCRIPTORS, 200, -.1);
        assertThat(judge().complaints()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RESIDENT")
    void complainsOfEveryGaugeThatGrows(Gauge gauge) {
        line(gauge, 50, .2);
        assertThat(judge().complaints()).singleElement().asString().startsWith("a, " + gauge.label() + " grows: 139.0 in the second third, 199.0");
    }

    @Test
    void allowsTheHeapWhatFurtherProcessorsTake() {
        line(Gauge.LIVE_HEAP, 12, .005);
        assertThat(judge().complaints()).singleElement().asString().contains("live heap grows");
        line(Gauge.PROCESSORS, 50, .05);
        assertThat(judge().complaints()).isEmpty();
    }

    @Test
    void complainsOfASlowLeakOfHeap() {
        line(Gauge.LIVE_HEAP, 12, .005);
        assertThat(judge().complaints()).singleElement().asString().contains("live heap grows");
    }

    @Test
    void complainsOfTooFewPoints() {
        samples.add(1, "a", Gauge.THREADS, 50);
        samples.add(SECONDS - 1, "a", Gauge.THREADS, 50);
        assertThat(judge().complaints()).containsExactly("a, threads: 1 points are too few to judge");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"CORRECT", "LEFT"})
    void complainsOfErrors(Verdict verdict) {
        tally.accept(outcome(verdict));
        assertThat(judge().complaints()).singleElement().asString().startsWith("1 of 2 requests went wrong, the first: PAGE id: " + verdict);
    }

    @Test
    void complainsIfNobodyAsked() {
        assertThat(Judgement.of(new Tally(), samples, SECONDS, List.of()).complaints()).containsExactly("No request was made");
    }

    @Test
    void passesOnWhatIsLeftOver() {
        assertThat(Judgement.of(tally, samples, SECONDS, List.of("a: 3 buffers in use")).complaints()).containsExactly("a: 3 buffers in use");
    }
}
