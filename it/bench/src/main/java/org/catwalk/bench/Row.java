package org.catwalk.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * A line of the table: one load, or one thing to count, for everybody who can do it.
 *
 * @param id what {@code --rows} calls it
 * @param field who takes part, made of the contestants that were chosen
 */
record Row(String id, String title, List<Goal> goals, Function<List<Contestant>, List<Entrant>> field) {

    /** Makes what measures a contestant. */
    interface Opening {

        Station open(Arena arena, Contestant contestant) throws IOException;
    }

    /**
     * Somebody who takes part.
     *
     * @param name in the table
     * @param baseline name of the entrant to be compared with
     * @param judged whether the goals are meant for it
     */
    record Entrant(String name, String baseline, boolean judged, Contestant contestant, Opening opening) {
    }

    /** A row in which every AJP connector takes part and Catwalk is judged. */
    static Row forAll(String id, String title, Opening opening, Goal... goals) {
        return new Row(id, title, List.of(goals), contestants -> {
            List<Contestant> ajp = contestants.stream().filter(each -> each.kind() != Contestant.Kind.HTTP).toList();
            return ajp.stream().map(each -> new Entrant(each.name(), ajp.get(0).name(), each.isCatwalk(), each, opening)).toList();
        });
    }

    /** The same without Undertow, whose listener has no packet size to be set. */
    Row onTomcat() {
        return new Row(id, title, goals, contestants -> field.apply(
                contestants.stream().filter(each -> each.kind() != Contestant.Kind.UNDERTOW).toList()));
    }
}
