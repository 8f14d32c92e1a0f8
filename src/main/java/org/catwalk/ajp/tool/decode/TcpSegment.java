package org.catwalk.ajp.tool.decode;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * One TCP segment out of a frame.
 *
 * @param from its sender
 * @param to its receiver
 * @param sequence of the first byte of data, or of the SYN
 * @param isSyn whether the connection begins here
 * @param isLast whether nothing follows: FIN or RST
 * @param data as captured
 * @param missing bytes of data that the capture cut off
 */
record TcpSegment(InetSocketAddress from, InetSocketAddress to, int sequence, boolean isSyn, boolean isLast, byte[] data, int missing) {

    private static final int TCP = 6;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;

    /** @return empty if the frame holds no whole TCP header: another protocol, a fragment, an unknown link type */
    static Optional<TcpSegment> of(CaptureFile.Frame frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame.bytes());
        try {
            int network = networkOffset(frame.linkType(), bytes);
            return network < 0 ? Optional.empty() : ofIp(bytes.position(network).slice());
        } catch (IndexOutOfBoundsException | IllegalArgumentException cut) {
            return Optional.empty();
        }
    }

    /** @return whether frames of this kind can be read */
    static boolean knowsLinkType(int linkType) {
        return switch (linkType) {
            case 0, 1, 12, 14, 101, 108, 113, 228, 229, 276 -> true;
            default -> false;
        };
    }

    /** @return where the IP header begins, or -1 */
    private static int networkOffset(int linkType, ByteBuffer bytes) {
        return switch (linkType) {
            case 0, 108 -> 4; // BSD loopback; the IP version tells what the address family would
            case 1 -> afterEthernet(bytes);
            case 12, 14, 101, 228, 229 -> 0; // raw IP
            case 113 -> isIp(bytes.getShort(14)) ? 16 : -1; // Linux "any"
            case 276 -> isIp(bytes.getShort(0)) ? 20 : -1; // Linux "any", second version
            default -> -1;
        };
    }

    private static int afterEthernet(ByteBuffer bytes) {
        int offset = 12;
        int type = bytes.getShort(offset) & 0xFFFF;
        while (type == 0x8100 || type == 0x88A8) { // VLAN tags
            offset += 4;
            type = bytes.getShort(offset) & 0xFFFF;
        }
        return isIp((short) type) ? offset + 2 : -1;
    }

    private static boolean isIp(short etherType) {
        int type = etherType & 0xFFFF;
        return type == IPV4 || type == IPV6;
    }

    private static Optional<TcpSegment> ofIp(ByteBuffer ip) {
        return switch (ip.get(0) >>> 4 & 0xF) {
            case 4 -> ofIpv4(ip);
            case 6 -> ofIpv6(ip);
            default -> Optional.empty();
        };
    }

    private static Optional<TcpSegment> ofIpv4(ByteBuffer ip) {
        boolean isFragment = (ip.getShort(6) & 0x3FFF) != 0;
        if (ip.get(9) != TCP || isFragment) {
            return Optional.empty();
        }
        int total = ip.getShort(2) & 0xFFFF;
        int end = total == 0 ? ip.capacity() : total; // 0 where the network card cuts into segments later
        return Optional.of(ofTcp(ip, (ip.get(0) & 0xF) * 4, end, address(ip, 12, 4), address(ip, 16, 4)));
    }

    private static Optional<TcpSegment> ofIpv6(ByteBuffer ip) {
        int payload = ip.getShort(4) & 0xFFFF;
        int end = payload == 0 ? ip.capacity() : 40 + payload;
        int next = ip.get(6) & 0xFF;
        int offset = 40;
        while (next == 0 || next == 43 || next == 60) { // hop-by-hop, routing, destination options
            next = ip.get(offset) & 0xFF;
            offset += 8 + 8 * (ip.get(offset + 1) & 0xFF);
        }
        return next == TCP ? Optional.of(ofTcp(ip, offset, end, address(ip, 8, 16), address(ip, 24, 16))) : Optional.empty();
    }

    private static TcpSegment ofTcp(ByteBuffer ip, int tcp, int end, InetAddress from, InetAddress to) {
        int flags = ip.get(tcp + 13);
        int data = tcp + (ip.get(tcp + 12) >>> 4 & 0xF) * 4;
        int capturedEnd = Math.max(data, Math.min(end, ip.capacity()));
        byte[] bytes = Arrays.copyOfRange(ip.array(), ip.arrayOffset() + data, ip.arrayOffset() + capturedEnd);
        return new TcpSegment(new InetSocketAddress(from, ip.getShort(tcp) & 0xFFFF), new InetSocketAddress(to, ip.getShort(tcp + 2) & 0xFFFF),
                ip.getInt(tcp + 4), (flags & 0x02) != 0, (flags & 0x05) != 0, bytes, Math.max(0, end - capturedEnd));
    }

    private static InetAddress address(ByteBuffer ip, int offset, int length) {
        byte[] bytes = new byte[length];
        ip.get(offset, bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // Only for other lengths than 4 and 16
        }
    }
}
