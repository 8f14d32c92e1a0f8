package org.catwalk.ajp.processor;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

import org.apache.coyote.BadRequestException;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.endpoint.AjpConnection;
import org.catwalk.ajp.endpoint.PacketFaultException;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.wire.AjpException;
import org.catwalk.ajp.wire.BodyChunk;

/**
 * The request body, chunk by chunk, as the application asks for it.
 *
 * <pre>
 *   begin --- no Content-Length, no Transfer-Encoding, or 0 -----------------------> END
 *   begin --- Content-Length: the first chunk comes unasked -------> OWED
 *   begin --- unknown length -----------------> MORE --- asked ----> OWED
 *   OWED  --- data --> CHUNK --- given out, more remains ----------> MORE
 *                      CHUNK --- given out, nothing remains -------> END
 *   OWED  --- empty packet, length unknown ------------------------> END
 *   OWED  --- empty packet within a Content-Length, EOF, fault ----> FAILED
 *   any   --- FORM login replay ---> REPLAY --- given out ---------> END
 * </pre>
 *
 * How many chunks may be outstanding (OWED stands for one or more) is said by {@link #window()}. Used by one thread at a
 * time.
 */
final class RequestBody implements InputBuffer {

    private enum State { OWED, MORE, CHUNK, REPLAY, END, FAILED }

    private static final long UNKNOWN = -1;

    /**
     * Packets, and as much data as fits into so many, that are asked for one by one before reading ahead: an interactive application
     * has answered by then. One piece of its conversation may come in many small packets, as mod_proxy_ajp passes on what is there.
     */
    private static final int PACKETS_BEFORE_READ_AHEAD = 3;
    /** What may be outstanding in bytes, but two chunks in any case: what fits into the sockets' buffers for certain. */
    private static final int WINDOW_BYTES = 64 * 1024;

    private final ConnectorServices services;
    private final ResponseWriter writer;

    private AjpConnection connection;
    private State state = State.END;
    private long remaining;
    private int askSize;
    private int bodyWindow;
    private int outstanding;
    private int chunksRead;
    private int largestChunk;
    private long received;
    private byte[] bytes;
    private int from;
    private int length;
    /** What the container was given last; it reads from there at its own pace. */
    private ByteBuffer given;
    private IOException failure;
    private boolean outOfStep;
    private boolean asked;
    private boolean clientLeft;

    RequestBody(ConnectorServices services, ResponseWriter writer) {
        this.services = services;
        this.writer = writer;
    }

    /**
     * @param contentLength as announced, -1 if not
     * @param chunked whether there is a Transfer-Encoding; without that and a Content-Length a request has no body
     * @param settings packetSize and bodyWindow are used
     * @see "RFC 9112, 6.3"
     */
    void begin(AjpConnection newConnection, long contentLength, boolean chunked, AjpSettings settings) {
        connection = newConnection;
        askSize = settings.packetSize() - BodyChunk.OVERHEAD;
        bodyWindow = settings.bodyWindow();
        largestChunk = Math.max(askSize, newConnection.largestBodyChunk());
        remaining = contentLength;
        received = 0;
        chunksRead = 0;
        outstanding = 0;
        if (contentLength > 0) {
            state = State.OWED;
            outstanding = 1;
        } else if (contentLength == 0 || !chunked) {
            state = State.END;
        } else {
            remaining = UNKNOWN;
            state = State.MORE;
        }
    }

    /** Replaces the body by one that was kept, as after a FORM login. */
    void replay(ByteChunk body) {
        // What the web server still owes of the real body stays owed.
        bytes = body.getBytes();
        from = body.getStart();
        length = body.getLength();
        state = State.REPLAY;
    }

    /** @return body packets that are on their way and that nobody will read any more. */
    int owed() {
        return outstanding;
    }

    /** @return whether the stream of packets is broken, so that the connection must not be used again. */
    boolean isOutOfStep() {
        return outOfStep;
    }

    /** @return whether a GET_BODY_CHUNK was sent; after that mod_jk does not repeat the request. */
    boolean wasAsked() {
        return asked;
    }

    boolean isAtEnd() {
        return state == State.END;
    }

    /**
     * @return whether the container still has unread bytes of the chunk that it was given last; as long as it has, nothing may be
     *         received, because the next packet would be put in their place
     */
    boolean isBeingConsumed() {
        return given != null && given.hasRemaining();
    }

    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
        while (true) {
            switch (state) {
                case END:
                    return -1;
                case FAILED:
                    throw failure;
                case REPLAY:
                case CHUNK:
                    return giveOut(handler);
                case MORE:
                    ask();
                    await(true);
                    break;
                case OWED:
                    ask();
                    writer.flushBeforeWaiting();
                    await(chunksRead > 0);
                    break;
                default:
                    throw new IllegalStateException(state.name());
            }
        }
    }

    @Override
    public int available() {
        return state == State.CHUNK || state == State.REPLAY ? length : 0;
    }

    /**
     * @param mayReceive whether to look for a chunk, and to ask for one if none is outstanding; never waits
     * @return bytes that can be read without waiting; 1 if reading would fail, so that the application reads and learns why
     */
    int available(boolean mayReceive) {
        if (isBeingConsumed()) {
            return given.remaining();
        }
        if (mayReceive) {
            poll();
        }
        return state == State.FAILED ? 1 : available();
    }

    /** Takes a chunk in if one is there; asks for one if none is outstanding. */
    void poll() {
        try {
            if (state == State.MORE || state == State.OWED) {
                ask();
            }
            if (state == State.OWED && connection.pollPacket()) {
                accept();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /** The connection failed while nobody was reading: from now on reading fails, and the connection is not used again. */
    void breakOff(IOException e) {
        if (state != State.END && state != State.FAILED) {
            fail(e != null ? e : new EOFException("The web server closed the connection"));
        }
        outOfStep = true;
    }

    void recycle() {
        connection = null;
        state = State.END;
        bytes = null;
        given = null;
        length = 0;
        failure = null;
        outOfStep = false;
        asked = false;
        clientLeft = false;
        outstanding = 0;
    }

    private int giveOut(ApplicationBufferHandler handler) {
        int n = length;
        given = ByteBuffer.wrap(bytes, from, n);
        handler.setByteBuffer(given);
        bytes = null;
        length = 0;
        if (state == State.REPLAY || remaining == 0) {
            state = State.END;
        } else {
            state = outstanding > 0 ? State.OWED : State.MORE;
        }
        return n;
    }

    /** Asks for as many chunks as the window has room for, in one write, when at least half of it is free. */
    private void ask() throws IOException {
        int window = window();
        if (outstanding > window / 2) {
            return;
        }
        int chunks = 0;
        while (outstanding + chunks < window && wants(outstanding + chunks)) {
            chunks++;
        }
        if (chunks == 0) {
            return;
        }
        int size = remaining == UNKNOWN ? askSize : (int) Math.min(askSize, remaining);
        writer.askForBody(size, chunks);
        services.counters().add(Counters.Event.GET_BODY_CHUNKS, chunks);
        outstanding += chunks;
        services.counters().bodyWindow().count(outstanding);
        asked = true;
        state = State.OWED;
    }

    /**
     * @return chunks that may be outstanding. More than one only while the application does nothing but read a body of known
     *         length: a front end answers requests for body data strictly in turn with everything else, so the client of an
     *         application that answers each piece would wait for the answer, and the front end for the client.
     */
    private int window() {
        boolean begun = chunksRead >= PACKETS_BEFORE_READ_AHEAD && received >= (long) PACKETS_BEFORE_READ_AHEAD * askSize;
        if (remaining == UNKNOWN || !begun || writer.isCommitted()) {
            return 1;
        }
        return Math.min(bodyWindow, Math.max(2, WINDOW_BYTES / largestChunk));
    }

    /** @return whether there is body left for one more chunk; a front end answers an ask beyond the end with a failure */
    private boolean wants(int alreadyOutstanding) {
        return remaining == UNKNOWN ? alreadyOutstanding == 0 : remaining > (long) alreadyOutstanding * largestChunk;
    }

    private void await(boolean notYetThere) throws IOException {
        try {
            connection.awaitPacket(connection.bodyTimeoutMillis(), notYetThere);
            accept();
        } catch (IOException e) {
            fail(e);
            throw failure;
        }
    }

    private void accept() throws IOException {
        int start = connection.payloadStart();
        int end = connection.payloadEnd();
        byte[] packet = connection.packetBytes();
        services.counters().count(Counters.Event.BODY_PACKETS);
        int n;
        try {
            n = BodyChunk.dataLength(packet, start, end);
        } catch (AjpException e) {
            throw refused(Refusal.BODY_FRAMING, "a body packet of " + (end - start)
                    + " bytes whose length field says otherwise (" + e.error() + ")");
        }
        connection.consumePacket();
        outstanding--;
        if (n == 0) {
            onEmptyPacket();
            return;
        }
        if (remaining != UNKNOWN) {
            if (n > remaining) {
                throw refused(Refusal.BODY_TOO_LONG, "a body chunk of " + n + " bytes where only " + remaining
                        + " of the Content-Length remained");
            }
            remaining -= n;
        }
        received += n;
        chunksRead++;
        if (n > largestChunk) {
            largestChunk = n;
            connection.noteBodyChunk(n);
        }
        if (chunksRead == 1 && remaining > n) {
            connection.expectMuch();
        }
        bytes = packet;
        from = start + BodyChunk.PREFIX_BYTES;
        length = n;
        state = State.CHUNK;
    }

    /** The end of a body of unknown length. Within a Content-Length it means that the client left. */
    private void onEmptyPacket() throws IOException {
        if (remaining == UNKNOWN) {
            state = State.END;
            return;
        }
        state = outstanding > 0 ? State.OWED : State.MORE;
        clientLeft = true;
        // In step as far as can be seen, but something has gone wrong: what comes behind it is not looked at.
        outOfStep = true;
        services.counters().count(Counters.Event.CLIENT_ABORTS);
        throw new EOFException(noted(Refusal.BODY_TRUNCATED, "the client's end after " + received + " bytes, " + remaining
                + " before the Content-Length"));
    }

    private BadRequestException refused(Refusal reason, String found) {
        outOfStep = true;
        return new BadRequestException(noted(reason, found));
    }

    private String noted(Refusal reason, String found) {
        services.counters().count(reason);
        services.refusals().refused(reason, connection.peer(), () -> "Found " + found + ". " + reason.advice());
        return "The request body cannot be read: found " + found;
    }

    private void fail(IOException e) {
        IOException reported = e;
        if (e instanceof PacketFaultException) {
            reported = refused(Refusal.BODY_FRAMING, "something else than a body packet (" + e.getMessage() + ")");
        } else if (e instanceof SocketTimeoutException) {
            outOfStep = true;
            noted(Refusal.BODY_TIMEOUT, "no body data in time after " + received + " bytes (" + e.getMessage() + ")");
        } else if (state == State.OWED && !(e instanceof BadRequestException) && !clientLeft) {
            // The connection itself ended or failed.
            outOfStep = true;
            services.counters().count(Counters.Event.CLIENT_ABORTS);
        }
        failure = reported;
        state = State.FAILED;
    }
}
