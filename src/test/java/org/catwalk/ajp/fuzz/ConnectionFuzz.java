package org.catwalk.ajp.fuzz;

/**
 * One connection of a running connector, between a web server that says and does anything and a Tomcat whose application does anything too.
 *
 * @see Conversation for what an input means
 * @see Transcript for what the answers must be
 */
public final class ConnectionFuzz {

    private static FuzzedServer server;

    private ConnectionFuzz() {
    }

    /** Called by Jazzer. */
    public static void fuzzerInitialize() {
        server = new FuzzedServer();
    }

    /** Called by Jazzer. */
    public static void fuzzerTearDown() {
        server.close();
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        Conversation conversation = Conversation.of(input);
        try {
            server.play(conversation);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + conversation.hex(), e);
        }
    }
}
