package org.catwalk.ajp.processor;

import java.nio.ByteBuffer;

import org.catwalk.ajp.config.CpingMode;
import org.catwalk.ajp.endpoint.AjpConnection;
import org.catwalk.ajp.endpoint.PacketGate;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.wire.AjpException;
import org.catwalk.ajp.wire.BodyChunk;
import org.catwalk.ajp.wire.ControlPackets;
import org.catwalk.ajp.wire.MessageType;

/**
 * Knows what may stand between two exchanges: a forward request, which a worker gets, or a CPING, which is answered at
 * once, so that it is answered while every worker is busy. Everything else ends the connection.
 */
public final class AjpPacketGate implements PacketGate {

    /** Enough for a refusal's head, body and end, and for CPONG. */
    private static final int MESSAGE_BYTES = 512;
    /** "HTTP/1.1" and some more. */
    private static final int MAX_PROTOCOL = 32;

    private final ConnectorServices services;
    private final ThreadLocal<ByteBuffer> message = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(MESSAGE_BYTES));

    public AjpPacketGate(ConnectorServices services) {
        this.services = services;
    }

    @Override
    public Verdict onPacket(AjpConnection connection) {
        int start = connection.payloadStart();
        int length = connection.payloadEnd() - start;
        if (length == 0) {
            refuse(connection, Refusal.UNEXPECTED_MESSAGE, "an empty packet between two requests");
            return Verdict.CLOSE;
        }
        int type = connection.packetBytes()[start] & 0xFF;
        if (type == MessageType.FORWARD_REQUEST) {
            connection.traffic().countRequest();
            return Verdict.DISPATCH;
        }
        if (type == MessageType.CPING && length == 1) {
            return answerCping(connection);
        }
        Refusal reason = isKnown(type) ? Refusal.UNEXPECTED_MESSAGE : Refusal.UNKNOWN_MESSAGE_TYPE;
        refuse(connection, reason, "a packet of type 0x" + Integer.toHexString(type) + " (" + length
                + " bytes) between two requests, where only a forward request or a CPING of 1 byte may come");
        return Verdict.CLOSE;
    }

    /**
     * From the method's code and the path, without query, without digits, so that {@code /item/17} and {@code /item/18} are
     * one kind. The packet has not been checked yet, so every step looks where it treads.
     */
    @Override
    public int kindOf(AjpConnection connection) {
        byte[] b = connection.packetBytes();
        int end = connection.payloadEnd();
        int at = connection.payloadStart() + 1;
        if (end - at < 4) {
            return 0;
        }
        int hash = b[at];
        int protocolLength = (b[at + 1] & 0xFF) << 8 | b[at + 2] & 0xFF;
        int uri = at + 3 + protocolLength + 1;
        if (protocolLength > MAX_PROTOCOL || end - uri < 2) {
            return hash;
        }
        int uriLength = (b[uri] & 0xFF) << 8 | b[uri + 1] & 0xFF;
        int last = Math.min(end, uri + 2 + uriLength);
        for (int i = uri + 2; i < last; i++) {
            byte c = b[i];
            if (c < '0' || c > '9') {
                hash = 31 * hash + c;
            }
        }
        return hash;
    }

    @Override
    public boolean isBodyPacket(AjpConnection connection) {
        services.counters().count(Counters.Event.BODY_PACKETS);
        try {
            BodyChunk.dataLength(connection.packetBytes(), connection.payloadStart(), connection.payloadEnd());
            return true;
        } catch (AjpException e) {
            return false;
        }
    }

    @Override
    public void onFault(AjpConnection connection, Fault fault) {
        switch (fault) {
            case BAD_MAGIC -> refuse(connection, Refusal.BAD_MAGIC, "bytes that do not begin with 0x12 0x34");
            case TOO_LONG -> refuse(connection, Refusal.PACKET_TOO_LONG, "a packet that announces more than 65536 bytes");
            case TIMEOUT -> refuse(connection, Refusal.PACKET_TIMEOUT, "the beginning of a packet, and not its end within "
                    + services.settings().get().packetTimeoutMillis() + " ms (packetTimeout)");
            case BODY_OVERDUE -> note(connection, Refusal.BODY_TIMEOUT, "no body data within "
                    + services.settings().get().packetTimeoutMillis() + " ms (packetTimeout) after the end of the response");
            case BODY_EXPECTED -> refuse(connection, Refusal.BODY_FRAMING,
                    "a packet that is no body data, where body data of the request before was due");
            case NO_THREAD -> refuse(connection, Refusal.NO_THREAD,
                    "a request, while all threads are busy and the queue before them is full");
            case NO_BUFFER -> refuse(connection, Refusal.OUT_OF_BUFFERS,
                    "a packet of more than 8192 bytes, while all buffers for such packets are in use");
            case EVICTED -> note(connection, Refusal.TOO_MANY_UNADMITTED,
                    "the oldest connection that has not sent a valid request, where there are more than "
                            + services.settings().get().maxUnadmittedConnections()
                            + " of them (maxUnadmittedConnections) or as many connections as there may be (maxConnections)");
            case LARGE_PACKET_REFUSED -> note(connection, Refusal.PACKET_SIZE_MISMATCH,
                    "the end of the connection on a response with a packet of " + connection.largePacketSent()
                            + " bytes, and no web server so far that read one above 8192 bytes");
            case RESPONSE_UNREAD -> note(connection, Refusal.WRITE_TIMEOUT, "a response of which the web server has read nothing for "
                    + services.settings().get().writeTimeoutMillis() + " ms (writeTimeout)");
            case END_OF_STREAM -> note(connection, Refusal.TRUNCATED, "the end of the stream within a packet");
            default -> throw new IllegalArgumentException(fault.name());
        }
    }

    private Verdict answerCping(AjpConnection connection) {
        connection.traffic().countPing();
        boolean wantsThread = services.settings().get().cping() == CpingMode.READY;
        if (services.closing().getAsBoolean() || wantsThread && !services.threadFree().getAsBoolean()) {
            // No CPONG, and a close at once: the web server shall send its request elsewhere and not wait for that.
            return Verdict.CLOSE;
        }
        ByteBuffer m = message.get().clear();
        ControlPackets.cpong(m);
        connection.sendNow(m.flip());
        if (m.hasRemaining()) {
            return Verdict.CLOSE;
        }
        connection.traffic().countPong();
        return Verdict.CONSUMED;
    }

    /** With body data owed, the response has ended already: an answer would be read as the one to the next request. */
    private void refuse(AjpConnection connection, Refusal reason, String found) {
        note(connection, reason, found);
        connection.traffic().countError();
        if (reason.status() > 0 && !connection.isBodyOwed()) {
            ByteBuffer m = message.get().clear();
            RefusalAnswer.put(m, reason.status(), true, services.counters());
            connection.sendNow(m.flip());
        }
    }

    private void note(AjpConnection connection, Refusal reason, String found) {
        services.counters().count(reason);
        services.refusals().refused(reason, connection.peer(), () -> "Found " + found + ". " + reason.advice());
    }

    private static boolean isKnown(int type) {
        return type >= MessageType.FORWARD_REQUEST && type <= MessageType.CPING;
    }
}
