package org.catwalk.it.fleet;

import org.catwalk.it.harness.FreePorts;
import org.catwalk.it.harness.TomcatInstance;

/** One Tomcat of a fleet, which may be down. It comes back to the port that it had. */
public final class Node implements AutoCloseable {

    private final String name;
    private final int port = FreePorts.toReturnTo();
    private final Fleet fleet;
    private TomcatInstance tomcat;

    Node(String name, Fleet fleet) {
        this.name = name;
        this.fleet = fleet;
    }

    /** Its jvmRoute, too. */
    public String name() {
        return name;
    }

    /** Of its AJP connector. */
    public int port() {
        return port;
    }

    /** @return the one that runs, or ran last. */
    public TomcatInstance tomcat() {
        return tomcat;
    }

    public boolean isUp() {
        return tomcat != null && tomcat.isAlive();
    }

    /** Returns when it serves. */
    public Node start() {
        tomcat = fleet.configure(this).start();
        return this;
    }

    /** SIGTERM, as a service manager stops it; returns when the process has ended. */
    public Node stop() {
        tomcat.close();
        return this;
    }

    public Node kill() {
        tomcat.kill();
        return this;
    }

    public Node hang() {
        tomcat.signal("STOP");
        return this;
    }

    public Node goOn() {
        tomcat.signal("CONT");
        return this;
    }

    /** Calls an operation of the MBean of its AJP connector. */
    public Object invoke(String operation) {
        return tomcat.jmx().invoke(tomcat.connectorBean(Fleet.CONNECTOR), operation);
    }

    @Override
    public void close() {
        if (isUp()) {
            // One that hangs hears of nothing else.
            goOn();
            stop();
        }
    }
}
