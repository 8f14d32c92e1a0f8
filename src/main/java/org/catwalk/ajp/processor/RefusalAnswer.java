package org.catwalk.ajp.processor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.wire.ControlPackets;
import org.catwalk.ajp.wire.SendBodyChunk;
import org.catwalk.ajp.wire.SendHeaders;

/**
 * The whole answer to a request that no application saw: head, a page that says what the status line says and names no
 * product, END_RESPONSE with reuse=0.
 */
final class RefusalAnswer {

    private RefusalAnswer() {
    }

    /**
     * @param into room for 512 bytes
     * @param status 400 to 599
     * @param withBody false for an answer to HEAD
     * @param counters where its packets are counted
     */
    static void put(ByteBuffer into, int status, boolean withBody, Counters counters) {
        byte[] page = page(status);
        putHead(into, into.remaining(), status, page.length);
        counters.count(Counters.Event.SEND_HEADERS);
        if (withBody) {
            counters.count(Counters.Event.SEND_BODY_CHUNKS);
            SendBodyChunk.putPrefix(into, page.length);
            into.put(page);
            SendBodyChunk.putSuffix(into);
        }
        ControlPackets.endResponse(into, false);
        counters.count(Counters.Event.END_RESPONSES_CLOSE);
    }

    static void putHead(ByteBuffer into, int packetSize, int status, int contentLength) {
        SendHeaders head = new SendHeaders().wrap(into, packetSize);
        head.begin(status, ReasonPhrases.of(status));
        head.header("Content-Type", "text/html;charset=utf-8");
        head.header("Content-Length", Integer.toString(contentLength));
        head.end();
    }

    static byte[] page(int status) {
        String phrase = ReasonPhrases.of(status);
        return ("<!doctype html><html lang=\"en\"><head><title>" + status + " " + phrase + "</title></head><body><h1>"
                + phrase + "</h1></body></html>\n").getBytes(StandardCharsets.US_ASCII);
    }
}
