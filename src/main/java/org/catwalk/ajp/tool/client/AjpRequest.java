package org.catwalk.ajp.tool.client;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.catwalk.ajp.wire.AjpMethods;
import org.catwalk.ajp.wire.ForwardRequestWriter;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.RequestAttributes;

/**
 * One request, put together as a web server would put it. Strings go out as ISO-8859-1. Each method that describes changes this request and
 * returns it.
 */
public final class AjpRequest {

    private record Attribute(int code, String name, String value) {
    }

    private final String method;
    private final String uri;
    private final List<HeaderField> headers = new ArrayList<>();
    private final List<Attribute> attributes = new ArrayList<>();
    private String remoteAddr = "127.0.0.1";
    private String serverName = "localhost";
    private int serverPort = 80;
    private boolean secure;
    private String secret;
    private byte[] body = new byte[0];
    private int packetSize = Packets.MIN_PACKET_SIZE;

    private AjpRequest(String method, String uri) {
        this.method = method;
        int question = uri.indexOf('?');
        this.uri = question < 0 ? uri : uri.substring(0, question);
        if (question >= 0) {
            attribute(RequestAttributes.QUERY_STRING, uri.substring(question + 1));
        }
    }

    /**
     * @param method any token, such as GET
     * @param uri path, and the query string behind a question mark if there is one
     */
    public static AjpRequest of(String method, String uri) {
        return new AjpRequest(method, uri);
    }

    /** A GET, see {@link #of}. */
    public static AjpRequest get(String uri) {
        return of("GET", uri);
    }

    /** Adds a header field. Without a Host, the server's name is sent as one; a body brings its Content-Length along. */
    public AjpRequest header(String name, String value) {
        headers.add(new HeaderField(name, value));
        return this;
    }

    /** @param code one of {@link RequestAttributes} whose value is one string */
    public AjpRequest attribute(int code, String value) {
        attributes.add(new Attribute(code, null, value));
        return this;
    }

    /** Adds an attribute with a name of its own, as JkEnvVar does. */
    public AjpRequest requestAttribute(String name, String value) {
        attributes.add(new Attribute(RequestAttributes.REQ_ATTRIBUTE, name, value));
        return this;
    }

    /** @param addr the client's address; 127.0.0.1 unless said */
    public AjpRequest remoteAddr(String addr) {
        remoteAddr = addr;
        return this;
    }

    /** The web server's own name, port and whether the client speaks TLS with it; localhost, 80 and no unless said. */
    public AjpRequest server(String name, int port, boolean isSecure) {
        serverName = name;
        serverPort = port;
        secure = isSecure;
        return this;
    }

    /** @param value bytes as ISO-8859-1 text, or null for none */
    public AjpRequest secret(String value) {
        secret = value;
        return this;
    }

    /** @param bytes not copied, not to be changed */
    public AjpRequest body(byte[] bytes) {
        body = Objects.requireNonNull(bytes);
        return this;
    }

    /** @param bytes the largest packet to send, 8192..65536; 8192 unless said */
    public AjpRequest packetSize(int bytes) {
        if (bytes < Packets.MIN_PACKET_SIZE || bytes > Packets.MAX_PACKET_SIZE) {
            throw new IllegalArgumentException("A packet size is from " + Packets.MIN_PACKET_SIZE + " to " + Packets.MAX_PACKET_SIZE
                    + " bytes, not " + bytes);
        }
        packetSize = bytes;
        return this;
    }

    int packetSize() {
        return packetSize;
    }

    byte[] body() {
        return body;
    }

    /**
     * @return the forward request as one packet
     * @throws AjpFailure REQUEST_TOO_LARGE
     */
    public byte[] packet() throws AjpFailure {
        ByteBuffer buffer = ByteBuffer.allocate(packetSize);
        try {
            write(new ForwardRequestWriter().wrap(buffer));
        } catch (BufferOverflowException | IllegalArgumentException e) {
            throw new AjpFailure(AjpFailure.Kind.REQUEST_TOO_LARGE, "The request's head does not fit into one packet of " + packetSize
                    + " bytes: send less, or give a larger packet size if the connector has one", e);
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private void write(ForwardRequestWriter writer) {
        int code = AjpMethods.codeOf(method);
        writer.begin(code, "HTTP/1.1", uri, remoteAddr, null, serverName, serverPort, secure);
        if (!has("Host")) {
            writer.header("Host", serverName);
        }
        headers.forEach(field -> writer.header(field.name(), field.value()));
        if (body.length > 0 && !has("Content-Length")) {
            writer.header("Content-Length", Integer.toString(body.length));
        }
        if (code == AjpMethods.STORED) {
            writer.attribute(RequestAttributes.STORED_METHOD, method);
        }
        for (Attribute attribute : attributes) {
            if (attribute.name() != null) {
                writer.requestAttribute(attribute.name(), attribute.value());
            } else {
                writer.attribute(attribute.code(), attribute.value());
            }
        }
        if (secret != null) {
            writer.attribute(RequestAttributes.SECRET, secret);
        }
        writer.end();
    }

    private boolean has(String name) {
        return headers.stream().anyMatch(field -> field.name().equalsIgnoreCase(name));
    }

    /** Method and URI: no field that may be confidential. */
    @Override
    public String toString() {
        return method + " " + uri;
    }
}
