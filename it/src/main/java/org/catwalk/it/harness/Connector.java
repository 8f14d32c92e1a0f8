package org.catwalk.it.harness;

import java.util.Locale;

/** Whose AJP connector Tomcat runs: chosen by {@code -Dconnector=catwalk|stock}. */
public enum Connector {

    /** The jar under test, dropped into Tomcat's {@code lib/}. */
    CATWALK("org.catwalk.ajp.AjpProtocol"),

    /** The connector that Tomcat brings along, for comparison; {@link Difference} lists where we mean to differ. */
    STOCK("AJP/1.3");

    private final String protocol;

    Connector(String protocol) {
        this.protocol = protocol;
    }

    /** The value of the {@code protocol} attribute in server.xml. */
    public String protocol() {
        return protocol;
    }

    /** The connector that this run is about. */
    public static Connector underTest() {
        String chosen = System.getProperty("connector", CATWALK.name());
        try {
            return valueOf(chosen.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("-Dconnector=" + chosen + " is unknown; say catwalk or stock.", e);
        }
    }
}
