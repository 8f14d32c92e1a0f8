package org.catwalk.ajp.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.guard.AttributePolicy;
import org.catwalk.ajp.guard.RequestGuard;
import org.catwalk.ajp.guard.Secrets;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.wire.BodyChunk;
import org.catwalk.ajp.wire.MessageType;
import org.catwalk.ajp.wire.Packets;

/**
 * Walks through what was sent and what came back, packet by packet, and says where they do not belong together. It knows what AJP and our
 * promises say, and nothing of how the connector works:
 *
 * <ul>
 * <li>CPING is answered by CPONG.
 * <li>A forward request that the guard admits gets one answer, and is followed by as many body packets as were announced and asked for.
 * <li>Anything else gets one answer of 400 or more with reuse=0, or none.
 * <li>After reuse=0 nothing comes but the end, whatever was sent.
 * </ul>
 */
final class Transcript {

    private static final int MANY_PONGS = 20;

    private final byte[] sent;
    private final List<Reply> replies;
    private final boolean complete;
    private final int receivedBytes;
    private final RequestGuard guard;
    private final List<String> admitted = new ArrayList<>();
    private int pongs;
    private int nextByte;
    private int nextReply;

    /**
     * @param received everything that the container sent
     * @param complete whether that is all: it was read up to an orderly end
     */
    Transcript(AjpSettings settings, byte[] sent, byte[] received, boolean complete) {
        this.sent = sent;
        this.complete = complete;
        this.receivedBytes = received.length;
        this.guard = new RequestGuard(settings, new Secrets(settings, null), new AttributePolicy(settings));
        this.replies = parse(received, complete, settings.packetSize());
    }

    private static List<Reply> parse(byte[] received, boolean complete, int packetSize) {
        List<Reply> replies = new ArrayList<>();
        int from = 0;
        while (from < received.length) {
            boolean whole = received.length - from >= Packets.HEADER_BYTES
                    && received.length - from >= Packets.HEADER_BYTES + Wire.uint16(received, from + 2);
            if (!whole) {
                require(!complete, "The container's last packet is cut off");
                return replies;
            }
            int length = Packets.containerPayloadLength(received, from);
            require(length >= 0, "A packet of the container does not begin with AB");
            require(length + Packets.HEADER_BYTES <= packetSize, "A packet of " + (length + Packets.HEADER_BYTES) + " bytes");
            from += Packets.HEADER_BYTES;
            replies.add(Reply.parse(Arrays.copyOfRange(received, from, from + length)));
            from += length;
        }
        return replies;
    }

    /**
     * Checks all of it.
     *
     * @param runs the raw URIs of the requests that reached the application, in order
     */
    void check(List<String> runs) {
        try {
            while (checkExchange()) {
                continue;
            }
            if (isCutOff()) {
                admitWhatMayHaveRun();
            }
            checkRuns(runs);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; at byte " + nextByte + " of " + sent.length + ", reply " + nextReply + " of " + replies
                    + (complete ? ", the end" : ", cut off by us") + "; runs " + runs, e);
        }
    }

    /** @return false if nothing can follow */
    private boolean checkExchange() {
        Optional<byte[]> packet = nextPacket();
        if (packet.isEmpty()) {
            return checkRefusal();
        }
        byte[] payload = packet.get();
        if (payload.length == 1 && payload[0] == MessageType.CPING) {
            if (next() instanceof Reply.Cpong) {
                pongs++;
                return true;
            }
            // Who sends on and reads none of the answers is cut off when they fill the socket: a CPONG never waits for room.
            require(isCutOff() || pongs >= MANY_PONGS || receivedBytes >= FuzzedServer.SEND_BUFFER_BYTES, "A CPING without CPONG");
            return false;
        }
        Fields fields = new Fields();
        boolean request = payload.length > 0 && payload[0] == MessageType.FORWARD_REQUEST;
        if (!request || guard.admit(payload, 0, payload.length, fields) != null) {
            return checkRefusal();
        }
        admitted.add(fields.uri());
        return checkAnswer(guard.contentLength() > 0 ? 1 : 0);
    }

    /** We left without reading on: which of the other packets the container took for requests and which for bodies can not be known. */
    private void admitWhatMayHaveRun() {
        for (Optional<byte[]> packet = nextPacket(); packet.isPresent(); packet = nextPacket()) {
            Fields fields = new Fields();
            if (guard.admit(packet.get(), 0, packet.get().length, fields) == null) {
                admitted.add(fields.uri());
            }
        }
    }

    /** The next whole packet of those sent, which it takes; none if what follows is no packet, or not all of one. */
    private Optional<byte[]> nextPacket() {
        int left = sent.length - nextByte;
        if (left < Packets.HEADER_BYTES || Wire.uint16(sent, nextByte) != Packets.WEB_SERVER_MAGIC) {
            return Optional.empty();
        }
        int length = Wire.uint16(sent, nextByte + 2);
        if (length > Packets.MAX_PACKET_SIZE - Packets.HEADER_BYTES || left < Packets.HEADER_BYTES + length) {
            return Optional.empty();
        }
        int from = nextByte + Packets.HEADER_BYTES;
        nextByte = from + length;
        return Optional.of(Arrays.copyOfRange(sent, from, nextByte));
    }

    private Reply next() {
        return nextReply < replies.size() ? replies.get(nextReply++) : null;
    }

    private boolean isCutOff() {
        return !complete && nextReply == replies.size();
    }

    /** One answer of 400 or more, which ends the connection; or nothing. */
    private boolean checkRefusal() {
        if (nextReply == replies.size()) {
            return false;
        }
        require(next() instanceof Reply.Head head && head.status() >= 400 && isAnonymous(head), "Not the head of a refusal");
        Reply reply = next();
        if (reply instanceof Reply.Data data) {
            require(isAnonymous(new String(data.bytes(), java.nio.charset.StandardCharsets.ISO_8859_1)), "A refusal that names a product");
            reply = next();
        }
        require(reply instanceof Reply.End end && !end.reuse() || reply == null && isCutOff(), "Not the end of a refusal");
        require(nextReply == replies.size(), "More after a refusal");
        return false;
    }

    private static boolean isAnonymous(Reply.Head head) {
        return isAnonymous(head.reason()) && head.headers().stream().allMatch(h -> isAnonymous(h.name()) && isAnonymous(h.value()));
    }

    private static boolean isAnonymous(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return !lower.contains("tomcat") && !lower.contains("apache") && !lower.contains("catwalk");
    }

    /** The answer to a request that was admitted, and the body packets that belong to it. */
    private boolean checkAnswer(int unasked) {
        int bodyPackets = unasked;
        boolean hasHead = false;
        while (true) {
            Reply reply = next();
            if (reply instanceof Reply.Ask ask) {
                require(ask.bytes() > 0, "Asked for no bytes");
                bodyPackets++;
            } else if (reply instanceof Reply.Head head) {
                require(!hasHead, "Two heads");
                require(head.status() >= 200 && head.status() < 1000, "The status " + head.status());
                head.headers().forEach(this::checkHeader);
                hasHead = true;
            } else if (reply instanceof Reply.Data) {
                require(hasHead, "Data before the head");
            } else if (reply instanceof Reply.End end) {
                require(hasHead, "The end before the head");
                return end.reuse() ? skipBody(bodyPackets) : checkNothingFollows();
            } else {
                require(reply == null, "A CPONG within an answer");
                require(hasHead || isCutOff(), "A close without an answer");
                return false;
            }
        }
    }

    private void checkHeader(Reply.Header header) {
        require(header.name().chars().noneMatch(c -> c <= ' ' || c == ':' || c == 0x7F), "The header name " + header.name());
        require(header.value().chars().noneMatch(c -> c < ' ' && c != '\t' || c == 0x7F), "The header value " + header.value());
    }

    private boolean checkNothingFollows() {
        require(nextReply == replies.size(), "More after reuse=0");
        return false;
    }

    private boolean skipBody(int packets) {
        for (int i = 0; i < packets; i++) {
            Optional<byte[]> packet = nextPacket();
            if (packet.isEmpty() || !isBody(packet.get())) {
                return checkRefusal();
            }
        }
        return true;
    }

    private static boolean isBody(byte[] payload) {
        return payload.length == 0
                || payload.length >= BodyChunk.PREFIX_BYTES && Wire.uint16(payload, 0) == payload.length - BodyChunk.PREFIX_BYTES;
    }

    /** Only what was admitted was run, in order and once each. The container itself may answer before the application does. */
    private void checkRuns(List<String> runs) {
        int next = 0;
        for (String run : runs) {
            while (next < admitted.size() && !isUri(run, admitted.get(next))) {
                next++;
            }
            require(next++ < admitted.size(), "The application ran for " + run + "; admitted were " + admitted);
        }
        require(runs.size() <= Sesame.countRight(sent), "The application ran without the right secret");
    }

    /** The container takes host and port away from an absolute URI. */
    private static boolean isUri(String run, String sentUri) {
        return sentUri.equals(run) || sentUri.endsWith(run) && sentUri.toLowerCase(Locale.ROOT).startsWith("http")
                || run.chars().anyMatch(c -> c >= 0x80) && sentUri.length() >= run.length();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
