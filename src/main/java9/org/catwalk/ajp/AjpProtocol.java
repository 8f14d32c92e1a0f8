package org.catwalk.ajp;

/**
 * What Java 9 to 16 find in the jar in place of the connector, which is compiled for Java 17. Without it they would name the number of a
 * class file version, and not a Java that will do.
 */
public final class AjpProtocol {

    /** Called by Tomcat for {@code protocol="org.catwalk.ajp.AjpProtocol"}. */
    public AjpProtocol() {
        throw new UnsupportedOperationException("The AJP connector cannot run on this Java: found version " + System.getProperty("java.version")
                + ", supported are 17 and later. Run Tomcat on one of them (JAVA_HOME or JRE_HOME), or set protocol=\"AJP/1.3\" on the Connector "
                + "to use Tomcat's own.");
    }
}
