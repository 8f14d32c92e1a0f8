package org.catwalk.bench.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.catwalk.ajp.wire.AjpException;
import org.catwalk.ajp.wire.ForwardRequestParser;
import org.catwalk.ajp.wire.ForwardRequestSink;
import org.catwalk.ajp.wire.ForwardRequestWriter;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.RequestHeaders;
import org.catwalk.ajp.wire.Span;

/**
 * A forward request that mod_jk has sent, written again for another path: the same headers and attributes in the same order, so that the
 * server gets what it gets from mod_jk.
 */
final class CapturedRequest {

    /** Where the captures are, relative to the repository. */
    private static final String CAPTURES = "src/test/resources/wire";

    private CapturedRequest() {
    }

    /** A GET without a body, as a direct buffer between position and limit. */
    static ByteBuffer get(String path) {
        return rewrite("mod_jk-get.hex", path, 0);
    }

    /** A POST that announces {@code contentLength} bytes of body. */
    static ByteBuffer post(String path, long contentLength) {
        return rewrite("mod_jk-post.hex", path, contentLength);
    }

    private static ByteBuffer rewrite(String capture, String path, long contentLength) {
        byte[] bytes = read(Path.of(System.getProperty("bench.repository")).resolve(CAPTURES).resolve(capture));
        Rewriting rewriting = new Rewriting(path, Long.toString(contentLength));
        try {
            new ForwardRequestParser().parse(bytes, Packets.HEADER_BYTES,
                    Packets.HEADER_BYTES + Packets.payloadLength(bytes, 0), rewriting);
        } catch (AjpException e) {
            throw new IllegalStateException(capture + " does not start with a forward request", e);
        }
        return rewriting.packet;
    }

    private static byte[] read(Path hex) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (String line : Files.readAllLines(hex)) {
                bytes.writeBytes(HexFormat.of().parseHex(line.replaceFirst("#.*", "").replaceAll("\\s", "")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Passes on what it gets, but for path, query and length. */
    private static final class Rewriting implements ForwardRequestSink {

        final ByteBuffer packet = ByteBuffer.allocateDirect(Packets.MIN_PACKET_SIZE);
        private final ForwardRequestWriter writer = new ForwardRequestWriter().wrap(packet);
        private final String path;
        private final String contentLength;
        private int method;
        private String protocol;
        private String remoteAddr;
        private String remoteHost;
        private String serverName;
        private int serverPort;

        Rewriting(String path, String contentLength) {
            this.path = path;
            this.contentLength = contentLength;
        }

        @Override
        public void begin(int methodCode) {
            method = methodCode;
        }

        @Override
        public void protocol(Span text) {
            protocol = text.text();
        }

        @Override
        public void requestUri(Span uri) {
            // replaced
        }

        @Override
        public void remoteAddr(Span addr) {
            remoteAddr = addr.text();
        }

        @Override
        public void remoteHost(Span host) {
            remoteHost = host.text();
        }

        @Override
        public void serverName(Span name) {
            serverName = name.text();
        }

        @Override
        public void serverPort(int port) {
            serverPort = port;
        }

        @Override
        public void secure(boolean secure) {
            writer.begin(method, protocol, path, remoteAddr, remoteHost, serverName, serverPort, secure);
        }

        @Override
        public void headerCount(int count) {
            // the writer counts
        }

        @Override
        public void header(int code, Span name, Span value) {
            writer.header(name.toString(), switch (code) {
                case RequestHeaders.CONTENT_LENGTH -> contentLength;
                case RequestHeaders.CONTENT_TYPE -> "application/octet-stream";
                default -> value.toString();
            });
        }

        @Override
        public void attribute(int code, Span value) {
            // The capture's query has characters that Undertow refuses.
            writer.attribute(code, code == RequestAttributes.QUERY_STRING ? "name=value&other=1234" : value.text());
        }

        @Override
        public void sslKeySize(int bits) {
            writer.sslKeySize(bits);
        }

        @Override
        public void requestAttribute(Span name, Span value) {
            // A JkEnvVar of the capture, which every connector would refuse.
            if (!name.equalsAscii("CAPTURE_VARIABLE")) {
                writer.requestAttribute(name.toString(), value.text());
            }
        }

        @Override
        public void end() {
            writer.end();
            packet.flip();
        }
    }
}
