package org.catwalk.ajp.tool.doctor;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * One value in a configuration file, and where it stands.
 *
 * @param name as it is written there
 * @param value as it is written there, variables filled in as far as they are known; perhaps a secret, so never to be printed as it is
 * @param file as the operator called it
 * @param line from 1
 */
record Setting(String name, String value, String file, int line) {

    /** Whether every variable in it is known: {@code ${...}} and {@code $(...)} are what is left of those that are not. */
    boolean isKnown() {
        return !value.contains("${") && !value.contains("$(");
    }

    /** @return the number, or nothing if it is none that an int can hold */
    OptionalInt number() {
        try {
            return OptionalInt.of(Integer.parseInt(value.trim()));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    String place() {
        return file + ", line " + line;
    }

    /** The value for a report: a secret is not shown, nor is its length. */
    String shown() {
        return isSecret() ? "(not shown)" : value;
    }

    private boolean isSecret() {
        return name.toLowerCase(Locale.ROOT).contains("secret");
    }

    @Override
    public String toString() {
        return name + "=" + shown() + " (" + place() + ")";
    }
}
