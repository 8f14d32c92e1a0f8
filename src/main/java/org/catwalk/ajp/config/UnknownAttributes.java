package org.catwalk.ajp.config;

/** What happens to a request attribute that is neither one of AJP's own nor allowed by name or pattern. */
public enum UnknownAttributes {

    /** The request is refused with 403, as the stock connector does. */
    REJECT,
    /** The attribute is dropped and the request goes on. */
    IGNORE,
    /** As {@link #IGNORE}, with a line in the log that names the attribute. */
    LOG
}
