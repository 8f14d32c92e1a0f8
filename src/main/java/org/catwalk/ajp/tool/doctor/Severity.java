package org.catwalk.ajp.tool.doctor;

/** How bad it is; the worst is last. */
enum Severity {
    /** Worth knowing; nothing has to be done. */
    NOTE,
    /** Works now, and will fail under load, after a while, or for some requests. */
    WARNING,
    /** Does not work. */
    BROKEN
}
