package org.catwalk.ajp.tool.decode;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.catwalk.ajp.tool.client.AjpConnection;
import org.catwalk.ajp.tool.client.Sender;

/** Prints the AJP of a capture: connections are numbered as they appear, packets in the order in which they became whole. */
final class CaptureDecoder {

    private record Direction(InetSocketAddress from, InetSocketAddress to) {

        Direction reversed() {
            return new Direction(to, from);
        }
    }

    private final PrintWriter out;
    private final boolean showsBodies;
    private final Map<Direction, Connection> connections = new HashMap<>();
    private final Set<Integer> unknownLinkTypes = new TreeSet<>();
    private int ajpConnections;
    private int otherConnections;
    private boolean isAllGood = true;
    private double firstSecond = Double.NaN;

    CaptureDecoder(PrintWriter out, boolean showsBodies) {
        this.out = out;
        this.showsBodies = showsBodies;
    }

    /**
     * @return whether there was AJP, and nothing but whole and well formed packets
     * @throws IOException if the file is damaged; what could be read has been printed
     */
    boolean decode(CaptureFile capture) throws IOException {
        try {
            for (Optional<CaptureFile.Frame> frame = capture.next(); frame.isPresent(); frame = capture.next()) {
                decode(frame.get());
            }
        } finally {
            connections.values().forEach(Connection::end);
        }
        summarise();
        return isAllGood && ajpConnections > 0;
    }

    private void decode(CaptureFile.Frame frame) {
        if (!TcpSegment.knowsLinkType(frame.linkType())) {
            unknownLinkTypes.add(frame.linkType());
            return;
        }
        if (Double.isNaN(firstSecond)) {
            firstSecond = frame.seconds();
        }
        TcpSegment.of(frame).ifPresent(segment -> {
            Direction direction = new Direction(segment.from(), segment.to());
            Connection known = connections.getOrDefault(direction, connections.get(direction.reversed()));
            if (known != null && segment.isSyn() && known.isOver) {
                known.end();
                connections.remove(direction);
                connections.remove(direction.reversed());
                known = null;
            }
            if (known == null) {
                known = new Connection(direction);
                connections.put(direction, known);
            }
            known.add(direction, segment, frame.seconds() - firstSecond);
        });
    }

    private void summarise() {
        if (!unknownLinkTypes.isEmpty()) {
            out.println("Frames of link types that are not known here were left out: " + unknownLinkTypes);
        }
        if (ajpConnections == 0) {
            out.println("No AJP was found; TCP connections without AJP: " + otherConnections);
        }
    }

    private final class Connection {

        private final Direction opened;
        private final TcpStream[] streams;
        private final PacketStream[] packets;
        private final boolean[] wasTold = new boolean[2];
        private final Conversation conversation = new Conversation(showsBodies);
        private int number;
        private double now;
        private boolean isOver;
        private boolean hasEnded;

        Connection(Direction opened) {
            this.opened = opened;
            packets = new PacketStream[] {packetsOf(opened), packetsOf(opened.reversed())};
            streams = new TcpStream[] {new TcpStream(bytes -> take(0, bytes)), new TcpStream(bytes -> take(1, bytes))};
        }

        private PacketStream packetsOf(Direction direction) {
            return new PacketStream((sender, packet) -> print(direction, sender, packet));
        }

        void add(Direction direction, TcpSegment segment, double seconds) {
            now = seconds;
            streams[direction.equals(opened) ? 0 : 1].add(segment);
            isOver |= segment.isLast();
        }

        private void take(int side, byte[] bytes) {
            PacketStream stream = packets[side];
            boolean hasNotBegun = stream.offset() == 0 && stream.pending() == 0;
            if (hasNotBegun && !mayBegin(bytes)) {
                // The capture began in the middle of a packet, or this is not AJP at all.
                return;
            }
            if (!stream.add(bytes) && !wasTold[side]) {
                wasTold[side] = true;
                if (number > 0) {
                    complain("a packet ought to begin here and does not: " + stream.found() + ", after " + stream.offset() + " bytes");
                }
            }
        }

        private boolean mayBegin(byte[] bytes) {
            return bytes.length < 4 || PacketStream.senderAt(bytes, 0) != null;
        }

        private void print(Direction direction, Sender sender, byte[] packet) {
            if (number == 0) {
                number = ++ajpConnections;
                Direction fromWebServer = sender == Sender.WEB_SERVER ? direction : direction.reversed();
                out.println("[" + number + "] web server " + AjpConnection.text(fromWebServer.from()) + ", container "
                        + AjpConnection.text(fromWebServer.to()));
            }
            out.println(prefix() + conversation.describe(sender, packet));
        }

        private void complain(String what) {
            isAllGood = false;
            out.println(prefix() + "MALFORMED: " + what);
        }

        private String prefix() {
            return String.format(Locale.ROOT, "[%d] %.6f ", number, now);
        }

        void end() {
            if (hasEnded) {
                return;
            }
            hasEnded = true;
            if (number == 0) {
                otherConnections++;
                return;
            }
            isAllGood &= !conversation.sawMalformed();
            for (int side = 0; side < 2; side++) {
                if (streams[side].hasGap()) {
                    complain("the capture lacks bytes from here on; capture whole packets with tcpdump -s 0");
                } else if (packets[side].pending() > 0 && !wasTold[side]) {
                    complain("the last packet is not whole, " + packets[side].pending() + " bytes of it came");
                }
            }
        }
    }
}
