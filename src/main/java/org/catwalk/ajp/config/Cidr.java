package org.catwalk.ajp.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A block of IPv4 or IPv6 addresses, such as {@code 10.1.0.0/16} or {@code fd00::/8}; a bare address is a block of one.
 * IPv4 addresses in IPv6 clothes ({@code ::ffff:10.1.2.3}) count as IPv4. Nothing here ever asks a name server.
 */
public final class Cidr {

    private final byte[] network;
    private final int prefixBits;

    private Cidr(byte[] network, int prefixBits) {
        this.network = network;
        this.prefixBits = prefixBits;
    }

    /**
     * Reads one entry.
     *
     * @param text an address, or an address, a slash and the number of leading bits that count
     * @throws IllegalArgumentException naming the entry and what is wrong with it
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] network = address(address);
        if (network == null) {
            throw new IllegalArgumentException("\"" + text + "\" is not an address block: expected an IPv4 or IPv6 address in figures, "
                    + "optionally with /bits, such as 10.1.0.0/16 or fd00::/8; host names are not looked up");
        }
        int width = network.length * 8;
        int bits = slash < 0 ? width : bits(text.substring(slash + 1));
        if (slash >= 0 && network.length == 4 && address.indexOf(':') >= 0 && bits >= 96) {
            // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
            bits -= 96;
        }
        if (bits < 0 || bits > width) {
            throw new IllegalArgumentException("\"" + text + "\" has no valid number of bits: expected 0 to " + width + " behind the slash");
        }
        byte[] masked = mask(network, bits);
        if (!Arrays.equals(network, masked)) {
            throw new IllegalArgumentException("\"" + text + "\" has bits set beyond its first " + bits + ": write " + literal(masked) + "/"
                    + bits + " for the whole block, or " + address + " for that one address");
        }
        return new Cidr(network, bits);
    }

    /** Whether the address lies in this block. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        int from = 0;
        if (bytes.length == 16 && isMapped(bytes)) {
            from = 12;
        }
        return bytes.length - from == network.length && samePrefix(bytes, from);
    }

    private boolean samePrefix(byte[] bytes, int from) {
        int whole = prefixBits / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[from + i] != network[i]) {
                return false;
            }
        }
        int rest = prefixBits % 8;
        return rest == 0 || (bytes[from + whole] ^ network[whole]) >> 8 - rest == 0;
    }

    /** The bytes of an address in figures, 4 or 16 of them; null if it is none. */
    private static byte[] address(String text) {
        return text.indexOf(':') >= 0 ? ipv6(text) : ipv4(text);
    }

    /** Four decimal numbers and nothing else: the short and octal forms that C libraries accept mean different things to different readers. */
    private static byte[] ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            int value = number(parts[i], 3);
            if (value < 0 || value > 255 || parts[i].length() > 1 && parts[i].charAt(0) == '0') {
                return null;
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    private static byte[] ipv6(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.digit(c, 16) < 0 && c != ':' && c != '.' || c > 'f') {
                return null;
            }
        }
        try {
            // In brackets and with figures only, getByName cannot fall back to a look-up.
            return InetAddress.getByName("[" + text + "]").getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static int bits(String text) {
        return number(text, 3);
    }

    /** A number of at most the given digits; -1 if the text is anything else. */
    private static int number(String text, int maxDigits) {
        if (text.isEmpty() || text.length() > maxDigits) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }

    private static byte[] mask(byte[] bytes, int bits) {
        byte[] masked = bytes.clone();
        for (int i = 0; i < masked.length; i++) {
            int keep = Math.max(0, Math.min(8, bits - i * 8));
            masked[i] &= (byte) (0xFF << 8 - keep);
        }
        return masked;
    }

    private static String literal(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.length + " bytes", e);
        }
    }

    @Override
    public String toString() {
        return literal(network) + "/" + prefixBits;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr that && prefixBits == that.prefixBits && Arrays.equals(network, that.network);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + prefixBits;
    }
}
