package org.catwalk.bench;

import java.util.List;

/** A line of the table: one load, or one thing to count, for every contestant. */
interface Row {

    /** What {@code --rows} calls it. */
    String id();

    String title();

    List<Goal> goals();

    /** Measures the contestants in turn, round after round. What fails becomes a remark. */
    void run(Arena arena, Schedule schedule, List<Contestant> contestants, RowResult into);
}
