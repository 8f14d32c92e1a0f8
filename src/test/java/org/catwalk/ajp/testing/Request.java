package org.catwalk.ajp.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.catwalk.ajp.wire.AjpMethods;
import org.catwalk.ajp.wire.BodyChunk;
import org.catwalk.ajp.wire.ControlPackets;
import org.catwalk.ajp.wire.ForwardRequestWriter;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.RequestAttributes;

/** A forward request that says whatever a test wants it to say. */
public final class Request {

    private static final int ROOM = 128 * 1024;

    private final String uri;
    private int method;
    private String protocol = "HTTP/1.1";
    private String remoteAddr = "192.0.2.7";
    private String remoteHost;
    private String serverName = "www.example.test";
    private int serverPort = 80;
    private boolean secure;
    private final List<Consumer<ForwardRequestWriter>> headers = new ArrayList<>();
    private final List<Consumer<ForwardRequestWriter>> attributes = new ArrayList<>();

    private Request(int method, String uri) {
        this.method = method;
        this.uri = uri;
    }

    public static Request of(String method, String uri) {
        int code = AjpMethods.codeOf(method);
        if (code == AjpMethods.STORED) {
            return new Request(code, uri).attribute(RequestAttributes.STORED_METHOD, method);
        }
        return new Request(code, uri);
    }

    public static Request get(String uri) {
        return of("GET", uri).header("Host", "www.example.test");
    }

    /** With a Content-Length; the first body chunk follows unasked if it is not 0. */
    public static Request post(String uri, long contentLength) {
        return of("POST", uri).header("Host", "www.example.test").header("Content-Length", Long.toString(contentLength));
    }

    /** With a body of unknown length, which is sent only when it is asked for. */
    public static Request postChunked(String uri) {
        return of("POST", uri).header("Host", "www.example.test").header("Transfer-Encoding", "chunked");
    }

    public Request methodCode(int code) {
        method = code;
        return this;
    }

    public Request protocol(String value) {
        protocol = value;
        return this;
    }

    public Request remoteAddr(String value) {
        remoteAddr = value;
        return this;
    }

    public Request remoteHost(String value) {
        remoteHost = value;
        return this;
    }

    public Request server(String name, int port) {
        serverName = name;
        serverPort = port;
        return this;
    }

    public Request secure() {
        secure = true;
        return this;
    }

    public Request header(String name, String value) {
        headers.add(writer -> writer.header(name, value));
        return this;
    }

    public Request attribute(int code, String value) {
        attributes.add(writer -> writer.attribute(code, value));
        return this;
    }

    public Request query(String value) {
        return attribute(RequestAttributes.QUERY_STRING, value);
    }

    public Request secret(String value) {
        return attribute(RequestAttributes.SECRET, value);
    }

    public Request keySize(int bits) {
        attributes.add(writer -> writer.sslKeySize(bits));
        return this;
    }

    public Request requestAttribute(String name, String value) {
        attributes.add(writer -> writer.requestAttribute(name, value));
        return this;
    }

    /** Looks like mod_jk's: what a failed response is ended with depends on it. */
    public Request throughModJk() {
        return requestAttribute("JK_LB_ACTIVATION", "ACT");
    }

    /** The packet, outer header included. */
    public byte[] packet() {
        ByteBuffer buffer = ByteBuffer.allocate(ROOM);
        ForwardRequestWriter writer = new ForwardRequestWriter().wrap(buffer)
                .begin(method, protocol, uri, remoteAddr, remoteHost, serverName, serverPort, secure);
        headers.forEach(header -> header.accept(writer));
        attributes.forEach(attribute -> attribute.accept(writer));
        writer.end();
        return taken(buffer);
    }

    /** Only the message, type included. */
    public byte[] payload() {
        byte[] packet = packet();
        return Arrays.copyOfRange(packet, Packets.HEADER_BYTES, packet.length);
    }

    /** Any payload as a packet from a web server. */
    public static byte[] packet(byte[] payload) {
        return packet(payload.length, payload);
    }

    /** A packet whose outer header may lie. */
    public static byte[] packet(int announced, byte[] payload) {
        ByteBuffer buffer = ByteBuffer.allocate(Packets.HEADER_BYTES + payload.length);
        buffer.putShort((short) Packets.WEB_SERVER_MAGIC).putShort((short) announced).put(payload);
        return buffer.array();
    }

    public static byte[] cping() {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        ControlPackets.cping(buffer);
        return taken(buffer);
    }

    /** A piece of a request body, 1 byte at least. */
    public static byte[] bodyChunk(byte[] data) {
        return bodyChunk(data, 0, data.length);
    }

    public static byte[] bodyChunk(byte[] data, int from, int length) {
        ByteBuffer buffer = ByteBuffer.allocate(length + BodyChunk.OVERHEAD);
        BodyChunk.put(buffer, data, from, length);
        return taken(buffer);
    }

    /** mod_jk's end of a body. */
    public static byte[] bodyEnd() {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        BodyChunk.putEnd(buffer);
        return taken(buffer);
    }

    public static byte[] join(byte[]... packets) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] packet : packets) {
            joined.writeBytes(packet);
        }
        return joined.toByteArray();
    }

    private static byte[] taken(ByteBuffer buffer) {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
