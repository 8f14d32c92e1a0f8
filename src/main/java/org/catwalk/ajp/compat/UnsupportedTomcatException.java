package org.catwalk.ajp.compat;

/**
 * The host is no Tomcat that this connector can run in. The message names the version found and the versions supported.
 */
public final class UnsupportedTomcatException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    UnsupportedTomcatException(String message) {
        super(message);
    }
}
