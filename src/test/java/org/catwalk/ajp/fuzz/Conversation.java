package org.catwalk.ajp.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import org.catwalk.ajp.wire.HexFixture;
import org.catwalk.ajp.wire.Packets;

/**
 * What one web server does with one connection: bytes that it sends, in pieces, and how it leaves.
 *
 * <p>Made from a fuzzer's input. The first byte says how:
 *
 * <pre>
 *   bit 0      what follows is a script (1) or the bytes themselves (0)
 *   bits 1-2   how it leaves, {@link Leaving}
 *   bits 3-4   in what pieces it sends: each step whole (0, 3), pieces of as many bytes as the next byte says (1), byte by byte at first (2)
 *   bit 5      the container cannot send much before it begins to read, which it does when it leaves
 * </pre>
 *
 * A script is a row of steps, each a byte and its operands. A packet can be changed by the steps behind it until the next one is made.
 *
 * <pre>
 *   0   {@link RequestScript}  a forward request
 *   1   number                 a forward request that was captured, with the right secret
 *   2   length                 a body chunk, 2 bytes
 *   3   -                      the end of a body, mod_jk's way
 *   4   -                      the end of a body, the other way
 *   5   -                      CPING
 *   6   type, text             a packet of any type
 *   7   text                   bytes that are no packet
 *   8   difference             the last packet's length field lies, by -128 to 127
 *   9   offset, value          a byte of the last packet is another one, 2 bytes and 1
 *   10  length                 the last packet is cut, 2 bytes
 *   11  number                 the last packet again, 1 to 4 times
 *   12  -                      waits for an answer, for a short time
 *   13  -                      meanwhile, a request on another connection
 *   14  {@link RequestScript}  a forward request dressed up as a body chunk
 *   15  number                 a whole capture
 * </pre>
 */
record Conversation(List<Step> steps, Leaving leaving, boolean narrow) {

    static final int SCRIPT = 1;
    static final int NARROW = 1 << 5;

    private static final int STEPS = 16;
    private static final int MAX_STEPS = 100;
    /** More than this may not fit into the sockets' buffers, and then it matters when the other end reads. */
    private static final int MAX_BYTES = 100_000;
    private static final int MAX_CHUNK = Packets.MAX_PACKET_SIZE - Packets.HEADER_BYTES - 2;
    /** What is sent byte by byte is costly. */
    private static final int MAX_SINGLE_BYTES = 200;

    private static final List<HexFixture> CAPTURES = HexFixture.all().map(Seeds::withRightSecret).toList();
    private static final List<byte[]> REQUESTS = CAPTURES.stream().flatMap(capture -> capture.packets().stream())
            .filter(packet -> packet.length > 100).toList();

    /** How the web server leaves. */
    enum Leaving {
        /** It sends FIN, and reads to the end. */
        FIN,
        /** It reads until it has an answer, or for a short time, before it sends FIN. */
        LATE_FIN,
        /** It sends RST. */
        RESET,
        /** It closes without reading, which may become a RST. */
        CLOSE
    }

    /** One thing that the web server does. */
    sealed interface Step {
    }

    /** It sends these bytes in one go. */
    record Send(byte[] bytes) implements Step {
    }

    /** It waits for an answer, for a short time. */
    record AwaitAnswer() implements Step {
    }

    /** Somebody else sends a request on another connection. */
    record OtherRequest() implements Step {
    }

    static Conversation of(byte[] input) {
        Tape tape = new Tape(input);
        int flags = tape.u8();
        Leaving leaving = Leaving.values()[flags >> 1 & 3];
        int pieces = switch (flags >> 3 & 3) {
            case 1 -> tape.u8() + 1;
            case 2 -> 1;
            default -> MAX_BYTES;
        };
        List<Step> steps = (flags & SCRIPT) == 0 ? List.of(new Send(tape.bytes(MAX_BYTES))) : script(tape);
        return new Conversation(cut(steps, pieces), leaving, (flags & NARROW) != 0);
    }

    static int captures() {
        return CAPTURES.size();
    }

    static int requests() {
        return REQUESTS.size();
    }

    /** Everything that is sent. */
    byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Step step : steps) {
            if (step instanceof Send send) {
                all.writeBytes(send.bytes);
            }
        }
        return all.toByteArray();
    }

    /** The text of a .hex fixture. */
    String hex() {
        StringBuilder text = new StringBuilder("# leaves by " + leaving + (narrow ? ", narrow" : "") + "\n");
        for (Step step : steps) {
            if (step instanceof Send send) {
                for (int i = 0; i < send.bytes.length; i += 24) {
                    byte[] line = Arrays.copyOfRange(send.bytes, i, Math.min(send.bytes.length, i + 24));
                    text.append(HexFormat.ofDelimiter(" ").formatHex(line)).append('\n');
                }
            } else {
                text.append("# ").append(step.getClass().getSimpleName());
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static List<Step> script(Tape tape) {
        List<Step> steps = new ArrayList<>();
        byte[] packet = new byte[0];
        int bytes = 0;
        for (int i = 0; i < MAX_STEPS && !tape.isAtEnd() && bytes < MAX_BYTES; i++) {
            int step = tape.u8() % STEPS;
            if (step >= 8 && step <= 10) {
                packet = changed(packet, step, tape);
                continue;
            }
            bytes += send(steps, packet);
            if (step == 11) {
                for (int times = tape.u8() % 4; times > 0 && bytes < MAX_BYTES; times--) {
                    bytes += send(steps, packet);
                }
                packet = new byte[0];
                continue;
            }
            packet = packet(step, tape);
            if (step == 12) {
                steps.add(new AwaitAnswer());
            } else if (step == 13) {
                steps.add(new OtherRequest());
            }
        }
        send(steps, packet);
        return steps;
    }

    private static int send(List<Step> steps, byte[] packet) {
        if (packet.length > 0) {
            steps.add(new Send(packet));
        }
        return packet.length;
    }

    private static byte[] packet(int step, Tape tape) {
        return switch (step) {
            case 0 -> RequestScript.packet(tape);
            case 1 -> REQUESTS.get(tape.u8() % REQUESTS.size()).clone();
            case 2 -> bodyChunk(new byte[tape.u16() % MAX_CHUNK + 1]);
            case 3 -> framed(new byte[0]);
            case 4 -> framed(new byte[2]);
            case 5 -> framed(new byte[] {10});
            case 6 -> framed(typed(tape));
            case 7 -> tape.bytes(tape.u8());
            case 14 -> bodyChunk(RequestScript.packet(tape));
            case 15 -> CAPTURES.get(tape.u8() % CAPTURES.size()).bytes().clone();
            default -> new byte[0];
        };
    }

    private static byte[] typed(Tape tape) {
        byte type = (byte) tape.u8();
        byte[] rest = tape.bytes(tape.u8());
        byte[] payload = new byte[rest.length + 1];
        payload[0] = type;
        System.arraycopy(rest, 0, payload, 1, rest.length);
        return payload;
    }

    private static byte[] bodyChunk(byte[] data) {
        byte[] payload = new byte[data.length + 2];
        Wire.putUint16(payload, 0, data.length);
        System.arraycopy(data, 0, payload, 2, data.length);
        return framed(payload);
    }

    private static byte[] framed(byte[] payload) {
        byte[] packet = new byte[payload.length + Packets.HEADER_BYTES];
        Wire.putUint16(packet, 0, Packets.WEB_SERVER_MAGIC);
        Wire.putUint16(packet, 2, payload.length);
        System.arraycopy(payload, 0, packet, Packets.HEADER_BYTES, payload.length);
        return packet;
    }

    private static byte[] changed(byte[] packet, int step, Tape tape) {
        int operand = step == 8 ? tape.u8() : tape.u16();
        int value = step == 9 ? tape.u8() : 0;
        if (packet.length < Packets.HEADER_BYTES) {
            return packet;
        }
        byte[] changed = packet.clone();
        switch (step) {
            case 8 -> Wire.putUint16(changed, 2, Wire.uint16(changed, 2) + (byte) operand);
            case 9 -> changed[operand % changed.length] = (byte) value;
            default -> changed = Arrays.copyOf(changed, operand % changed.length);
        }
        return changed;
    }

    private static List<Step> cut(List<Step> steps, int pieces) {
        List<Step> cut = new ArrayList<>();
        int singles = 0;
        for (Step step : steps) {
            if (!(step instanceof Send send)) {
                cut.add(step);
                continue;
            }
            int from = 0;
            while (from < send.bytes.length) {
                int n = singles++ < MAX_SINGLE_BYTES ? pieces : MAX_BYTES;
                int to = Math.min(send.bytes.length, from + n);
                cut.add(new Send(Arrays.copyOfRange(send.bytes, from, to)));
                from = to;
            }
        }
        return cut;
    }
}
