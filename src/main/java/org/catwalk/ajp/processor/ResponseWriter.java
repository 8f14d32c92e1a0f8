package org.catwalk.ajp.processor;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

import org.catwalk.ajp.endpoint.AjpConnection;
import org.catwalk.ajp.endpoint.BufferPool;
import org.catwalk.ajp.endpoint.ConnectionOutput;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.wire.ControlPackets;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.SendBodyChunk;
import org.catwalk.ajp.wire.SendHeaders;

/**
 * Collects the packets of one response in one buffer and sends them in few writes: a small response in one, head, body
 * and end together. It sends when the buffer is full, when the application flushes, before it waits for request body, at
 * the end, and when data has waited for long enough (the endpoint's deadline thread asks for that).
 *
 * <pre>
 *   IDLE -- begin --> OPEN -- head --> COMMITTED -- end --> ENDED -- recycle --> IDLE
 *                       \--------------- abandon --------------^
 * </pre>
 *
 * While a {@code WriteListener} is set nothing here waits: what the socket does not take is kept, and
 * {@link #hasPending()} says so.
 *
 * <p>The lock is for the deadline thread; it is free at nearly all times.
 */
final class ResponseWriter implements ConnectionOutput {

    private enum State { IDLE, OPEN, COMMITTED, ENDED }

    /** Data for which it is not worth while to begin a packet in what is left of the buffer. */
    private static final int MIN_PIECE = 1024;
    private static final int LAST_WORD_BYTES = 512;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final BufferPool buffers;
    private final Counters counters;
    private final RunningRequest request;
    private final ReentrantLock lock = new ReentrantLock();
    private final SendHeaders head = new SendHeaders();

    private AjpConnection connection;
    private State state = State.IDLE;
    private int packetSize;
    private boolean nonBlocking;
    private ByteBuffer out;
    /** Only without blocking: packets that no longer fit into {@link #out}, in order, ready to be read. */
    private ArrayDeque<ByteBuffer> spill;
    private boolean waitedATick;
    /** Whether nothing of this response, nor of another answer, has been sent. */
    private boolean firstByteDue;
    private IOException failure;

    ResponseWriter(BufferPool buffers, Counters counters, RunningRequest request) {
        this.buffers = buffers;
        this.counters = counters;
        this.request = request;
    }

    /** What others than its own thread may ask of the request that this is the response to. */
    interface RunningRequest {

        /** @return method and path, for a log line. */
        String description();

        boolean isHead();

        /** See {@link FrontEnd#needsEndResponse()}. */
        boolean needsEndResponse();
    }

    void begin(AjpConnection newConnection, int newPacketSize) {
        lock.lock();
        try {
            connection = newConnection;
            packetSize = newPacketSize;
            state = State.OPEN;
            firstByteDue = true;
        } finally {
            lock.unlock();
        }
    }

    /** From now on, or no longer, a {@code WriteListener} is told when the socket takes more; nothing waits meanwhile. */
    void setNonBlocking(boolean on) {
        nonBlocking = on;
    }

    /** @return whether the head has been written; what follows a failure now is an abort and no clean answer. */
    boolean isCommitted() {
        return state == State.COMMITTED || state == State.ENDED;
    }

    boolean isEnded() {
        return state == State.ENDED || state == State.IDLE;
    }

    /** @return whether the socket has failed, so that nothing more can be said to the web server. */
    boolean hasFailed() {
        return failure != null;
    }

    /** Writes fields into {@link SendHeaders}. */
    interface HeadSource {
        void put(SendHeaders into);
    }

    /**
     * Writes the head. It is sent with what follows.
     *
     * @return false if it does not fit into a packet; nothing was written then, and {@link #head()} has the sizes
     */
    boolean writeHead(HeadSource source) throws IOException {
        lock.lock();
        try {
            requireState(State.OPEN);
            if (room() < packetSize) {
                // Only if something waits before it: requests for body data, at the most.
                drain();
            }
            ByteBuffer b = buffer();
            source.put(head.wrap(b, packetSize));
            int bytes = head.end();
            if (bytes < 0) {
                return false;
            }
            noteSize(bytes);
            connection.traffic().countHead();
            state = State.COMMITTED;
            return true;
        } finally {
            lock.unlock();
        }
    }

    SendHeaders head() {
        return head;
    }

    /** Takes all of {@code data}, packs and perhaps sends it. */
    void write(ByteBuffer data) throws IOException {
        lock.lock();
        try {
            requireState(State.COMMITTED);
            int max = SendBodyChunk.maxData(packetSize);
            int packets = 0;
            while (data.hasRemaining()) {
                if (isSpillWaiting()) {
                    // What is put into the buffer now would overtake it.
                    spill(data, max);
                    break;
                }
                int wanted = Math.min(data.remaining(), max);
                int room = room() - SendBodyChunk.OVERHEAD;
                if (room < wanted && room < MIN_PIECE) {
                    if (!makeRoom()) {
                        spill(data, max);
                        break;
                    }
                    room = room() - SendBodyChunk.OVERHEAD;
                }
                int piece = Math.min(wanted, room);
                putChunk(buffer(), data, piece);
                noteSize(piece + SendBodyChunk.OVERHEAD);
                packets++;
            }
            connection.traffic().countChunks(packets);
            if (nonBlocking) {
                sendWhatFits();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends all that waits, after an AJP flush packet if the connector uses them. */
    void flush(boolean flushPacket) throws IOException {
        lock.lock();
        try {
            requireState(State.COMMITTED);
            if (flushPacket) {
                reserve(ControlPackets.FLUSH_BYTES);
                ControlPackets.flush(tail(ControlPackets.FLUSH_BYTES));
                counters.count(Counters.Event.FLUSHES);
                finishTail();
            }
            send();
            releaseIfEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks the web server for pieces of the request body, and sends all that waits before that. Always waits until it is sent.
     *
     * @param bytes size of a piece at the most
     * @param times how many pieces
     */
    void askForBody(int bytes, int times) throws IOException {
        lock.lock();
        try {
            checkFailure();
            if (room() < times * ControlPackets.GET_BODY_CHUNK_BYTES) {
                drain();
            }
            drainSpill();
            for (int i = 0; i < times; i++) {
                ControlPackets.getBodyChunk(buffer(), bytes);
            }
            drain();
        } finally {
            lock.unlock();
        }
    }

    /** The application is about to wait for its client: what it has written so far may be what the client waits for. */
    void flushBeforeWaiting() throws IOException {
        lock.lock();
        try {
            if (hasPending()) {
                drain();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends without waiting what the socket takes. @return whether something is left */
    boolean sendPending() throws IOException {
        lock.lock();
        try {
            checkFailure();
            sendWhatFits();
            return hasPending();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the response with END_RESPONSE and sends all of it. */
    void end(boolean reuse) throws IOException {
        lock.lock();
        try {
            requireState(State.COMMITTED);
            state = State.ENDED;
            drainSpill();
            if (room() < ControlPackets.END_RESPONSE_BYTES) {
                drain();
            }
            ControlPackets.endResponse(buffer(), reuse);
            if (reuse) {
                connection.traffic().countReusingEnd();
            } else {
                counters.count(Counters.Event.END_RESPONSES_CLOSE);
            }
            drain();
            releaseBuffer();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a response that failed half-way with END_RESPONSE. A flush packet goes before it: otherwise httpd, which gets all
     * of a small response at once, would replace the announced Content-Length by what came, and the client would take
     * the piece for the whole.
     */
    void endCutOff() throws IOException {
        lock.lock();
        try {
            requireState(State.COMMITTED);
            drainSpill();
            if (room() < ControlPackets.FLUSH_BYTES) {
                drain();
            }
            ControlPackets.flush(buffer());
            counters.count(Counters.Event.FLUSHES);
            drain();
        } finally {
            lock.unlock();
        }
        end(false);
    }

    /** Ends the response without END_RESPONSE, after what the application has written, so that the client sees a cut. */
    void endWithoutEndResponse() throws IOException {
        lock.lock();
        try {
            state = State.ENDED;
            if (failure == null) {
                drain();
            }
            releaseBuffer();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Answers a request that gets no other answer, with a page that names no product, and ends the connection. Never waits: a web server that
     * has read what came before has room for this, and nobody shall hold a thread by sending what is refused and reading nothing.
     */
    void refuse(int status, boolean withBody) throws IOException {
        lock.lock();
        try {
            requireState(State.OPEN);
            state = State.ENDED;
            firstByteDue = false;
            RefusalAnswer.put(buffer(), status, withBody, counters);
            sendWhatFits();
            if (hasPending()) {
                fail(new IOException("The web server has not read what came before the answer"));
            }
            releaseBuffer();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the response, whatever state it is in. */
    void recycle() {
        lock.lock();
        try {
            releaseBuffer();
            connection = null;
            state = State.IDLE;
            nonBlocking = false;
            failure = null;
            waitedATick = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean hasPending() {
        // Asked by other threads too, while the buffer may be given back.
        ByteBuffer b = out;
        ArrayDeque<ByteBuffer> s = spill;
        return b != null && b.position() > 0 || s != null && !s.isEmpty();
    }

    @Override
    public void sendIfStale(long nowNanos) {
        if (out == null || !lock.tryLock()) {
            return;
        }
        try {
            if (state != State.COMMITTED || nonBlocking || failure != null || !hasPending()) {
                waitedATick = false;
            } else if (waitedATick) {
                sendWhatFits();
                releaseIfEmpty();
            } else {
                waitedATick = true;
            }
        } catch (IOException e) {
            // Kept in failure; the application's next write reports it.
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void breakOff(IOException why) {
        if (lock.tryLock()) {
            try {
                if (state == State.OPEN || state == State.COMMITTED) {
                    fail(why);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public String cutOff() {
        String what = request.description();
        if (!lock.tryLock()) {
            // A thread waits for the web server to read: there is no place between two packets to say anything.
            counters.count(Counters.Event.REQUESTS_CUT);
            return what;
        }
        try {
            if (state != State.OPEN && state != State.COMMITTED) {
                return null;
            }
            counters.count(Counters.Event.REQUESTS_CUT);
            if (failure == null) {
                sayLastWord();
                failure = new ClosedChannelException();
            }
            return what;
        } catch (IOException e) {
            return what;
        } finally {
            lock.unlock();
        }
    }

    private void sayLastWord() throws IOException {
        sendWhatFits();
        if (hasPending()) {
            return;
        }
        ByteBuffer word = ByteBuffer.allocate(LAST_WORD_BYTES);
        if (state == State.OPEN) {
            RefusalAnswer.put(word, SERVICE_UNAVAILABLE, !request.isHead(), counters);
        } else if (request.needsEndResponse()) {
            ControlPackets.endResponse(word, false);
            counters.count(Counters.Event.END_RESPONSES_CLOSE);
        }
        connection.sendNow(word.flip());
    }

    // ------------------------------------------------------------------ the buffer

    private void noteSize(int packetBytes) {
        if (packetBytes > Packets.MIN_PACKET_SIZE) {
            connection.noteLargePacket(packetBytes);
        }
    }

    private ByteBuffer buffer() {
        if (out == null) {
            out = buffers.acquireOutput();
        }
        return out;
    }

    private int room() {
        return out == null ? Integer.MAX_VALUE : out.remaining();
    }

    private void releaseBuffer() {
        ByteBuffer b = out;
        out = null;
        spill = null;
        buffers.releaseOutput(b);
    }

    /** A response that goes on later, such as a stream of events, needs no buffer meanwhile. */
    private void releaseIfEmpty() {
        if (out != null && !hasPending()) {
            releaseBuffer();
        }
    }

    private static void putChunk(ByteBuffer into, ByteBuffer data, int n) {
        SendBodyChunk.putPrefix(into, n);
        int limit = data.limit();
        data.limit(data.position() + n);
        into.put(data);
        data.limit(limit);
        SendBodyChunk.putSuffix(into);
    }

    /** @return false if nothing may wait and the socket takes nothing */
    private boolean makeRoom() throws IOException {
        if (!nonBlocking) {
            drain();
            return true;
        }
        sendWhatFits();
        return room() - SendBodyChunk.OVERHEAD >= MIN_PIECE;
    }

    /** @return whether packets wait outside the buffer, after what the socket takes has been sent. */
    private boolean isSpillWaiting() throws IOException {
        if (spill == null || spill.isEmpty()) {
            return false;
        }
        send();
        return !spill.isEmpty();
    }

    private void spill(ByteBuffer data, int max) {
        int packets = (data.remaining() + max - 1) / max;
        ByteBuffer rest = ByteBuffer.allocate(data.remaining() + packets * SendBodyChunk.OVERHEAD);
        while (data.hasRemaining()) {
            putChunk(rest, data, Math.min(data.remaining(), max));
        }
        connection.traffic().countChunks(packets);
        spilled(rest.flip());
    }

    private void spilled(ByteBuffer packets) {
        if (spill == null) {
            spill = new ArrayDeque<>();
        }
        spill.add(packets);
    }

    private ByteBuffer tail;

    /** @return where a small packet goes that must follow all that waits */
    private ByteBuffer tail(int bytes) {
        boolean behindSpill = spill != null && !spill.isEmpty() || room() < bytes;
        tail = behindSpill ? ByteBuffer.allocate(bytes) : buffer();
        return tail;
    }

    private void finishTail() {
        if (tail != out) {
            spilled(tail.flip());
        }
        tail = null;
    }

    private void reserve(int bytes) throws IOException {
        if (room() < bytes && !nonBlocking) {
            drain();
        }
    }

    // ------------------------------------------------------------------ the socket

    private void send() throws IOException {
        if (nonBlocking) {
            sendWhatFits();
        } else {
            drain();
        }
    }

    /** Sends everything, waiting for the socket where it must. */
    private void drain() throws IOException {
        checkFailure();
        try {
            ByteBuffer b = out;
            if (b != null && b.position() > 0) {
                b.flip();
                try {
                    writeFully(b);
                } finally {
                    b.compact();
                }
            }
            drainSpill();
            waitedATick = false;
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    private void drainSpill() throws IOException {
        if (spill == null || spill.isEmpty()) {
            return;
        }
        if (out != null && out.position() > 0) {
            drain();
            return;
        }
        try {
            ByteBuffer b;
            while ((b = spill.peek()) != null) {
                writeFully(b);
                spill.poll();
            }
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    private void writeFully(ByteBuffer b) throws IOException {
        while (b.hasRemaining()) {
            if (writeSome(b) == 0) {
                connection.awaitWritable();
            }
        }
    }

    private int writeSome(ByteBuffer b) throws IOException {
        int n = connection.writeSome(b);
        if (firstByteDue && state != State.OPEN) {
            firstByteDue = false;
            counters.firstBytes().count(System.nanoTime() - connection.requestNanos());
        }
        return n;
    }

    /** Sends what the socket takes now and keeps the rest. */
    private void sendWhatFits() throws IOException {
        checkFailure();
        try {
            ByteBuffer b = out;
            if (b != null && b.position() > 0) {
                b.flip();
                try {
                    writeSome(b);
                } finally {
                    b.compact();
                }
                if (b.position() > 0) {
                    return;
                }
            }
            while (spill != null && !spill.isEmpty()) {
                ByteBuffer first = spill.peek();
                writeSome(first);
                if (first.hasRemaining()) {
                    return;
                }
                spill.poll();
            }
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    private void fail(IOException e) {
        if (failure == null) {
            failure = e;
            if (e instanceof SocketTimeoutException) {
                connection.noteUnread();
            } else {
                connection.noteGone();
            }
        }
    }

    private void checkFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private void requireState(State expected) throws IOException {
        checkFailure();
        if (state != expected) {
            throw new IOException("The response is " + state + " and not " + expected);
        }
    }
}
