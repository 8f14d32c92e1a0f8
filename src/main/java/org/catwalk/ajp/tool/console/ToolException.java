package org.catwalk.ajp.tool.console;

/** Ends a command with one line for the user. */
public final class ToolException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * @param exitCode one of {@link ExitCode}
     * @param message one line: what happened, what was expected, how to fix it; no secret
     */
    public ToolException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** @return one of {@link ExitCode} */
    public int exitCode() {
        return exitCode;
    }
}
