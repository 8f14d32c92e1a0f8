package org.catwalk.bench.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The server's side of the pipe to the benchmark. One command a line, one line of answer:
 *
 * <pre>
 *   (start)     READY port
 *   heap        bytes of heap in use after a full collection, a space, bytes of direct buffers
 *   allocated   bytes that all live threads have allocated since they started
 *   sample      starts to sample allocations
 *   sampled     stops it: "bytes class:bytes class:bytes ..." allocated by connector packages
 *   end of file the server stops
 * </pre>
 */
final class Commands {

    private Commands() {
    }

    /** Returns when the benchmark has closed the pipe. */
    static void obey(int port) throws IOException {
        System.out.println("READY " + port);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Allocation allocation = new Allocation();
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            System.out.println(switch (command) {
                case "heap" -> allocation.heapAndDirectBytes();
                case "allocated" -> allocation.allocatedBytes();
                case "sample" -> allocation.startSampling();
                case "sampled" -> allocation.stopSampling();
                default -> "unknown command " + command;
            });
        }
    }
}
