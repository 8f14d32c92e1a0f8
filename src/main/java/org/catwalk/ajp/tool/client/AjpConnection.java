package org.catwalk.ajp.tool.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.catwalk.ajp.tool.client.AjpFailure.Kind;
import org.catwalk.ajp.wire.AjpException;
import org.catwalk.ajp.wire.BodyChunk;
import org.catwalk.ajp.wire.ControlPackets;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.ResponseParser;

/**
 * A web server's end of one connection. Time limits are total, from the call to its end. After any failure the connection is of no more
 * use and is to be closed. Not safe for use by several threads.
 */
public final class AjpConnection implements AutoCloseable {

    private final Socket socket;
    private final InetSocketAddress address;
    private final InputStream in;
    private final OutputStream out;
    private PacketListener listener = PacketListener.NONE;

    private AjpConnection(Socket socket, InetSocketAddress address) throws IOException {
        this.socket = socket;
        this.address = address;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /**
     * Connects with the first address of a host that can be connected with.
     *
     * @param server where to
     * @param timeout for each address
     * @throws AjpFailure of a kind before connection, about the last address tried
     */
    public static AjpConnection open(ServerAddress server, Duration timeout) throws AjpFailure {
        List<InetSocketAddress> addresses = server.resolve();
        AjpFailure last = null;
        for (InetSocketAddress address : addresses) {
            try {
                return open(address, timeout);
            } catch (AjpFailure e) {
                last = e;
            }
        }
        throw last;
    }

    /**
     * @param address resolved
     * @param timeout at least a millisecond
     * @throws AjpFailure of a kind before connection
     */
    public static AjpConnection open(InetSocketAddress address, Duration timeout) throws AjpFailure {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, millis(timeout));
            return new AjpConnection(socket, address);
        } catch (IOException e) {
            closeQuietly(socket);
            throw connectFailure(address, timeout, e);
        }
    }

    /** By type where there is one: the texts are the C library's, in the user's language. */
    private static AjpFailure connectFailure(InetSocketAddress address, Duration timeout, IOException e) {
        String where = text(address);
        String said = String.valueOf(e.getMessage());
        if (e instanceof SocketTimeoutException || said.contains("timed out")) {
            return new AjpFailure(Kind.CONNECT_TIMED_OUT, "No answer from " + where + " within " + text(timeout)
                    + ": the host is down, or a firewall drops the packets", e);
        }
        if (e instanceof ConnectException) {
            return new AjpFailure(Kind.REFUSED, "Connection refused by " + where
                    + ": nothing listens on this address and port", e);
        }
        if (e instanceof NoRouteToHostException || said.contains("unreachable")) {
            return new AjpFailure(Kind.UNREACHABLE, "No way to " + where + " (" + said + "): routing, or a firewall that rejects", e);
        }
        if (e instanceof BindException || said.contains("Permission denied") || said.contains("not permitted")) {
            return new AjpFailure(Kind.NOT_PERMITTED, "This host does not permit the connection to " + where + " (" + said + ")", e);
        }
        return new AjpFailure(Kind.CONNECT_FAILED, "Cannot connect to " + where + ": " + said, e);
    }

    /** @param observer sees all packets from now on */
    public AjpConnection listener(PacketListener observer) {
        listener = observer;
        return this;
    }

    /** @return whom this is connected with */
    public InetSocketAddress address() {
        return address;
    }

    /** @return this end */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /**
     * Sends a CPING and waits for the CPONG.
     *
     * @return the time between them
     * @throws AjpFailure SILENT, CLOSED, CUT or MALFORMED
     */
    public Duration cping(Duration timeout) throws AjpFailure {
        ByteBuffer cping = ByteBuffer.allocate(ControlPackets.CPING_BYTES);
        ControlPackets.cping(cping);
        Deadline deadline = new Deadline(timeout);
        send(cping.array());
        Answer answer = new Answer(OutputStream.nullOutputStream());
        receive(answer, deadline, Kind.CLOSED);
        if (!answer.isPong()) {
            throw malformed("It answered a CPING with something else than CPONG.", null);
        }
        return deadline.elapsed();
    }

    /**
     * Sends a request and reads the answer with its body.
     *
     * @throws AjpFailure SILENT, CLOSED, CUT, MALFORMED or REQUEST_TOO_LARGE
     */
    public AjpResponse request(AjpRequest request, Duration timeout) throws AjpFailure {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            return exchange(request, timeout, body).response(body.toByteArray());
        } catch (AjpFailure e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException(e); // From writing to memory
        }
    }

    /**
     * Sends a request and writes the response's body as it comes.
     *
     * @param body gets what has come until a failure, too; not closed
     * @throws AjpFailure SILENT, CLOSED, CUT, MALFORMED or REQUEST_TOO_LARGE
     * @throws IOException if the body cannot be written
     */
    public AjpResponse request(AjpRequest request, Duration timeout, OutputStream body) throws IOException {
        return exchange(request, timeout, body).response(new byte[0]);
    }

    private Answer exchange(AjpRequest request, Duration timeout, OutputStream bodyTo) throws IOException {
        byte[] packet = request.packet();
        int chunk = request.packetSize() - BodyChunk.OVERHEAD;
        Deadline deadline = new Deadline(timeout);
        Answer answer = new Answer(bodyTo);
        boolean writable = offer(packet);
        int sent = 0;
        if (request.body().length > 0) {
            sent = Math.min(chunk, request.body().length);
            writable = writable && offer(bodyChunk(request.body(), 0, sent));
        }
        while (!answer.isComplete()) {
            receive(answer, deadline, answer.packets() == 0 ? Kind.CLOSED : Kind.CUT);
            answer.rethrow();
            if (answer.isPong()) {
                throw malformed("It answered a request with CPONG.", null);
            }
            int asked = answer.takeAsked();
            if (asked >= 0) {
                int length = Math.min(Math.min(asked, chunk), request.body().length - sent);
                // As mod_jk does: behind the end of the body, each ask gets an empty packet.
                writable = writable && offer(bodyChunk(request.body(), sent, length));
                sent += length;
            }
        }
        return answer;
    }

    private static byte[] bodyChunk(byte[] body, int from, int length) {
        if (length == 0) {
            ByteBuffer end = ByteBuffer.allocate(Packets.HEADER_BYTES);
            BodyChunk.putEnd(end);
            return end.array();
        }
        ByteBuffer chunk = ByteBuffer.allocate(BodyChunk.OVERHEAD + length);
        BodyChunk.put(chunk, body, from, length);
        return chunk.array();
    }

    /** A container may answer and close before it has read everything: what it said then counts, not that we could not write. */
    private boolean offer(byte[] packet) {
        try {
            listener.packet(Sender.WEB_SERVER, packet);
            out.write(packet);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private void send(byte[] packet) throws AjpFailure {
        if (!offer(packet)) {
            throw closed(Kind.CLOSED, null);
        }
    }

    private void receive(Answer answer, Deadline deadline, Kind ifClosed) throws AjpFailure {
        byte[] header = new byte[Packets.HEADER_BYTES];
        read(header, 0, header.length, deadline, ifClosed);
        int length = Packets.containerPayloadLength(header, 0);
        if (length < 0) {
            throw malformed("Its answer begins with 0x" + HexFormat.of().formatHex(header)
                    + " instead of 0x4142. Is this the port of an AJP connector?", null);
        }
        byte[] packet = Arrays.copyOf(header, header.length + length);
        read(packet, header.length, length, deadline, Kind.CUT);
        listener.packet(Sender.CONTAINER, packet);
        answer.begin(packet.length, deadline.elapsed());
        try {
            new ResponseParser().parse(packet, header.length, packet.length, answer);
        } catch (AjpException e) {
            throw malformed(e.getMessage(), e);
        }
    }

    private void read(byte[] into, int from, int length, Deadline deadline, Kind ifClosed) throws AjpFailure {
        int got = 0;
        try {
            while (got < length) {
                socket.setSoTimeout(deadline.leftMillis());
                int n = in.read(into, from + got, length - got);
                if (n < 0) {
                    throw closed(got == 0 ? ifClosed : Kind.CUT, null);
                }
                got += n;
            }
        } catch (SocketTimeoutException e) {
            throw new AjpFailure(Kind.SILENT, text(address) + " took the connection and did not answer within " + text(deadline.limit()), e);
        } catch (SocketException e) {
            throw closed(got == 0 ? ifClosed : Kind.CUT, e);
        } catch (AjpFailure e) {
            throw e;
        } catch (IOException e) {
            throw new AjpFailure(Kind.CUT, "Reading from " + text(address) + " failed: " + e.getMessage(), e);
        }
    }

    private AjpFailure closed(Kind kind, IOException cause) {
        String when = kind == Kind.CLOSED ? " before it answered" : " in the middle of its answer";
        String how = cause == null ? " closed the connection" : " reset the connection";
        return new AjpFailure(kind, text(address) + how + when, cause);
    }

    private AjpFailure malformed(String what, Throwable cause) {
        return new AjpFailure(Kind.MALFORMED, text(address) + " does not speak AJP as specified. " + what, cause);
    }

    @Override
    public void close() {
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to be lost.
        }
    }

    /** Address and port, with brackets where they are needed. */
    public static String text(InetSocketAddress address) {
        if (address.isUnresolved()) {
            return address.toString();
        }
        return new ServerAddress(address.getAddress().getHostAddress(), address.getPort()).toString();
    }

    private static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    private static int millis(Duration time) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, time.toMillis()));
    }

    private record Deadline(Duration limit, long startNanos) {

        Deadline(Duration limit) {
            this(limit, System.nanoTime());
        }

        Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - startNanos);
        }

        int leftMillis() throws SocketTimeoutException {
            Duration left = limit.minus(elapsed());
            if (left.isNegative() || left.isZero()) {
                throw new SocketTimeoutException();
            }
            return millis(left);
        }
    }
}
