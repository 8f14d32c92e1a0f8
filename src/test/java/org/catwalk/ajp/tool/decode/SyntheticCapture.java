package org.catwalk.ajp.tool.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Builds libpcap files of one TCP connection, byte by byte: for orders, link types and losses that no loopback shows. */
final class SyntheticCapture {

    /** One record. */
    private record Frame(byte[] bytes, int originalLength) {
    }

    private final int linkType;
    private final boolean isIpv6;
    private final ByteOrder order;
    private final boolean isNanos;
    private final List<Frame> frames = new ArrayList<>();

    private SyntheticCapture(int linkType, boolean isIpv6, ByteOrder order, boolean isNanos) {
        this.linkType = linkType;
        this.isIpv6 = isIpv6;
        this.order = order;
        this.isNanos = isNanos;
    }

    static SyntheticCapture ofLinkType(int linkType) {
        return new SyntheticCapture(linkType, false, ByteOrder.LITTLE_ENDIAN, false);
    }

    SyntheticCapture ipv6() {
        return new SyntheticCapture(linkType, true, order, isNanos);
    }

    SyntheticCapture bigEndian() {
        return new SyntheticCapture(linkType, isIpv6, ByteOrder.BIG_ENDIAN, isNanos);
    }

    SyntheticCapture nanoseconds() {
        return new SyntheticCapture(linkType, isIpv6, order, true);
    }

    SyntheticCapture syn(boolean fromWebServer, int sequence) {
        return add(fromWebServer, sequence, 0x02, new byte[0], 0);
    }

    SyntheticCapture data(boolean fromWebServer, int sequence, byte... data) {
        return add(fromWebServer, sequence, 0x18, data, 0);
    }

    SyntheticCapture dataCutBy(int missing, boolean fromWebServer, int sequence, byte... data) {
        return add(fromWebServer, sequence, 0x18, data, missing);
    }

    SyntheticCapture reset(boolean fromWebServer, int sequence) {
        return add(fromWebServer, sequence, 0x04, new byte[0], 0);
    }

    /** Something else on the same wire. */
    SyntheticCapture arp() {
        byte[] frame = new byte[42];
        frame[12] = 0x08;
        frame[13] = 0x06;
        frames.add(new Frame(frame, frame.length));
        return this;
    }

    private SyntheticCapture add(boolean fromWebServer, int sequence, int flags, byte[] data, int missing) {
        ByteBuffer buffer = ByteBuffer.allocate(200 + data.length);
        putLinkHeader(buffer);
        putIpHeader(buffer, fromWebServer, 20 + data.length);
        buffer.putShort((short) (fromWebServer ? 40000 : 8009)).putShort((short) (fromWebServer ? 8009 : 40000));
        buffer.putInt(sequence).putInt(0).put((byte) 0x50).put((byte) flags).putShort((short) 1000).putInt(0);
        buffer.put(data);
        byte[] frame = new byte[buffer.position() - missing];
        buffer.get(0, frame);
        frames.add(new Frame(frame, frame.length + missing));
        return this;
    }

    private void putLinkHeader(ByteBuffer buffer) {
        short etherType = (short) (isIpv6 ? 0x86DD : 0x0800);
        switch (linkType) {
            case 0 -> buffer.putInt(Integer.reverseBytes(isIpv6 ? 30 : 2));
            case 1 -> buffer.position(12).putShort((short) 0x8100).putShort((short) 7).putShort(etherType);
            case 101 -> { }
            case 108 -> buffer.putInt(isIpv6 ? 30 : 2);
            case 113 -> buffer.position(14).putShort(etherType);
            case 276 -> buffer.putShort(etherType).position(20);
            default -> throw new IllegalArgumentException("link type " + linkType);
        }
    }

    private void putIpHeader(ByteBuffer buffer, boolean fromWebServer, int payload) {
        if (isIpv6) {
            buffer.putInt(0x60000000).putShort((short) payload).put((byte) 6).put((byte) 64);
            for (int last : new int[] {fromWebServer ? 1 : 2, fromWebServer ? 2 : 1}) {
                buffer.putLong(0x20010DB800000000L).putLong(last);
            }
        } else {
            buffer.putShort((short) 0x4500).putShort((short) (20 + payload)).putShort((short) 1).putShort((short) 0x4000);
            buffer.put((byte) 64).put((byte) 6).putShort((short) 0);
            buffer.putInt(fromWebServer ? 0xC0000201 : 0xC0000202).putInt(fromWebServer ? 0xC0000202 : 0xC0000201);
        }
    }

    byte[] bytes() {
        int size = 24 + frames.stream().mapToInt(frame -> 16 + frame.bytes().length).sum();
        ByteBuffer file = ByteBuffer.allocate(size).order(order);
        file.putInt(isNanos ? 0xA1B23C4D : 0xA1B2C3D4).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0).putInt(65535).putInt(linkType);
        int millis = 0;
        for (Frame frame : frames) {
            file.putInt(1_700_000_000).putInt(millis * (isNanos ? 1_000_000 : 1000)).putInt(frame.bytes().length).putInt(frame.originalLength());
            file.put(frame.bytes());
            millis++;
        }
        return file.array();
    }
}
