package org.catwalk.ajp;

import org.catwalk.ajp.endpoint.AjpEndpoint;
import org.catwalk.ajp.telemetry.Counters;

/** Lets tests in other packages see what only the root package may. */
public final class ConnectorInternals {

    private ConnectorInternals() {
    }

    public static Counters counters(AjpProtocol protocol) {
        return protocol.counters();
    }

    public static AjpEndpoint endpoint(AjpProtocol protocol) {
        return protocol.endpoint();
    }
}
