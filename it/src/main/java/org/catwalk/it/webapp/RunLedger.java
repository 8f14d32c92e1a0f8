package org.catwalk.it.webapp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file in which all nodes of a fleet enter which request they have run, {@code fleet.ledger}; it outlives each of them. */
final class RunLedger {

    /** This node's name. */
    static final String NODE = System.getProperty("fleet.node", "?");

    private static final String FILE = System.getProperty("fleet.ledger");

    private RunLedger() {
    }

    /** One write, in append mode: nodes do not disturb each other, and what is written survives the end of this process. */
    static void enter(String id) throws IOException {
        if (FILE != null && id != null) {
            try (FileChannel file = FileChannel.open(Path.of(FILE), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                file.write(ByteBuffer.wrap((id + " " + NODE + "\n").getBytes(StandardCharsets.US_ASCII)));
            }
        }
    }
}
