package org.catwalk.ajp.tool.decode;

import org.catwalk.ajp.wire.ResponseSink;
import org.catwalk.ajp.wire.Span;

/** A container's message as text. */
final class ResponseText implements ResponseSink {

    private final StringBuilder text;
    private final boolean showsBodies;

    ResponseText(StringBuilder text, boolean showsBodies) {
        this.text = text;
        this.showsBodies = showsBodies;
    }

    @Override
    public void sendHeaders(int status, Span reason, int headerCount) {
        text.append("SEND_HEADERS ").append(status).append(' ').append(Quoted.text(reason));
    }

    @Override
    public void header(int code, Span name, Span value) {
        text.append("\n     ").append(Quoted.text(name)).append(": ").append(Quoted.headerValue(name, value));
    }

    @Override
    public void headersEnd() {
    }

    @Override
    public void bodyChunk(Span data) {
        text.append(data.length() == 0 ? "SEND_BODY_CHUNK empty: flush" : "SEND_BODY_CHUNK " + data.length() + " bytes");
        if (showsBodies) {
            Quoted.dump(data.array(), data.offset(), data.length(), text);
        }
    }

    @Override
    public void getBodyChunk(int askedBytes) {
        text.append("GET_BODY_CHUNK up to ").append(askedBytes).append(" bytes");
    }

    @Override
    public void endResponse(boolean reuse) {
        text.append("END_RESPONSE ").append(reuse ? "reuse the connection" : "close the connection");
    }

    @Override
    public void cpong() {
        text.append("CPONG");
    }
}
