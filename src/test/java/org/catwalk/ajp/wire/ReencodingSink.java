package org.catwalk.ajp.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes what the parser says again, so that a test can see that no byte of the packet was overlooked. */
public final class ReencodingSink implements ForwardRequestSink {

    private final ByteBuffer buffer;
    private final PacketWriter writer;
    private byte[] packet;

    public ReencodingSink() {
        this(Packets.MIN_PACKET_SIZE);
    }

    /** @param packetSize room for the packet, its header included */
    public ReencodingSink(int packetSize) {
        buffer = ByteBuffer.allocate(packetSize);
        writer = new PacketWriter().wrap(buffer);
    }

    /** The packet, outer header included; null before the end. */
    public byte[] packet() {
        return packet;
    }

    @Override
    public void begin(int methodCode) {
        writer.begin(Packets.WEB_SERVER_MAGIC, MessageType.FORWARD_REQUEST).putByte(methodCode);
    }

    @Override
    public void protocol(Span protocol) {
        put(protocol);
    }

    @Override
    public void requestUri(Span uri) {
        put(uri);
    }

    @Override
    public void remoteAddr(Span addr) {
        put(addr);
    }

    @Override
    public void remoteHost(Span host) {
        put(host);
    }

    @Override
    public void serverName(Span name) {
        put(name);
    }

    @Override
    public void serverPort(int port) {
        writer.putUint16(port);
    }

    @Override
    public void secure(boolean secure) {
        writer.putByte(secure ? 1 : 0);
    }

    @Override
    public void headerCount(int count) {
        writer.putUint16(count);
    }

    @Override
    public void header(int code, Span name, Span value) {
        if (code == 0) {
            put(name);
        } else {
            writer.putUint16(code);
        }
        put(value);
    }

    @Override
    public void attribute(int code, Span value) {
        writer.putByte(code);
        put(value);
    }

    @Override
    public void sslKeySize(int bits) {
        writer.putByte(RequestAttributes.SSL_KEY_SIZE);
        writer.putUint16(bits);
    }

    @Override
    public void requestAttribute(Span name, Span value) {
        writer.putByte(RequestAttributes.REQ_ATTRIBUTE);
        put(name);
        put(value);
    }

    @Override
    public void end() {
        writer.putByte(RequestAttributes.ARE_DONE);
        writer.end();
        packet = Arrays.copyOf(buffer.array(), buffer.position());
    }

    private void put(Span span) {
        if (span.isNull()) {
            writer.putNullString();
        } else {
            writer.putString(span.array(), span.offset(), span.length());
        }
    }
}
