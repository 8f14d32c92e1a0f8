package org.catwalk.ajp.endpoint;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Counts open connections by peer address. Addresses without one are not remembered, so it cannot grow beyond maxConnections. */
final class PeerCensus {

    private final ConcurrentMap<InetAddress, Integer> open = new ConcurrentHashMap<>();
    private volatile int limit;

    /** @param perPeer not positive means no limit */
    void setLimit(int perPeer) {
        limit = perPeer;
    }

    int limit() {
        return limit;
    }

    /** @return whether the peer has as many as it may */
    boolean isFull(InetAddress peer) {
        int l = limit;
        return l > 0 && open.getOrDefault(peer, 0) >= l;
    }

    /** @return false if the peer has as many as it may; it is not counted then */
    boolean enter(InetAddress peer) {
        int l = limit;
        int count = open.merge(peer, 1, Integer::sum);
        if (l > 0 && count > l) {
            leave(peer);
            return false;
        }
        return true;
    }

    /** @param peer as given to {@link #enter}; null is ignored */
    void leave(InetAddress peer) {
        if (peer != null) {
            open.computeIfPresent(peer, (address, count) -> count > 1 ? count - 1 : null);
        }
    }

    /** @return peers that have a connection now. */
    int peers() {
        return open.size();
    }
}
