package org.catwalk.ajp.tool.console;

import java.io.Console;

/** Whether somebody sits there. */
public final class Terminal {

    private Terminal() {
    }

    /** @return whether standard input and output both are a terminal */
    public static boolean isThere() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // From Java 22 on there is a console without a terminal, too.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
