package org.catwalk.it.traffic;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.catwalk.it.traffic.Outcome.Verdict;

/** Counts outcomes, and keeps the first few of those that are not good. Thread-safe. */
public final class Tally implements Consumer<Outcome> {

    private static final int EXAMPLES = 20;

    private final Map<Kind, Map<Verdict, Integer>> counts = new EnumMap<>(Kind.class);
    private final List<Outcome> examples = new ArrayList<>();
    private long bytes;

    @Override
    public synchronized void accept(Outcome outcome) {
        counts.computeIfAbsent(outcome.kind(), kind -> new EnumMap<>(Verdict.class)).merge(outcome.verdict(), 1, Integer::sum);
        bytes += outcome.bytes();
        if (!outcome.isGood() && examples.size() < EXAMPLES) {
            examples.add(outcome);
        }
    }

    public synchronized int requests() {
        return counts.values().stream().flatMap(each -> each.values().stream()).mapToInt(Integer::intValue).sum();
    }

    public synchronized int count(Kind kind, Verdict verdict) {
        return counts.getOrDefault(kind, Map.of()).getOrDefault(verdict, 0);
    }

    public synchronized int count(Verdict verdict) {
        return counts.values().stream().mapToInt(each -> each.getOrDefault(verdict, 0)).sum();
    }

    /** Requests that did not end as they should. */
    public int errors() {
        return requests() - count(Verdict.CORRECT) - count(Verdict.LEFT);
    }

    /** The first of these. */
    public synchronized List<Outcome> examples() {
        return List.copyOf(examples);
    }

    /** Of all bodies, both directions. */
    public synchronized long bytes() {
        return bytes;
    }

    /** A line for each kind of request, in Markdown. */
    public synchronized String table() {
        StringBuilder text = new StringBuilder("| kind | requests | correct | left by the client | errors |\n|---|---|---|---|---|\n");
        counts.forEach((kind, verdicts) -> {
            int all = verdicts.values().stream().mapToInt(Integer::intValue).sum();
            int correct = verdicts.getOrDefault(Verdict.CORRECT, 0);
            int left = verdicts.getOrDefault(Verdict.LEFT, 0);
            text.append("| %s | %d | %d | %d | %d |%n".formatted(kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '), all,
                    correct, left, all - correct - left));
        });
        return text.toString();
    }
}
