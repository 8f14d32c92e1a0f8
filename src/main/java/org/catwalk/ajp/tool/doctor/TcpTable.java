package org.catwalk.ajp.tool.doctor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The sockets of this machine, as Linux shows them in {@code /proc/net/tcp} and {@code tcp6}: the only place that tells a connection that
 * Tomcat has not accepted from one that it has.
 */
record TcpTable(List<Row> rows) {

    private static final String LISTEN = "0A";
    private static final String ESTABLISHED = "01";
    private static final int IPV4_BYTES = 4;

    /**
     * @param address the local one; IPv4 even where the kernel shows it as mapped into IPv6
     * @param port the local one
     * @param isListening whether it is a listening socket
     * @param queued of a listening socket: connections that nobody has accepted yet
     */
    record Row(InetAddress address, int port, boolean isListening, int queued) {
    }

    static TcpTable read(Host host) {
        String text = host.tail(Path.of("/proc/net/tcp")).orElse("") + "\n" + host.tail(Path.of("/proc/net/tcp6")).orElse("");
        return parse(text);
    }

    /** Lines that are not of its form are passed over. */
    static TcpTable parse(String text) {
        List<Row> rows = new ArrayList<>();
        text.lines().forEach(line -> {
            String[] columns = line.trim().split("\\s+");
            if (columns.length > 4 && (columns[3].equals(LISTEN) || columns[3].equals(ESTABLISHED))) {
                String[] local = columns[1].split(":");
                rows.add(new Row(address(local[0]), Integer.parseInt(local[1], 16), columns[3].equals(LISTEN),
                        Integer.parseUnsignedInt(columns[4].split(":")[1], 16)));
            }
        });
        return new TcpTable(rows);
    }

    /** Words of four bytes, each in this machine's order: little endian wherever httpd and Tomcat are found. */
    private static InetAddress address(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int word = 0; word < bytes.length; word += IPV4_BYTES) {
            swap(bytes, word, word + 3);
            swap(bytes, word + 1, word + 2);
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("An address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }

    private static void swap(byte[] bytes, int one, int other) {
        byte kept = bytes[one];
        bytes[one] = bytes[other];
        bytes[other] = kept;
    }

    /** Addresses on which somebody listens at that port. */
    List<InetAddress> listeningAt(int port) {
        return rows.stream().filter(row -> row.isListening() && row.port() == port).map(Row::address).toList();
    }

    /** Connections to that address and port that nobody has accepted yet. */
    int queuedAt(InetAddress address, int port) {
        return rows.stream().filter(row -> row.isListening() && row.port() == port)
                .filter(row -> row.address().equals(address) || row.address().isAnyLocalAddress()).mapToInt(Row::queued).sum();
    }

    /** Connections that the side which listens has at that port, accepted or not. */
    int connectionsAt(int port) {
        return (int) rows.stream().filter(row -> !row.isListening() && row.port() == port).count();
    }
}
