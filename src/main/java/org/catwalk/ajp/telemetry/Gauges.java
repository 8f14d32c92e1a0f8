package org.catwalk.ajp.telemetry;

import java.util.List;
import java.util.Map;

import org.catwalk.ajp.guard.Secrets;

/** What the connector does at this moment, as far as it is asked for and not counted. Asked at each read; must not wait for a request. */
public interface Gauges {

    /** Number of connections in each state; a state without any may be missing. */
    Map<ConnectionState, Integer> connections();

    /** One entry for each kind. */
    List<BufferUse> buffers();

    /** @return serving, draining or drained. */
    String drainState();

    /** The use of every valid secret. */
    List<Secrets.Use> secrets();
}
