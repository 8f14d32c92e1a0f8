package org.catwalk.ajp.tool.decode;

import java.util.Locale;
import org.catwalk.ajp.tool.client.Sender;
import org.catwalk.ajp.wire.AjpException;
import org.catwalk.ajp.wire.BodyChunk;
import org.catwalk.ajp.wire.ForwardRequestParser;
import org.catwalk.ajp.wire.MessageType;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.ResponseParser;

/**
 * One connection's packets, in their order, as text. Remembers as much as it takes to tell a request from a body chunk, which has no type.
 * Not safe for use by several threads.
 */
public final class Conversation {

    private static final long UNKNOWN_LENGTH = Long.MAX_VALUE;

    private final boolean showsBodies;
    private long bodyLeft;
    private boolean sawMalformed;

    /** @param showsBodies whether the data of bodies is shown, which may be confidential */
    public Conversation(boolean showsBodies) {
        this.showsBodies = showsBodies;
    }

    /** @return whether any packet so far was not as AJP allows */
    public boolean sawMalformed() {
        return sawMalformed;
    }

    /**
     * @param sender who sent it
     * @param packet whole, outer header included
     * @return one line, or more of which all but the first are indented; secrets and credentials are masked
     */
    public String describe(Sender sender, byte[] packet) {
        StringBuilder text = new StringBuilder(sender == Sender.WEB_SERVER ? "-> " : "<- ");
        try {
            if (sender == Sender.WEB_SERVER) {
                describeRequestSide(packet, text);
            } else {
                new ResponseParser().parse(packet, Packets.HEADER_BYTES, packet.length, new ResponseText(text, showsBodies));
            }
        } catch (AjpException e) {
            sawMalformed = true;
            text.append("\n     MALFORMED: ").append(e.getMessage()).append(String.format(Locale.ROOT, " Packet of %d bytes.", packet.length));
        }
        return text.toString();
    }

    private void describeRequestSide(byte[] packet, StringBuilder text) throws AjpException {
        int payload = packet.length - Packets.HEADER_BYTES;
        if (payload == 0 || isBodyChunk(packet)) {
            describeBodyChunk(packet, text);
            return;
        }
        int type = packet[Packets.HEADER_BYTES] & 0xFF;
        if (payload == 1) {
            text.append(MessageType.nameOf(type));
            return;
        }
        ForwardRequestText request = new ForwardRequestText(text);
        try {
            new ForwardRequestParser().parse(packet, Packets.HEADER_BYTES, packet.length, request);
        } finally {
            request.finish(packet.length);
        }
        bodyLeft = request.hasUnknownLength() ? UNKNOWN_LENGTH : request.contentLength();
    }

    /**
     * A chunk of 512 to 767 bytes begins like a forward request: what was announced decides, and where nothing was, a request is the likelier.
     */
    private boolean isBodyChunk(byte[] packet) {
        int payload = packet.length - Packets.HEADER_BYTES;
        boolean hasLengthOfAChunk = payload >= BodyChunk.PREFIX_BYTES
                && ((packet[4] & 0xFF) << 8 | packet[5] & 0xFF) == payload - BodyChunk.PREFIX_BYTES;
        return hasLengthOfAChunk && (bodyLeft > 0 || packet[4] != MessageType.FORWARD_REQUEST);
    }

    private void describeBodyChunk(byte[] packet, StringBuilder text) throws AjpException {
        int length = BodyChunk.dataLength(packet, Packets.HEADER_BYTES, packet.length);
        if (length == 0) {
            boolean isEarly = bodyLeft > 0 && bodyLeft != UNKNOWN_LENGTH;
            text.append("body chunk, empty: ").append(isEarly ? "the client is gone, " + bodyLeft + " bytes are missing" : "end of the body");
            bodyLeft = 0;
            return;
        }
        text.append("body chunk, ").append(length).append(" bytes");
        if (bodyLeft != UNKNOWN_LENGTH) {
            bodyLeft = Math.max(0, bodyLeft - length);
        }
        if (showsBodies) {
            Quoted.dump(packet, Packets.HEADER_BYTES + BodyChunk.PREFIX_BYTES, length, text);
        }
    }
}
