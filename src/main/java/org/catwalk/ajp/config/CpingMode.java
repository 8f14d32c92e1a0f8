package org.catwalk.ajp.config;

/** What an answer to CPING says. */
public enum CpingMode {

    /** The connector is alive: answered by the event loop even when every worker thread is busy. */
    ALIVE,
    /** A request could be run now: answered only while a worker thread is free. */
    READY
}
