package org.catwalk.ajp.guard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import org.catwalk.ajp.wire.ForwardRequestSink;
import org.catwalk.ajp.wire.ForwardRequestWriter;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.Span;

/**
 * A forward request that every guard admits, with one thing changed at a time. Strings are bytes, one a character.
 */
final class Requests {

    static final int GET = 2;
    static final int OPTIONS = 1;

    int method = GET;
    String protocol = "HTTP/1.1";
    String uri = "/app/page";
    String remoteAddr = "10.0.0.7";
    String remoteHost;
    String serverName = "www.example.test";
    final List<String[]> headers = new ArrayList<>(List.<String[]>of(new String[] {"host", "www.example.test"}));
    final List<Consumer<ForwardRequestWriter>> attributes = new ArrayList<>();

    static Requests get() {
        return new Requests();
    }

    Requests method(int code) {
        method = code;
        return this;
    }

    Requests protocol(String text) {
        protocol = text;
        return this;
    }

    Requests uri(String text) {
        uri = text;
        return this;
    }

    Requests remoteAddr(String text) {
        remoteAddr = text;
        return this;
    }

    Requests remoteHost(String text) {
        remoteHost = text;
        return this;
    }

    Requests serverName(String text) {
        serverName = text;
        return this;
    }

    Requests noHeaders() {
        headers.clear();
        return this;
    }

    Requests header(String name, String value) {
        headers.add(new String[] {name, value});
        return this;
    }

    Requests attribute(int code, String value) {
        attributes.add(writer -> writer.attribute(code, value));
        return this;
    }

    Requests secret(String value) {
        return attribute(RequestAttributes.SECRET, value);
    }

    Requests attribute(String name, String value) {
        attributes.add(writer -> writer.requestAttribute(name, value));
        return this;
    }

    Requests keySize(int bits) {
        attributes.add(writer -> writer.sslKeySize(bits));
        return this;
    }

    /** The payload, type included. */
    byte[] payload() {
        ByteBuffer buffer = ByteBuffer.allocate(Packets.MAX_PACKET_SIZE);
        ForwardRequestWriter writer = new ForwardRequestWriter().wrap(buffer)
                .begin(method, protocol, uri, remoteAddr, remoteHost, serverName, 80, false);
        headers.forEach(header -> writer.header(header[0], header[1]));
        attributes.forEach(attribute -> attribute.accept(writer));
        return Arrays.copyOfRange(buffer.array(), Packets.HEADER_BYTES, writer.end());
    }

    /** Keeps what it gets as text, one line a field. */
    static final class Recorder implements ForwardRequestSink {

        final List<String> fields = new ArrayList<>();
        boolean ended;

        @Override
        public void begin(int methodCode) {
            fields.add("method " + methodCode);
        }

        @Override
        public void protocol(Span protocol) {
            fields.add("protocol " + protocol.text());
        }

        @Override
        public void requestUri(Span uri) {
            fields.add("uri " + uri.text());
        }

        @Override
        public void remoteAddr(Span addr) {
            fields.add("remoteAddr " + addr.text());
        }

        @Override
        public void remoteHost(Span host) {
            fields.add("remoteHost " + host.text());
        }

        @Override
        public void serverName(Span name) {
            fields.add("serverName " + name.text());
        }

        @Override
        public void serverPort(int port) {
            fields.add("serverPort " + port);
        }

        @Override
        public void secure(boolean secure) {
            fields.add("secure " + secure);
        }

        @Override
        public void headerCount(int count) {
            fields.add("headerCount " + count);
        }

        @Override
        public void header(int code, Span name, Span value) {
            fields.add("header " + name.text() + ": " + value.text());
        }

        @Override
        public void attribute(int code, Span value) {
            fields.add(RequestAttributes.nameOf(code) + " " + value.text());
        }

        @Override
        public void sslKeySize(int bits) {
            fields.add("ssl_key_size " + bits);
        }

        @Override
        public void requestAttribute(Span name, Span value) {
            fields.add("attribute " + name.text() + "=" + value.text());
        }

        @Override
        public void end() {
            ended = true;
        }
    }
}
