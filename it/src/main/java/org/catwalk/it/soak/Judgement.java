package org.catwalk.it.soak;

import java.util.ArrayList;
import java.util.List;
import org.catwalk.it.traffic.Tally;

/**
 * Whether a soak went well.
 *
 * @param trends of all gauges
 * @param complaints a line each; none if it went well
 */
public record Judgement(List<Trend> trends, List<String> complaints) {

    /** Of heap, an assumption on the generous side: the container's buffers of bytes and characters for request and response, and the headers. */
    private static final double MB_PER_PROCESSOR = .08;

    /**
     * @param totalSeconds how long traffic ran
     * @param leftOver complaints about what was there after the last client had left
     */
    public static Judgement of(Tally tally, Samples samples, double totalSeconds, List<String> leftOver) {
        List<Trend> trends = samples.series().stream().map(each -> Trend.of(each, samples.points(each), totalSeconds)).toList();
        List<String> complaints = new ArrayList<>();
        if (tally.requests() == 0) {
            complaints.add("No request was made");
        }
        if (tally.errors() > 0) {
            complaints.add(tally.errors() + " of " + tally.requests() + " requests went wrong, the first: " + tally.examples().get(0));
        }
        for (Trend trend : trends) {
            if (!trend.isKnown()) {
                complaints.add("%s: %d points are too few to judge".formatted(trend.of(), trend.points()));
            } else if (trend.lastThird() > limit(trend, trends)) {
                complaints.add("%s grows: %.1f in the second third, %.1f in the last, where %.1f would pass as flat".formatted(
                        trend.of(), trend.secondThird(), trend.lastThird(), limit(trend, trends)));
            }
        }
        complaints.addAll(leftOver);
        return new Judgement(trends, List.copyOf(complaints));
    }

    /** Of the heap: a time of higher load leaves more processors behind, which are no leak; for how many there are a limit is set. */
    private static double limit(Trend trend, List<Trend> all) {
        double limit = trend.of().gauge().limit(trend.secondThird());
        if (trend.of().gauge() != Gauge.LIVE_HEAP) {
            return limit;
        }
        return limit + all.stream().filter(each -> each.of().equals(new Samples.Series(trend.of().source(), Gauge.PROCESSORS)) && each.isKnown())
                .mapToDouble(each -> MB_PER_PROCESSOR * Math.max(0, each.lastThird() - each.secondThird())).sum();
    }

    public boolean isGood() {
        return complaints.isEmpty();
    }
}
