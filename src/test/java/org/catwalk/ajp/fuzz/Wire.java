package org.catwalk.ajp.fuzz;

/** Numbers as AJP has them, in bytes that may be lies. */
final class Wire {

    private Wire() {
    }

    static int uint16(byte[] bytes, int offset) {
        return (bytes[offset] & 0xFF) << 8 | bytes[offset + 1] & 0xFF;
    }

    /** The lower 16 bits. */
    static void putUint16(byte[] bytes, int offset, int value) {
        bytes[offset] = (byte) (value >>> 8);
        bytes[offset + 1] = (byte) value;
    }
}
