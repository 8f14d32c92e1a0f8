package org.catwalk.ajp.endpoint;

import org.slf4j.Logger;

/** For threads that must go on whatever happens, since everything else depends on them. */
final class Survival {

    private Survival() {
    }

    /** Says what happened, if it can still be said: it may be that there is no memory or no thread, which may well pass. */
    static void log(Logger log, String message, Throwable e) {
        try {
            log.error(message, e);
        } catch (RuntimeException | Error again) {
            // There is nowhere to say it.
        }
    }
}
