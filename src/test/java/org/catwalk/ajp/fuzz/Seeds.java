package org.catwalk.ajp.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.catwalk.ajp.wire.ControlPackets;
import org.catwalk.ajp.wire.HexFixture;
import org.catwalk.ajp.wire.MessageType;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.SendHeaders;

/** What the fuzzer begins with: what real web servers sent, alone and in rows, and a script for each thing that scripts can say. */
final class Seeds {

    private Seeds() {
    }

    /** Inputs of {@link GuardFuzz}. */
    static List<byte[]> guard() {
        List<byte[]> seeds = new ArrayList<>();
        HexFixture.all().forEach(capture -> {
            capture.packets().forEach(packet -> seeds.add(prefixed(GuardFuzz.RAW, HexFixture.payload(packet))));
            withRightSecret(capture).forwardRequests().forEach(payload -> seeds.add(prefixed(GuardFuzz.RAW, payload)));
        });
        responses().forEach(payload -> seeds.add(prefixed(GuardFuzz.RAW, payload)));
        requestScripts().forEach(script -> seeds.add(prefixed(GuardFuzz.SCRIPT, script)));
        return seeds;
    }

    /** Inputs of {@link ConnectionFuzz}. */
    static List<byte[]> connection() {
        List<byte[]> seeds = new ArrayList<>();
        List<HexFixture> captures = HexFixture.all().map(Seeds::withRightSecret).toList();
        byte[] ping = {0x12, 0x34, 0, 1, MessageType.CPING};
        for (int i = 0; i < captures.size(); i++) {
            byte[] capture = captures.get(i).bytes();
            byte[] next = captures.get((i + 1) % captures.size()).bytes();
            seeds.add(joined(new byte[] {0}, capture));
            seeds.add(joined(new byte[] {0}, ping, capture, next, ping));
            seeds.add(joined(new byte[] {0b01000, 99}, capture, capture));
            seeds.add(joined(new byte[] {0b100}, capture));
        }
        HexFixture.all().forEach(capture -> seeds.add(joined(new byte[] {0}, capture.bytes())));
        seeds.addAll(conversations());
        return seeds;
    }

    /** One script for each step that {@link RequestScript} knows, and for each task of the application. */
    private static List<byte[]> requestScripts() {
        List<byte[]> scripts = new ArrayList<>();
        for (int step = 0; step < RequestScript.STEPS; step++) {
            scripts.add(new byte[] {(byte) step, 3, 'a', 'b', 'c', 3, 'd', 'e', 'f', 0});
        }
        for (int secret = 0; secret < 6; secret++) {
            scripts.add(new byte[] {RequestScript.SECRET, (byte) secret, 0});
        }
        for (int code = 0; code < 14; code++) {
            scripts.add(new byte[] {RequestScript.HEADER, (byte) code, 1, '1', RequestScript.ATTRIBUTE, (byte) code, 3, 'G', 'E', 'T', 0});
            scripts.add(new byte[] {RequestScript.KNOWN_ATTRIBUTE, (byte) code, 2, '4', '2', 0});
        }
        scripts.add(joined(new byte[] {RequestScript.METHOD, (byte) 0xFF, RequestScript.ATTRIBUTE, RequestAttributes.STORED_METHOD - 1, 6},
                "REPORT".getBytes(StandardCharsets.US_ASCII)));
        return scripts;
    }

    /** Scripts that say every kind of thing to every task. */
    private static List<byte[]> conversations() {
        List<byte[]> scripts = new ArrayList<>();
        for (byte task = 0; task < FuzzApplication.tasks(); task++) {
            byte[] known = {0, RequestScript.METHOD, 4, RequestScript.TASK, task, RequestScript.CONTENT_LENGTH, 0, 9, 0};
            byte[] unknown = {0, RequestScript.METHOD, 4, RequestScript.TASK, task, RequestScript.CHUNKED, 0};
            byte[] modJk = {0, RequestScript.TASK, task, RequestScript.KNOWN_ATTRIBUTE, 3, 3, 'A', 'C', 'T', 0};
            byte[] chunk = {2, 0, 8};
            byte[] half = {2, 0, 3};
            byte[] script = {1};
            scripts.add(joined(script, modJk));
            scripts.add(joined(script, known, half, half, modJk));
            scripts.add(joined(script, known, half, new byte[] {3}, modJk));
            scripts.add(joined(script, unknown, new byte[] {12}, half, new byte[] {12}, half, new byte[] {3}, modJk));
            scripts.add(joined(script, unknown, new byte[] {12, 13}, chunk, new byte[] {4}, modJk));
            scripts.add(joined(script, known, modJk));
            scripts.add(joined(script, known, new byte[] {14, 0}, modJk));
            scripts.add(joined(new byte[] {0b10001}, known, chunk, modJk));
            scripts.add(joined(new byte[] {0b00011}, known, half));
            scripts.add(joined(new byte[] {0b00101}, known, chunk));
            scripts.add(joined(new byte[] {0b00111}, known, chunk, modJk));
            scripts.add(joined(new byte[] {Conversation.NARROW | Conversation.SCRIPT}, known, chunk, new byte[] {13}, modJk));
            scripts.add(joined(new byte[] {Conversation.NARROW | Conversation.SCRIPT}, unknown, new byte[] {13}, chunk, new byte[] {3, 13}, modJk));
            scripts.add(joined(script, new byte[] {0, RequestScript.METHOD, 4, RequestScript.TASK, task, RequestScript.CONTENT_LENGTH, -1, -1,
                RequestScript.PADDING, 60, 0, 0, 2, -1, 0, 2, 0, -1}));
        }
        for (byte secret = 0; secret < 6; secret++) {
            scripts.add(new byte[] {1, 5, 0, RequestScript.SECRET, secret, 0, 0, 0});
        }
        for (int type = 0; type < 12; type++) {
            scripts.add(new byte[] {1, 6, (byte) type, 2, 0, 0, 0, 0});
        }
        for (byte high : new byte[] {31, 32, -2, -1}) {
            scripts.add(new byte[] {1, 0, RequestScript.PADDING, high, -1, 0, 0, 0});
        }
        scripts.add(new byte[] {1, 7, 3, 'G', 'E', 'T'});
        scripts.add(new byte[] {1, 0, 0, 8, 1, 0, 0});
        scripts.add(new byte[] {1, 0, 0, 8, -1, 0, 0});
        scripts.add(new byte[] {1, 0, 0, 9, 0, 20, 7});
        scripts.add(new byte[] {1, 0, 0, 10, 0, 50});
        scripts.add(new byte[] {1, 5, 11, 3, 0, 0, 11, 2});
        return scripts;
    }

    private static List<byte[]> responses() {
        List<byte[]> payloads = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocate(Packets.MIN_PACKET_SIZE);
        SendHeaders head = new SendHeaders().wrap(buffer, Packets.MIN_PACKET_SIZE);
        head.begin(200, "OK");
        head.header("Content-Type", "text/plain");
        head.header("X-Own", "value");
        head.end();
        payloads.add(payload(buffer));
        ControlPackets.flush(buffer.clear());
        payloads.add(payload(buffer));
        ControlPackets.getBodyChunk(buffer.clear(), 8186);
        payloads.add(payload(buffer));
        ControlPackets.endResponse(buffer.clear(), true);
        payloads.add(payload(buffer));
        ControlPackets.cpong(buffer.clear());
        payloads.add(payload(buffer));
        return payloads;
    }

    private static byte[] payload(ByteBuffer buffer) {
        return Arrays.copyOfRange(buffer.array(), Packets.HEADER_BYTES, buffer.position());
    }

    /** The capture with the right secret in each forward request, in place of its own if it has one. */
    static HexFixture withRightSecret(HexFixture capture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] packet : capture.packets()) {
            boolean request = packet.length > 100 && packet[Packets.HEADER_BYTES] == MessageType.FORWARD_REQUEST;
            bytes.writeBytes(request ? withRightSecret(packet) : packet);
        }
        return new HexFixture(capture.name(), bytes.toByteArray());
    }

    private static byte[] withRightSecret(byte[] packet) {
        String text = latin1(packet).replace("\f" + string("capture-secret"), "");
        String secret = "\f" + string(Sesame.RIGHT) + '\u00ff';
        byte[] changed = latin1(text.substring(0, text.length() - 1) + secret);
        Wire.putUint16(changed, 2, changed.length - Packets.HEADER_BYTES);
        return changed;
    }

    /** As it is on the wire, one character a byte. */
    private static String string(String text) {
        return "" + (char) (text.length() >> 8) + (char) (text.length() & 0xFF) + text + '\0';
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] prefixed(byte first, byte[] rest) {
        return joined(new byte[] {first}, rest);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Words of AJP, in the form that libFuzzer reads dictionaries in. */
    static List<String> dictionary() {
        List<String> words = new ArrayList<>();
        words.add(entry(latin1("\u00124\0\1\n")));
        words.add(entry(latin1("\u00124\0\0")));
        words.add(entry(latin1("\u00124\0\2\0\0")));
        words.add(entry(latin1("\f" + string(Sesame.RIGHT))));
        words.add(entry(latin1("\f" + string(Sesame.WRONG))));
        words.add(entry(latin1("\r" + string("REPORT"))));
        words.add(entry(latin1("\u00a0\b" + string("9"))));
        words.add(entry(latin1("\u00a0\u000b" + string("a.example"))));
        words.add(entry(latin1(string("Transfer-Encoding") + string("chunked"))));
        words.add(entry(latin1("\n" + string("JK_LB_ACTIVATION") + string("ACT"))));
        words.add(entry(new byte[] {(byte) 0xFF, (byte) 0xFF}));
        return words;
    }

    private static String entry(byte[] word) {
        StringBuilder entry = new StringBuilder("\"");
        for (byte b : word) {
            entry.append(String.format("\\x%02X", b & 0xFF));
        }
        return entry.append('"').toString();
    }

    static void write(Path directory, List<byte[]> seeds) throws IOException {
        Files.createDirectories(directory);
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(directory.resolve(String.format("seed-%04d", i)), seeds.get(i));
        }
    }
}
