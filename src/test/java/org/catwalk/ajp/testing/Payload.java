package org.catwalk.ajp.testing;

import java.util.Random;

/** Bytes in which every lost, doubled or misplaced one shows. */
public final class Payload {

    private Payload() {
    }

    /** The same bytes for the same size, in every run. */
    public static byte[] ofSize(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
