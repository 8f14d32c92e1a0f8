package org.catwalk.ajp.tool.console;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Reads a file and tells on a terminal how far it has got, if it takes long. */
public final class ProgressInput extends FilterInputStream {

    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final PrintWriter terminal;
    private final long size;
    private long read;
    private long toldNanos = System.nanoTime();
    private boolean hasTold;

    private ProgressInput(InputStream in, long size, PrintWriter terminal) {
        super(in);
        this.size = size;
        this.terminal = terminal;
    }

    /**
     * @param terminal standard error; nothing is written if nobody sits there
     */
    public static InputStream open(Path file, PrintWriter terminal) throws IOException {
        InputStream in = Files.newInputStream(file);
        return Terminal.isThere() ? new ProgressInput(in, Files.size(file), terminal) : in;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        tell(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        int n = super.read(into, from, length);
        tell(Math.max(0, n));
        return n;
    }

    private void tell(int bytes) {
        read += bytes;
        long now = System.nanoTime();
        if (size > 0 && now - toldNanos > PERIOD_NANOS) {
            toldNanos = now;
            hasTold = true;
            terminal.print("\r" + 100 * read / size + " % read");
            terminal.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (hasTold) {
            terminal.print("\r            \r");
            terminal.flush();
        }
        super.close();
    }
}
