package org.catwalk.ajp.telemetry;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** How far ahead request bodies are asked for: packets that are outstanding when more have just been asked for. */
public final class WindowUse {

    private final LongAdder asks = new LongAdder();
    private final LongAdder outstandingSum = new LongAdder();
    private final LongAccumulator max = new LongAccumulator(Math::max, 0);

    /** @param outstanding packets that are on their way now, those asked for just now included */
    public void count(int outstanding) {
        asks.increment();
        outstandingSum.add(outstanding);
        max.accumulate(outstanding);
    }

    /** How often body data was asked for; several packets in one go are one. */
    public long asks() {
        return asks.sum();
    }

    /** Mean of the packets outstanding; 0 if body data was never asked for. */
    public double mean() {
        long n = asks.sum();
        return n == 0 ? 0 : (double) outstandingSum.sum() / n;
    }

    /** The most packets that were outstanding on one connection. */
    public long max() {
        return max.get();
    }
}
