package org.catwalk.it.harness;

/**
 * Where Catwalk means to behave differently from the stock connector. {@code it/differences.md} gives the reasons; a test keeps the
 * two lists the same. A scenario that holds for Catwalk only is marked with one of these and skipped with {@code -Dconnector=stock}.
 */
public enum Difference {

    /** Catwalk sends the standard reason phrase ("200 OK"); stock repeats the status code ("200 200"). */
    REASON_PHRASE,

    /** Response headers over packetSize become one clean 500; stock breaks the packet and mod_jk runs the request again. */
    OVERSIZED_RESPONSE_HEADERS,

    /** A finished asynchronous request leaves its thread free; stock lets it wait on the idle connection. */
    THREAD_AFTER_ASYNC,

    /** A failure after commit, or too short a body, is never passed off as a complete response. */
    FAILURE_AFTER_COMMIT,

    /** A small response leaves in one write; stock writes head, body and end one after the other. */
    ONE_WRITE_PER_RESPONSE,

    /** Attributes that stock does not have, such as secrets or unknownAttributes, and what they do. */
    OWN_ATTRIBUTES,

    /** Each reason to refuse something has its own log line, limited in number, and its own counter in JMX. */
    REFUSAL_LOG,

    /** Packets of a request that are larger than packetSize are accepted. */
    LARGER_PACKETS,

    /** A paused connector refuses new connections at once; with stock they wait until it resumes. */
    PAUSE,

    /** Before the applications stop, requests in flight and on their way are answered, and idle connections closed. */
    DRAIN
}
