package org.catwalk.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.catwalk.ajp.wire.MessageType;
import org.catwalk.ajp.wire.Packets;

/**
 * One persistent connection with at most one request under way. Like mod_jk it handles response packets strictly in order and answers
 * each GET_BODY_CHUNK before it looks at the next packet; bodies are counted, not kept.
 */
final class AjpConnection {

    /** The longest start of a packet that has to be seen at once: outer header, type, and a uint16. */
    private static final int LOOK_AHEAD = 7;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final Group group;
    private final Exchange exchange;

    private long startNanos;
    private boolean awaitsCpong;
    private boolean firstChunkIsDue;
    private long bodyToSend;
    private long bodyReceived;
    /** Bytes of the current response packet that are still to come and of no interest. */
    private int toSkip;
    /** What the socket has not taken yet; no input is looked at meanwhile. */
    private ByteBuffer unsent;
    /** Input that was read but not looked at. */
    private byte[] leftOver = new byte[LOOK_AHEAD];
    private int leftOverBytes;

    AjpConnection(InetSocketAddress server, Selector selector, Group group) throws IOException {
        this.group = group;
        this.exchange = group.exchange();
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(server);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Starts a request whose latency counts from {@code startNanos}. */
    void start(long startNanos) throws IOException {
        this.startNanos = startNanos;
        bodyReceived = 0;
        if (exchange.pingFirst()) {
            awaitsCpong = true;
            send(Exchange.cpingPacket());
        } else {
            sendRequest();
        }
    }

    private void sendRequest() throws IOException {
        bodyToSend = exchange.requestBodyBytes();
        firstChunkIsDue = bodyToSend > 0;
        send(exchange.request());
        sendFirstChunkIfDue();
    }

    private void sendFirstChunkIfDue() throws IOException {
        if (firstChunkIsDue && unsent == null) {
            firstChunkIsDue = false;
            sendChunk(exchange.largestChunk());
        }
    }

    private void sendChunk(int asked) throws IOException {
        int bytes = (int) Math.min(bodyToSend, Math.min(asked, exchange.largestChunk()));
        bodyToSend -= bytes;
        send(bytes == 0 ? Exchange.emptyChunk() : Exchange.chunk(bytes));
    }

    private void send(ByteBuffer packet) throws IOException {
        packet.rewind();
        channel.write(packet);
        if (packet.hasRemaining()) {
            unsent = packet.duplicate();
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }

    /** @param buffer shared by all connections; its content belongs to this call */
    void ready(ByteBuffer buffer) throws IOException {
        if (unsent != null) {
            channel.write(unsent);
            if (unsent.hasRemaining()) {
                return;
            }
            unsent = null;
            key.interestOps(SelectionKey.OP_READ);
            sendFirstChunkIfDue();
            if (unsent == null && leftOverBytes > 0) {
                buffer.clear();
                buffer.put(leftOver, 0, leftOverBytes).flip();
                leftOverBytes = 0;
                consume(buffer);
            }
            return;
        }
        buffer.clear();
        if (leftOverBytes > 0) {
            buffer.put(leftOver, 0, leftOverBytes);
            leftOverBytes = 0;
        }
        if (channel.read(buffer) < 0) {
            throw new EOFException("The server closed a connection" + (group.isInFlight(this) ? " in mid-request" : ""));
        }
        buffer.flip();
        consume(buffer);
    }

    private void consume(ByteBuffer in) throws IOException {
        while (in.hasRemaining() && unsent == null) {
            if (toSkip > 0) {
                int skipped = Math.min(toSkip, in.remaining());
                in.position(in.position() + skipped);
                toSkip -= skipped;
            } else if (!consumePacketStart(in)) {
                break;
            }
        }
        if (in.hasRemaining()) {
            keep(in);
        }
    }

    /** @return whether there was enough of it */
    private boolean consumePacketStart(ByteBuffer in) throws IOException {
        int at = in.position();
        int available = in.remaining();
        if (available < Packets.HEADER_BYTES + 1) {
            return false;
        }
        if (in.getShort(at) != Packets.CONTAINER_MAGIC) {
            throw new IOException("A packet starts with " + Integer.toHexString(in.getShort(at) & 0xFFFF));
        }
        int packetBytes = Packets.HEADER_BYTES + (in.getShort(at + 2) & 0xFFFF);
        int type = in.get(at + Packets.HEADER_BYTES);
        if (available < Math.min(packetBytes, LOOK_AHEAD)) {
            return false;
        }
        switch (type) {
            case MessageType.SEND_BODY_CHUNK -> {
                bodyReceived += in.getShort(at + 5) & 0xFFFF;
                toSkip = packetBytes;
            }
            case MessageType.SEND_HEADERS -> {
                if (in.getShort(at + 5) != 200) {
                    throw new IOException("Expected status 200, got " + in.getShort(at + 5));
                }
                toSkip = packetBytes;
            }
            case MessageType.GET_BODY_CHUNK -> {
                int asked = in.getShort(at + 5) & 0xFFFF;
                in.position(at + packetBytes);
                sendChunk(asked);
            }
            case MessageType.END_RESPONSE -> {
                boolean reuse = in.get(at + 5) != 0;
                in.position(at + packetBytes);
                end(reuse, in);
            }
            case MessageType.CPONG -> {
                in.position(at + packetBytes);
                cpong(in);
            }
            default -> throw new IOException("Unexpected packet type " + type);
        }
        return true;
    }

    private void end(boolean reuse, ByteBuffer in) throws IOException {
        if (!reuse || bodyReceived != exchange.responseBodyBytes() || bodyToSend > 0 || in.hasRemaining()) {
            throw new IOException("Expected a response of " + exchange.responseBodyBytes() + " bytes, got " + bodyReceived + " with "
                    + bodyToSend + " bytes of the request unread, " + in.remaining() + " bytes behind it, reuse=" + reuse);
        }
        group.completed(this, startNanos);
    }

    private void cpong(ByteBuffer in) throws IOException {
        if (!awaitsCpong || in.hasRemaining()) {
            throw new IOException("Unexpected CPONG, or " + in.remaining() + " bytes behind it");
        }
        awaitsCpong = false;
        if (exchange.request() == null) {
            group.completed(this, startNanos);
        } else {
            sendRequest();
        }
    }

    private void keep(ByteBuffer in) {
        leftOverBytes = in.remaining();
        if (leftOver.length < leftOverBytes) {
            leftOver = new byte[leftOverBytes];
        }
        in.get(leftOver, 0, leftOverBytes);
    }

    void close() throws IOException {
        channel.close();
    }
}
