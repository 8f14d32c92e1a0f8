package org.catwalk.ajp.tool.client;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.catwalk.ajp.wire.ResponseSink;
import org.catwalk.ajp.wire.Span;

/** Collects the messages of one answer. */
final class Answer implements ResponseSink {

    private static final int NOT_ASKED = -1;

    private final OutputStream bodyTo;
    private final List<HeaderField> headers = new ArrayList<>();
    private IOException bodyFailure;
    private int status;
    private String reason;
    private long bodyBytes;
    private int asked = NOT_ASKED;
    private boolean pong;
    private boolean complete;
    private boolean reuse;
    private int packets;
    private int largestPacket;
    private Duration now;
    private Duration timeToHead = Duration.ZERO;

    Answer(OutputStream bodyTo) {
        this.bodyTo = bodyTo;
    }

    /** A packet of that many bytes has come so long after the request. */
    void begin(int packetBytes, Duration since) {
        packets++;
        largestPacket = Math.max(largestPacket, packetBytes);
        now = since;
    }

    boolean isComplete() {
        return complete;
    }

    boolean isPong() {
        return pong;
    }

    int packets() {
        return packets;
    }

    /** @return the size last asked for, once; -1 if nothing was asked for since */
    int takeAsked() {
        int size = asked;
        asked = NOT_ASKED;
        return size;
    }

    void rethrow() throws IOException {
        if (bodyFailure != null) {
            throw bodyFailure;
        }
    }

    AjpResponse response(byte[] body) {
        return new AjpResponse(status, reason, List.copyOf(headers), body, bodyBytes, reuse, packets, largestPacket, timeToHead, now);
    }

    @Override
    public void sendHeaders(int code, Span phrase, int headerCount) {
        status = code;
        reason = phrase.toString();
        headers.clear();
        timeToHead = now;
    }

    @Override
    public void header(int code, Span name, Span value) {
        headers.add(new HeaderField(name.toString(), value.toString()));
    }

    @Override
    public void headersEnd() {
    }

    @Override
    public void bodyChunk(Span data) {
        bodyBytes += data.length();
        try {
            bodyTo.write(data.array(), data.offset(), data.length());
        } catch (IOException e) {
            bodyFailure = e;
        }
    }

    @Override
    public void getBodyChunk(int askedBytes) {
        asked = askedBytes;
    }

    @Override
    public void endResponse(boolean mayBeReused) {
        complete = true;
        reuse = mayBeReused;
    }

    @Override
    public void cpong() {
        pong = true;
    }
}
