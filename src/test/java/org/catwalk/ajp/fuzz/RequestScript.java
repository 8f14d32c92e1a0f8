package org.catwalk.ajp.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import org.catwalk.ajp.wire.ForwardRequestWriter;
import org.catwalk.ajp.wire.PacketWriter;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.RequestHeaders;

/**
 * Turns any bytes into a forward request whose lengths are all right, so that the fuzzer gets behind the structure to the fields. It begins
 * as a GET that is admitted; each step replaces or adds a field.
 *
 * <pre>
 *   step      operands
 *   0         -                     the end (the end of the tape too)
 *   1         code                  method
 *   2..6      text                  URI (a slash is put before it), protocol, remote address, remote host, server name
 *   7         port, secure          2 bytes, 1 byte
 *   8         code, text            a header by its code, 1 to 14
 *   9         text, text            a header by its name
 *   10        code, text            an attribute by its code, 1 to 13
 *   11        text, text            an attribute by its name
 *   12        number, text          an attribute by a name that the connector knows
 *   13        bits                  key size, 2 bytes
 *   14        number                Content-Length, 2 bytes
 *   15        -                     Transfer-Encoding: chunked
 *   16        number                the secret is missing, wrong, empty, null, right and wrong, twice right
 *   17        number                a URI that tells the application what to do
 *   18        length                a header of that many bytes, 2 bytes; the last one counts
 *   others    as step % 19
 * </pre>
 */
final class RequestScript {

    static final int STEPS = 19;
    static final int END = 0;
    static final int METHOD = 1;
    static final int URI = 2;
    static final int HEADER = 8;
    static final int NAMED_HEADER = 9;
    static final int ATTRIBUTE = 10;
    static final int NAMED_ATTRIBUTE = 11;
    static final int KNOWN_ATTRIBUTE = 12;
    static final int KEY_SIZE = 13;
    static final int CONTENT_LENGTH = 14;
    static final int CHUNKED = 15;
    static final int SECRET = 16;
    static final int TASK = 17;
    static final int PADDING = 18;

    private static final int MAX_STEPS = 200;
    private static final String PADDED = "x-padding";
    private static final int PADDED_OVERHEAD = 2 * PacketWriter.STRING_OVERHEAD + PADDED.length();
    private static final int CODED_HEADERS = RequestHeaders.USER_AGENT - RequestHeaders.ACCEPT + 1;
    private static final String[] KNOWN = {"AJP_REMOTE_PORT", "AJP_LOCAL_ADDR", "AJP_SSL_PROTOCOL", "JK_LB_ACTIVATION",
        "javax.servlet.request.key_size", "javax.servlet.request.X509Certificate", "jakarta.servlet.request.cipher_suite",
        "javax.servlet.request.ssl_session", "CERT_ISSUER", "CAPTURE_VARIABLE"};

    private int method = 2;
    private final String[] strings = {"/echo", "HTTP/1.1", "10.0.0.7", null, "www.example.test"};
    private int port = 80;
    private boolean secure;
    private int padding;
    private String[] secrets = {Sesame.RIGHT};
    private final List<Consumer<ForwardRequestWriter>> headers = new ArrayList<>();
    private final List<Consumer<ForwardRequestWriter>> attributes = new ArrayList<>();

    private RequestScript() {
        header("host", "www.example.test");
    }

    /** A packet with its outer header, read from the tape up to an end step. */
    static byte[] packet(Tape tape) {
        RequestScript script = new RequestScript();
        int steps = 0;
        while (steps++ < MAX_STEPS && script.step(tape)) {
            continue;
        }
        return script.packet();
    }

    private boolean step(Tape tape) {
        int step = tape.u8() % STEPS;
        switch (step) {
            case END -> {
                return false;
            }
            case METHOD -> method = tape.u8();
            case URI -> strings[0] = "/" + tape.text();
            case 3, 4, 5, 6 -> strings[step - URI] = tape.text();
            case 7 -> {
                port = tape.u16();
                secure = tape.u8() % 2 == 1;
            }
            case HEADER -> header(RequestHeaders.nameOf(RequestHeaders.ACCEPT + tape.u8() % CODED_HEADERS), tape.text());
            case NAMED_HEADER -> header(tape.text(), tape.text());
            case ATTRIBUTE -> attribute(tape.u8() % RequestAttributes.STORED_METHOD + 1, tape.text());
            case NAMED_ATTRIBUTE -> attribute(tape.text(), tape.text());
            case KNOWN_ATTRIBUTE -> attribute(KNOWN[tape.u8() % KNOWN.length], tape.text());
            case KEY_SIZE -> keySize(tape.u16());
            case CONTENT_LENGTH -> header("content-length", Integer.toString(tape.u16()));
            case CHUNKED -> header("Transfer-Encoding", "chunked");
            case SECRET -> secrets = secrets(tape.u8());
            case PADDING -> padding = tape.u16();
            case TASK -> strings[0] = FuzzApplication.uri(tape.u8());
            default -> throw new IllegalStateException("Step " + step);
        }
        return true;
    }

    private static String[] secrets(int number) {
        return switch (number % 6) {
            case 0 -> new String[0];
            case 1 -> new String[] {Sesame.WRONG};
            case 2 -> new String[] {""};
            case 3 -> new String[] {null};
            case 4 -> new String[] {Sesame.RIGHT, Sesame.WRONG};
            default -> new String[] {Sesame.RIGHT, Sesame.RIGHT};
        };
    }

    private void header(String name, String value) {
        headers.add(writer -> writer.header(name, value));
    }

    private void attribute(int code, String value) {
        attributes.add(writer -> {
            if (code == RequestAttributes.REQ_ATTRIBUTE) {
                writer.requestAttribute("CAPTURE_VARIABLE", value);
            } else if (code == RequestAttributes.SSL_KEY_SIZE) {
                writer.sslKeySize(value.length());
            } else {
                writer.attribute(code, value);
            }
        });
    }

    private void attribute(String name, String value) {
        attributes.add(writer -> writer.requestAttribute(name, value));
    }

    private void keySize(int bits) {
        attributes.add(writer -> writer.sslKeySize(bits));
    }

    private byte[] packet() {
        byte[] packet = write();
        if (padding == 0) {
            return packet;
        }
        // A little more than AJP allows is possible: what fits into the length field.
        int room = Packets.MAX_PAYLOAD - (packet.length - Packets.HEADER_BYTES) - PADDED_OVERHEAD;
        header(PADDED, "x".repeat(Math.max(0, Math.min(padding, room))));
        return room < 0 ? packet : write();
    }

    private byte[] write() {
        ByteBuffer buffer = ByteBuffer.allocate(Packets.MAX_PAYLOAD + Packets.HEADER_BYTES);
        ForwardRequestWriter writer = new ForwardRequestWriter().wrap(buffer)
                .begin(method, strings[1], strings[0], strings[2], strings[3], strings[4], port, secure);
        headers.forEach(header -> header.accept(writer));
        attributes.forEach(attribute -> attribute.accept(writer));
        for (String secret : secrets) {
            writer.attribute(RequestAttributes.SECRET, secret);
        }
        writer.end();
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
