package org.catwalk.it.fleet;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the requests of a {@link Load}.
 *
 * @param outcomes one for each request that was sent
 * @param runs the ledger
 */
public record Figures(List<Outcome> outcomes, Map<String, List<String>> runs) {

    /**
     * One request.
     *
     * @param target method and what it asked for
     * @param node who answered; null if nobody did as he should
     * @param expectedNode who has the session; null if the request has none
     * @param failure what the client saw instead of its own answer; null if it is well
     * @param millis how long it took
     */
    public record Outcome(String id, String target, String node, String expectedNode, String failure, long millis) {
    }

    public int requests() {
        return outcomes.size();
    }

    /** Requests whose client got anything but its own complete answer. */
    public List<Outcome> failed() {
        return outcomes.stream().filter(outcome -> outcome.failure() != null).toList();
    }

    /** Requests that were run more than once. */
    public List<Outcome> repeated() {
        return outcomes.stream().filter(outcome -> runs.getOrDefault(outcome.id(), List.of()).size() > 1).toList();
    }

    /** Requests that another node answered than the one with their session. */
    public List<Outcome> misrouted() {
        return outcomes.stream().filter(outcome -> outcome.failure() == null && outcome.expectedNode() != null
                && !outcome.expectedNode().equals(outcome.node())).toList();
    }

    /** Requests by the node that answered them. */
    public Map<String, Long> byNode() {
        Map<String, Long> byNode = new TreeMap<>();
        outcomes.stream().filter(outcome -> outcome.node() != null).forEach(outcome -> byNode.merge(outcome.node(), 1L, Long::sum));
        return byNode;
    }

    public long slowestMillis() {
        return outcomes.stream().mapToLong(Outcome::millis).max().orElse(0);
    }

    @Override
    public String toString() {
        return requests() + " requests, " + failed().size() + " failed, " + repeated().size() + " repeated, " + misrouted().size()
                + " away from their session, slowest " + slowestMillis() + " ms, by node " + byNode()
                + (failed().isEmpty() ? "" : "; failed: " + failed().subList(0, Math.min(5, failed().size())))
                + (repeated().isEmpty() ? "" : "; repeated: " + repeated().subList(0, Math.min(5, repeated().size())));
    }
}
