package org.catwalk.bench;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Measures one entrant in one row. It exists beside the other entrants' stations, but only one of them is at work at a time. */
interface Station extends Closeable {

    /** Lets the server compile what this row needs. */
    void warmUp(Duration duration) throws IOException;

    /** One round. */
    Map<Metric, Double> round(Schedule schedule) throws IOException;

    /** Something that a reader of the figures should know. */
    default Optional<String> remark() {
        return Optional.empty();
    }
}
