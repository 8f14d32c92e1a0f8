package org.catwalk.ajp.testing;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.catwalk.ajp.wire.BodyChunk;
import org.catwalk.ajp.wire.Packets;

/**
 * A web server's end of one connection. Sends bytes whole, one by one or cut, and reads packets with a deadline. What it reads it parses as
 * strictly as the pickiest front end does, packet size included.
 */
public final class AjpClient implements AutoCloseable {

    private final Socket socket;
    private final PushbackInputStream in;
    private final OutputStream out;
    private int packetSize = Packets.MIN_PACKET_SIZE;
    private Duration patience = Duration.ofSeconds(15);

    private AjpClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new PushbackInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    public static AjpClient connect(int port) {
        return connect(port, 0);
    }

    /**
     * @param kernelBuffer bytes that the kernel may hold for us each way, so that a side that does not read is soon felt; 0 for the default
     */
    public static AjpClient connect(int port, int kernelBuffer) {
        return connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), null, kernelBuffer);
    }

    /** @param from the address of the web server's side, one of this machine; null for whichever the system takes */
    public static AjpClient connect(InetSocketAddress container, InetAddress from) {
        return connect(container, from, 0);
    }

    private static AjpClient connect(InetSocketAddress container, InetAddress from, int kernelBuffer) {
        try {
            Socket socket = new Socket();
            if (kernelBuffer > 0) {
                socket.setReceiveBufferSize(kernelBuffer);
                socket.setSendBufferSize(kernelBuffer);
            }
            socket.setTcpNoDelay(true);
            if (from != null) {
                socket.bind(new InetSocketAddress(from, 0));
            }
            socket.connect(container, 10_000);
            return new AjpClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The largest packet that this web server takes and sends, header included. */
    public AjpClient packetSize(int bytes) {
        packetSize = bytes;
        return this;
    }

    /** How long each wait for a packet may last. */
    public AjpClient patience(Duration time) {
        patience = time;
        return this;
    }

    public int localPort() {
        return socket.getLocalPort();
    }

    // ------------------------------------------------------------------ sending

    /** In one write. */
    public AjpClient send(byte[]... packets) {
        try {
            out.write(Request.join(packets));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In as many writes as there are bytes. */
    public AjpClient sendByteByByte(byte[]... packets) {
        try {
            for (byte b : Request.join(packets)) {
                out.write(b);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public AjpClient send(Request request) {
        return send(request.packet());
    }

    /** Sends what the other end may not want any more: a connection that is already gone is no error. */
    public AjpClient sendRegardless(byte[]... packets) {
        try {
            out.write(Request.join(packets));
        } catch (IOException gone) {
            // What the container said before is still to be read, and is what the test looks at.
        }
        return this;
    }

    // ------------------------------------------------------------------ receiving

    /** @return the next packet; empty if the container closed the connection in an orderly way. */
    public Optional<Reply> read() {
        return readPayload().map(Reply::parse);
    }

    /** @return the next packet; an error if the connection ends. */
    public Reply next() {
        return read().orElseThrow(() -> new AssertionError("Expected a packet, found the end of the stream"));
    }

    public <R extends Reply> R next(Class<R> kind) {
        Reply reply = next();
        if (!kind.isInstance(reply)) {
            throw new AssertionError("Expected a " + kind.getSimpleName() + ", found " + reply);
        }
        return kind.cast(reply);
    }

    /** Reads up to END_RESPONSE or the end of the stream; a request for body data is an error. */
    public Answer answer() {
        return answer(new byte[0], 0, false);
    }

    /** Sends a request without a body and reads the answer. */
    public Answer exchange(Request request) {
        return send(request).answer();
    }

    /** Sends a request with a Content-Length as a web server does: the first chunk at once, the others when asked. */
    public Answer exchange(Request request, byte[] body) {
        if (body.length == 0) {
            return exchange(request);
        }
        int first = Math.min(body.length, packetSize - BodyChunk.OVERHEAD);
        send(request.packet(), Request.bodyChunk(body, 0, first));
        return answer(body, first, false);
    }

    /** Sends a request with a body of unknown length. */
    public Answer exchangeChunked(Request request, byte[] body) {
        send(request);
        return answer(body, 0, true);
    }

    /** Reads the answer and sends the rest of a body as it is asked for. */
    public Answer answer(byte[] body, int sent, boolean unknownLength) {
        List<Reply> replies = new ArrayList<>();
        int next = sent;
        while (true) {
            Optional<Reply> reply = read();
            if (reply.isEmpty()) {
                return new Answer(replies, true);
            }
            replies.add(reply.get());
            if (reply.get() instanceof Reply.End) {
                return new Answer(replies, false);
            }
            if (reply.get() instanceof Reply.Ask ask) {
                int length = Math.min(Math.min(body.length - next, ask.bytes()), packetSize - BodyChunk.OVERHEAD);
                if (length == 0 && !unknownLength) {
                    throw new AssertionError("Asked for body data behind the end of the body, after " + replies);
                }
                send(length == 0 ? Request.bodyEnd() : Request.bodyChunk(body, next, length));
                next += length;
            }
        }
    }

    /** Sends CPING and waits for CPONG. */
    public void ping() {
        send(Request.cping());
        next(Reply.Cpong.class);
    }

    /** Waits for the end of the stream; anything that comes before it is an error. A reset counts as an end, and is told apart. */
    public boolean awaitEnd() {
        try {
            Optional<byte[]> payload = readPayload();
            if (payload.isPresent()) {
                throw new AssertionError("Expected the end of the stream, found " + Reply.parse(payload.get()));
            }
            return true;
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof SocketException) {
                return false;
            }
            throw e;
        }
    }

    /** Whether nothing comes in the given time, neither a byte nor the end; what comes is left to be read. */
    public boolean staysSilent(Duration time) {
        try {
            socket.setSoTimeout((int) time.toMillis());
            int b = in.read();
            if (b >= 0) {
                in.unread(b);
            }
            return false;
        } catch (SocketTimeoutException silence) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return bytes read, fewer than wanted only at the end of the stream. */
    public int readRaw(byte[] into, int wanted) {
        try {
            socket.setSoTimeout((int) patience.toMillis());
            return in.readNBytes(into, 0, wanted);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<byte[]> readPayload() {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            byte[] header = new byte[Packets.HEADER_BYTES];
            if (readFully(header, deadline, true) < 0) {
                return Optional.empty();
            }
            int length = Packets.containerPayloadLength(header, 0);
            if (length < 0) {
                throw new AssertionError("Expected a packet that begins with AB, found " + Arrays.toString(header));
            }
            if (length + Packets.HEADER_BYTES > packetSize) {
                throw new AssertionError("A packet of " + (length + Packets.HEADER_BYTES) + " bytes is over packetSize " + packetSize);
            }
            byte[] payload = new byte[length];
            readFully(payload, deadline, false);
            return Optional.of(payload);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int readFully(byte[] into, long deadline, boolean mayEnd) throws IOException {
        int got = 0;
        while (got < into.length) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new SocketTimeoutException("Nothing came within " + patience);
            }
            socket.setSoTimeout((int) left);
            int n = in.read(into, got, into.length - got);
            if (n < 0) {
                if (got == 0 && mayEnd) {
                    return -1;
                }
                throw new EOFException("The stream ended within a packet");
            }
            got += n;
        }
        return got;
    }

    // ------------------------------------------------------------------ leaving

    /** Sends FIN and goes on listening. */
    public AjpClient halfClose() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves with RST. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
