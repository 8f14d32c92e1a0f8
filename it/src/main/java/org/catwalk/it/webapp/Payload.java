package org.catwalk.it.webapp;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Bytes that depend on their position alone, so that both ends know them without telling each other. The pattern repeats after a
 * prime number of bytes: a piece that is lost, doubled or swapped changes the checksum whatever its packet size.
 */
public final class Payload {

    /** What the ledger has behind the id of a request whose body was damaged without anybody saying so. */
    public static final String DAMAGED = "/damaged";

    private static final int PERIOD = 65521;
    private static final byte[] PATTERN = new byte[PERIOD];

    static {
        new Random(8009).nextBytes(PATTERN);
    }

    private Payload() {
    }

    /** Fills {@code into} with the bytes from {@code position} on. */
    public static void fill(byte[] into, int offset, int length, long position) {
        int done = 0;
        while (done < length) {
            int from = (int) ((position + done) % PERIOD);
            int piece = Math.min(length - done, PERIOD - from);
            System.arraycopy(PATTERN, from, into, offset + done, piece);
            done += piece;
        }
    }

    /** The first {@code size} bytes. */
    public static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        fill(bytes, 0, size, 0);
        return bytes;
    }

    /** Where the bytes begin that belong to a request, so that the body of one is not taken for that of another. */
    public static int startOf(String id) {
        return Math.floorMod(id.hashCode(), PERIOD);
    }

    /** {@code size} bytes from {@code start} on. */
    public static byte[] bytes(int start, int size) {
        byte[] bytes = new byte[size];
        fill(bytes, 0, size, start);
        return bytes;
    }

    /** A server-sent event that belongs to a request. */
    public static String event(String id, int number) {
        return "data: " + id + " " + number + "\n\n";
    }

    /** Writes the first {@code size} bytes in pieces of {@code piece}. */
    public static void write(OutputStream out, long size, int piece) throws IOException {
        byte[] buffer = new byte[piece];
        for (long position = 0; position < size; position += piece) {
            int length = (int) Math.min(piece, size - position);
            fill(buffer, 0, length, position);
            out.write(buffer, 0, length);
        }
    }

    /** What {@link Checksum#value()} gives for the first {@code size} bytes. */
    public static String checksum(long size) {
        return checksum(0, size);
    }

    /** What {@link Checksum#value()} gives for {@code size} bytes from {@code start} on. */
    public static String checksum(long start, long size) {
        Checksum checksum = new Checksum();
        byte[] buffer = new byte[PERIOD];
        for (long position = 0; position < size; position += PERIOD) {
            int length = (int) Math.min(PERIOD, size - position);
            fill(buffer, 0, length, start + position);
            checksum.add(buffer, 0, length);
        }
        return checksum.value();
    }

    /** Length and CRC-32C of the bytes that went by. */
    public static final class Checksum {

        private final CRC32C crc = new CRC32C();
        private long length;

        public void add(byte[] bytes, int offset, int count) {
            crc.update(bytes, offset, count);
            length += count;
        }

        public long length() {
            return length;
        }

        /** For instance {@code 65536:89abcdef}. */
        public String value() {
            return length + ":" + Long.toHexString(crc.getValue());
        }
    }
}
