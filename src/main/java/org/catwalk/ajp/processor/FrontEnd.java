package org.catwalk.ajp.processor;

/**
 * What stands at the other end, as far as it matters for the end of a response that failed half-way.
 *
 * <p>mod_jk since 1.2.32 sends the attribute JK_LB_ACTIVATION with every request; mod_proxy_ajp never does, and no header
 * of a client can forge it.
 */
enum FrontEnd {

    /** Runs a request again when the connection ends without END_RESPONSE, even in mid-response. */
    MOD_JK,

    /** mod_proxy_ajp and all others: a connection that ends without END_RESPONSE makes the client see the cut. */
    OTHER;

    static final String ACTIVATION = "JK_LB_ACTIVATION";

    /** @return whether a failed response must still be ended with END_RESPONSE. */
    boolean needsEndResponse() {
        return this == MOD_JK;
    }
}
