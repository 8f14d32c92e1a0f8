package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DrainTest {

    private static final long LIMIT = TimeUnit.SECONDS.toNanos(5);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

    private long now = Long.MAX_VALUE - TICK;
    private int connections = 3;
    private int closings;
    private final Drain drain = new Drain(() -> now, () -> connections > 0, () -> closings++);

    @BeforeEach
    void servesAtFirst() {
        drain.step();
        assertThat(drain.state()).isEqualTo(Drain.State.SERVING);
        assertThat(drain.isOver()).isTrue();
        assertThat(closings).isZero();
    }

    private void pass(long nanos) {
        for (long left = nanos; left > 0; left -= TICK) {
            now += Math.min(left, TICK);
            drain.step();
        }
    }

    @Test
    void closesIdleConnectionsWhenNothingHasArrivedForAWhile() {
        drain.begin(LIMIT);
        pass(Drain.QUIET_NANOS - 1);
        assertThat(closings).isZero();
        pass(1);
        assertThat(closings).isOne();
    }

    @Test
    void waitsAnewAfterEachArrival() {
        drain.begin(LIMIT);
        for (int i = 0; i < 5; i++) {
            pass(Drain.QUIET_NANOS - 1);
            drain.noteArrival();
        }
        assertThat(closings).isZero();
        pass(Drain.QUIET_NANOS);
        assertThat(closings).isOne();
    }

    @Test
    void closesIdleConnectionsWhileTimeIsLeftForWhatCameLast() {
        drain.begin(LIMIT);
        while (closings == 0) {
            drain.noteArrival();
            pass(TICK);
            assertThat(drain.isOver()).isFalse();
        }
        pass(LIMIT / 5 - 1);
        assertThat(drain.isOver()).isFalse();
        pass(1);
        assertThat(drain.isOver()).isTrue();
        assertThat(drain.state()).isEqualTo(Drain.State.DRAINING);
    }

    @Test
    void isDrainedWhenNoConnectionIsLeft() {
        drain.begin(LIMIT);
        assertThat(drain.state()).isEqualTo(Drain.State.DRAINING);
        connections = 0;
        assertThat(drain.state()).isEqualTo(Drain.State.DRAINED);
        assertThat(drain.isOver()).isTrue();
    }

    @Test
    void waitsForNothingWithoutTime() {
        drain.begin(0);
        drain.step();
        assertThat(closings).isOne();
        assertThat(drain.isOver()).isTrue();
    }

    @Test
    void goesOnAsItWasBegun() {
        drain.begin(LIMIT);
        pass(LIMIT - 1);
        drain.begin(LIMIT);
        pass(1);
        assertThat(drain.isOver()).isTrue();
    }

    @Test
    void hasAllItsTimeAgainAfterItsEnd() {
        drain.begin(LIMIT);
        pass(LIMIT);
        drain.end();
        assertThat(drain.state()).isEqualTo(Drain.State.SERVING);
        closings = 0;
        drain.begin(LIMIT);
        drain.step();
        assertThat(drain.isOver()).isFalse();
        assertThat(closings).isZero();
    }
}
