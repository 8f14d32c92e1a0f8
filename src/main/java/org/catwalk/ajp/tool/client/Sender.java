package org.catwalk.ajp.tool.client;

/** Which side sent a packet. */
public enum Sender {

    /** httpd, or we in its place: packets begin with 0x1234. */
    WEB_SERVER,
    /** Tomcat: packets begin with the letters AB. */
    CONTAINER
}
