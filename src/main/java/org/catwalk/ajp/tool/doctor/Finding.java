package org.catwalk.ajp.tool.doctor;

import java.util.List;

/**
 * One thing that was found. No text holds a secret.
 *
 * @param severity how bad it is
 * @param code in capitals; scripts rely on it, so it never changes once released
 * @param what is so
 * @param effect what comes of it
 * @param cure what to do, one step a line; one of them is enough if they begin with "or"
 */
record Finding(Severity severity, String code, String what, String effect, List<String> cure) {

    static Finding broken(String code, String what, String effect, String... cure) {
        return new Finding(Severity.BROKEN, code, what, effect, List.of(cure));
    }

    static Finding warning(String code, String what, String effect, String... cure) {
        return new Finding(Severity.WARNING, code, what, effect, List.of(cure));
    }

    static Finding note(String code, String what, String effect, String... cure) {
        return new Finding(Severity.NOTE, code, what, effect, List.of(cure));
    }
}
