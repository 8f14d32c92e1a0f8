package org.catwalk.ajp.tool.decode;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import org.catwalk.ajp.tool.client.PacketListener;
import org.catwalk.ajp.tool.client.Sender;
import org.catwalk.ajp.wire.Packets;

/** Cuts a stream of bytes into packets; whose they are is told by how each begins. */
final class PacketStream {

    private final PacketListener listener;
    private byte[] pending = new byte[0];
    private long offset;
    private boolean isLost;

    PacketStream(PacketListener listener) {
        this.listener = listener;
    }

    /**
     * @param bytes come next; packets that they complete go to the listener
     * @return false if a packet ought to begin and does not; nothing can be read from then on
     */
    boolean add(byte[] bytes) {
        if (isLost) {
            return false;
        }
        byte[] all = pending.length == 0 ? bytes : joined(pending, bytes);
        int from = 0;
        while (all.length - from >= Packets.HEADER_BYTES) {
            Sender sender = senderAt(all, from);
            if (sender == null) {
                isLost = true;
                break;
            }
            int to = from + Packets.HEADER_BYTES + payloadLength(all, from);
            if (to > all.length) {
                break;
            }
            listener.packet(sender, Arrays.copyOfRange(all, from, to));
            from = to;
        }
        offset += from;
        pending = Arrays.copyOfRange(all, from, all.length);
        return !isLost;
    }

    /** @return how many bytes came before {@link #pending()} */
    long offset() {
        return offset;
    }

    /** @return bytes of a packet that is not whole */
    int pending() {
        return pending.length;
    }

    /** @return the first bytes where a packet ought to begin, in hex */
    String found() {
        return "0x" + HexFormat.of().formatHex(pending, 0, Math.min(pending.length, Packets.HEADER_BYTES));
    }

    /** @return whether a packet may begin there */
    static Sender senderAt(byte[] bytes, int from) {
        if (bytes.length - from < Packets.HEADER_BYTES) {
            return null;
        }
        if (Packets.payloadLength(bytes, from) >= 0) {
            return Sender.WEB_SERVER;
        }
        return Packets.containerPayloadLength(bytes, from) >= 0 ? Sender.CONTAINER : null;
    }

    private static int payloadLength(byte[] bytes, int from) {
        return Math.max(Packets.payloadLength(bytes, from), Packets.containerPayloadLength(bytes, from));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(first.length + second.length);
        all.writeBytes(first);
        all.writeBytes(second);
        return all.toByteArray();
    }
}
