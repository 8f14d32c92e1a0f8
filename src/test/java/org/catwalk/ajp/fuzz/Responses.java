package org.catwalk.ajp.fuzz;

import org.catwalk.ajp.wire.ResponseSink;
import org.catwalk.ajp.wire.Span;

/** What a container said, message by message. */
class Responses implements ResponseSink {

    private int headersLeft;

    @Override
    public void sendHeaders(int status, Span reason, int headerCount) {
        headersLeft = headerCount;
    }

    @Override
    public void header(int code, Span name, Span value) {
        headersLeft--;
    }

    @Override
    public void headersEnd() {
        if (headersLeft != 0) {
            throw new AssertionError(headersLeft + " headers fewer than announced");
        }
    }

    @Override
    public void bodyChunk(Span data) {
        // Of no interest here.
    }

    @Override
    public void getBodyChunk(int askedBytes) {
        // Of no interest here.
    }

    @Override
    public void endResponse(boolean reuse) {
        // Of no interest here.
    }

    @Override
    public void cpong() {
        // Of no interest here.
    }
}
