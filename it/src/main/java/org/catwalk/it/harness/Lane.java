package org.catwalk.it.harness;

/** One way from the client to Tomcat: a front end, and a packet size that is set on both of its ends. */
public enum Lane {

    MOD_JK_8K(FrontEnd.MOD_JK, 8192),
    MOD_JK_64K(FrontEnd.MOD_JK, 65536),
    MOD_PROXY_AJP_8K(FrontEnd.MOD_PROXY_AJP, 8192),
    MOD_PROXY_AJP_64K(FrontEnd.MOD_PROXY_AJP, 65536);

    private final FrontEnd frontEnd;
    private final int packetSize;

    Lane(FrontEnd frontEnd, int packetSize) {
        this.frontEnd = frontEnd;
        this.packetSize = packetSize;
    }

    public FrontEnd frontEnd() {
        return frontEnd;
    }

    /** Largest AJP packet in bytes, header included, in both directions. */
    public int packetSize() {
        return packetSize;
    }

    public boolean isModJk() {
        return frontEnd == FrontEnd.MOD_JK;
    }

    /** The connector for ordinary traffic at this packet size. */
    public Mount mount() {
        return packetSize == 8192 ? Mount.PLAIN_8K : Mount.PLAIN_64K;
    }

    /** As {@link #mount()}, but the front end keeps a single AJP connection, so that each request follows the other on it. */
    public Mount singleConnectionMount() {
        return packetSize == 8192 ? Mount.SINGLE_CONNECTION_8K : Mount.SINGLE_CONNECTION_64K;
    }

    /** As {@link #mount()}, with httpd taking TLS and asking for a client certificate. */
    public Mount tlsMount() {
        return packetSize == 8192 ? Mount.TLS_8K : Mount.TLS_64K;
    }
}
