package org.catwalk.ajp.guard;

import java.net.InetAddress;
import java.util.List;

import org.catwalk.ajp.config.Cidr;

/**
 * Decides at accept, before a byte is read, whether an address may connect. No address is ever looked up.
 */
public final class PeerFilter {

    private final Cidr[] allowed;

    /**
     * @param allowed the blocks that may connect; empty means everybody
     */
    public PeerFilter(List<Cidr> allowed) {
        this.allowed = allowed.toArray(Cidr[]::new);
    }

    /**
     * Whether this peer may connect.
     *
     * @param peer null for a unix domain socket, whose file permissions have decided already
     */
    public boolean allows(InetAddress peer) {
        if (allowed.length == 0 || peer == null) {
            return true;
        }
        for (Cidr block : allowed) {
            if (block.contains(peer)) {
                return true;
            }
        }
        return false;
    }

    /** What was expected, for the log line of {@link Refusal#PEER_NOT_ALLOWED}. */
    public String expected() {
        return allowed.length == 0 ? "any address" : "an address in " + List.of(allowed);
    }
}
