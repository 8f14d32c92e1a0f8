package org.catwalk.ajp.endpoint;

import java.io.IOException;

/** So many packets above the default size are in flight that one more would endanger the heap. */
public final class BuffersExhaustedException extends IOException {

    private static final long serialVersionUID = 1L;

    BuffersExhaustedException(int atMost) {
        super("All " + atMost + " buffers for packets of more than " + BufferPool.SMALL + " bytes are in use");
    }
}
