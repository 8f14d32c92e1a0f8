package org.catwalk.ajp.tool.decode;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the frames of a capture file: libpcap's with micro- or nanoseconds, and pcapng, either byte order.
 *
 * @see "draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng"
 */
final class CaptureFile {

    /** Nobody captures longer frames; a longer one means that the file is damaged. */
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final int PCAP_MICROS = 0xA1B2C3D4;
    private static final int PCAP_NANOS = 0xA1B23C4D;
    private static final int NG_SECTION = 0x0A0D0D0A;
    private static final int NG_BYTE_ORDER = 0x1A2B3C4D;
    private static final int NG_INTERFACE = 1;
    private static final int NG_SIMPLE_PACKET = 3;
    private static final int NG_ENHANCED_PACKET = 6;
    private static final int NG_OPTION_RESOLUTION = 9;

    /**
     * @param seconds since 1970
     * @param linkType as tcpdump.org numbers them
     * @param bytes as captured
     * @param isWhole false if the capture cut it
     */
    record Frame(double seconds, int linkType, byte[] bytes, boolean isWhole) {
    }

    private record Interface(int linkType, double secondsPerUnit) {
    }

    private final InputStream in;
    private final boolean isNg;
    private ByteOrder order;
    private Interface single;
    private final List<Interface> interfaces = new ArrayList<>();

    /** @return whether a file that begins so is a capture */
    static boolean isCapture(byte[] start) {
        if (start.length < 4) {
            return false;
        }
        int magic = ByteBuffer.wrap(start).getInt();
        return magic == NG_SECTION || isPcap(magic) || isPcap(Integer.reverseBytes(magic));
    }

    private static boolean isPcap(int magic) {
        return magic == PCAP_MICROS || magic == PCAP_NANOS;
    }

    /**
     * @param in at its beginning; buffered; closed by whoever opened it
     * @throws IOException if it cannot be read, or is no capture
     */
    CaptureFile(InputStream in) throws IOException {
        this.in = in;
        int magic = ByteBuffer.wrap(exactly(4)).getInt();
        isNg = magic == NG_SECTION;
        if (isNg) {
            beginSection();
        } else {
            order = isPcap(magic) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            int ordered = order == ByteOrder.BIG_ENDIAN ? magic : Integer.reverseBytes(magic);
            int linkType = numbers(exactly(20)).getInt(16) & 0x0FFFFFFF;
            single = new Interface(linkType, ordered == PCAP_NANOS ? 1e-9 : 1e-6);
        }
    }

    /**
     * @return empty at the end
     * @throws EOFException if the file ends within a frame
     * @throws IOException if it cannot be read, or is damaged
     */
    Optional<Frame> next() throws IOException {
        return isNg ? nextBlock() : nextRecord();
    }

    private Optional<Frame> nextRecord() throws IOException {
        byte[] header = in.readNBytes(16);
        if (header.length == 0) {
            return Optional.empty();
        }
        ByteBuffer numbers = numbers(complete(header, 16));
        long seconds = numbers.getInt() & 0xFFFFFFFFL;
        long fraction = numbers.getInt() & 0xFFFFFFFFL;
        int captured = frameLength(numbers.getInt());
        int original = numbers.getInt();
        return Optional.of(new Frame(seconds + fraction * single.secondsPerUnit(), single.linkType(), exactly(captured),
                captured >= original));
    }

    private Optional<Frame> nextBlock() throws IOException {
        while (true) {
            byte[] start = in.readNBytes(4);
            if (start.length == 0) {
                return Optional.empty();
            }
            int type = numbers(complete(start, 4)).getInt();
            if (type == NG_SECTION) {
                beginSection();
                continue;
            }
            ByteBuffer body = numbers(blockBody(numbers(exactly(4)).getInt(), 8));
            if (type == NG_INTERFACE) {
                interfaces.add(interfaceOf(body));
            } else if (type == NG_ENHANCED_PACKET) {
                return Optional.of(enhancedPacket(body));
            } else if (type == NG_SIMPLE_PACKET) {
                return Optional.of(simplePacket(body));
            }
        }
    }

    private void beginSection() throws IOException {
        byte[] start = exactly(8);
        order = ByteBuffer.wrap(start, 4, 4).getInt() == NG_BYTE_ORDER ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer numbers = numbers(start);
        int length = numbers.getInt();
        if (numbers.getInt() != NG_BYTE_ORDER) {
            throw new IOException("the pcapng file is damaged: a section begins without its byte order");
        }
        interfaces.clear();
        blockBody(length, 12);
    }

    /** @return what is between the bytes already read and the length that ends the block */
    private byte[] blockBody(int length, int alreadyRead) throws IOException {
        int rest = length - alreadyRead - 4;
        if (rest < 0 || rest > 2 * MAX_FRAME_BYTES || length % 4 != 0) {
            throw new IOException("the pcapng file is damaged: a block of " + (length & 0xFFFFFFFFL) + " bytes");
        }
        byte[] body = exactly(rest);
        if (numbers(exactly(4)).getInt() != length) {
            throw new IOException("the pcapng file is damaged: a block does not end with its length");
        }
        return body;
    }

    private static Interface interfaceOf(ByteBuffer body) throws IOException {
        require(body, 8);
        int linkType = body.getShort(0) & 0xFFFF;
        double resolution = 1e-6;
        body.position(8);
        while (body.remaining() >= 4) {
            int code = body.getShort() & 0xFFFF;
            int length = body.getShort() & 0xFFFF;
            int padded = length + 3 & ~3;
            if (code == 0 || padded > body.remaining()) {
                break;
            }
            if (code == NG_OPTION_RESOLUTION && length == 1) {
                int value = body.get(body.position()) & 0xFF;
                resolution = (value & 0x80) == 0 ? Math.pow(10, -value) : Math.pow(2, -(value & 0x7F));
            }
            body.position(body.position() + padded);
        }
        return new Interface(linkType, resolution);
    }

    private Frame enhancedPacket(ByteBuffer body) throws IOException {
        require(body, 20);
        Interface on = interfaceNumber(body.getInt());
        long time = (body.getInt() & 0xFFFFFFFFL) << 32 | body.getInt() & 0xFFFFFFFFL;
        int captured = frameLength(body.getInt());
        int original = body.getInt();
        require(body, captured);
        byte[] bytes = new byte[captured];
        body.get(bytes);
        return new Frame(time * on.secondsPerUnit(), on.linkType(), bytes, captured >= original);
    }

    private Frame simplePacket(ByteBuffer body) throws IOException {
        require(body, 4);
        Interface on = interfaceNumber(0);
        int original = frameLength(body.getInt());
        byte[] bytes = new byte[Math.min(original, body.remaining())];
        body.get(bytes);
        return new Frame(0, on.linkType(), bytes, bytes.length >= original);
    }

    private Interface interfaceNumber(int number) throws IOException {
        if (number < 0 || number >= interfaces.size()) {
            throw new IOException("the pcapng file is damaged: a frame of interface " + number + ", which it does not describe");
        }
        return interfaces.get(number);
    }

    private static int frameLength(int length) throws IOException {
        if (length < 0 || length > MAX_FRAME_BYTES) {
            throw new IOException("the capture is damaged: a frame of " + (length & 0xFFFFFFFFL) + " bytes");
        }
        return length;
    }

    private ByteBuffer numbers(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(order);
    }

    private static void require(ByteBuffer body, int bytes) throws IOException {
        if (body.remaining() < bytes) {
            throw new IOException("the pcapng file is damaged: a block is too short for what it holds");
        }
    }

    private byte[] exactly(int length) throws IOException {
        return complete(in.readNBytes(length), length);
    }

    private static byte[] complete(byte[] bytes, int length) throws EOFException {
        if (bytes.length < length) {
            throw new EOFException("the capture ends within a frame");
        }
        return bytes;
    }
}
