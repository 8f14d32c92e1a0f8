package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.util.ArrayDeque;

/** Keeps {@link ParkingSelector}s for re-use; opening one costs three file descriptors' worth of system calls. */
final class ParkingLot {

    private final int kept;
    private final ArrayDeque<ParkingSelector> free = new ArrayDeque<>();
    private boolean closed;

    ParkingLot(int kept) {
        this.kept = kept;
    }

    ParkingSelector acquire() throws IOException {
        synchronized (this) {
            ParkingSelector p = free.pollFirst();
            if (p != null) {
                return p;
            }
        }
        return new ParkingSelector();
    }

    /** Takes one back. It is closed instead if its channel cannot be left, or if enough are kept already. */
    void release(ParkingSelector parking) {
        boolean reusable;
        try {
            parking.detach();
            reusable = true;
        } catch (IOException | RuntimeException e) {
            reusable = false;
        }
        synchronized (this) {
            if (reusable && !closed && free.size() < kept) {
                free.addFirst(parking);
                return;
            }
        }
        closeQuietly(parking);
    }

    synchronized void close() {
        closed = true;
        ParkingSelector p;
        while ((p = free.pollFirst()) != null) {
            closeQuietly(p);
        }
    }

    private static void closeQuietly(ParkingSelector parking) {
        try {
            parking.close();
        } catch (IOException e) {
            // A selector that cannot be closed has no consequence that anybody could act on.
        }
    }
}
