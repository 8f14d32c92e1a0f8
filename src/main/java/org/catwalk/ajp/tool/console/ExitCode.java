package org.catwalk.ajp.tool.console;

/** What a script may rely on; the same for all commands. */
public final class ExitCode {

    /** All is well. */
    public static final int OK = 0;
    /** There was an answer, and it is not a good one: a ping lost, a status of 400 or more, a fault found, a packet that is not AJP. */
    public static final int NOT_GOOD = 1;
    /** The command line, or a file that it names, cannot be used: nothing was done. */
    public static final int USAGE = 2;
    /** There was no answer: no address, no connection, every ping lost, the connection closed. */
    public static final int NO_ANSWER = 3;

    private ExitCode() {
    }
}
