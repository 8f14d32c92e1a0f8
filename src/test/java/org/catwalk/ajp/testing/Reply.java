package org.catwalk.ajp.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.catwalk.ajp.wire.AjpException;
import org.catwalk.ajp.wire.ResponseParser;
import org.catwalk.ajp.wire.ResponseSink;
import org.catwalk.ajp.wire.Span;

/** One packet from the container. */
public sealed interface Reply {

    /** SEND_HEADERS. */
    record Head(int status, String reason, List<Header> headers) implements Reply {

        /** The values of one header, in any case. */
        public List<String> values(String name) {
            return headers.stream().filter(h -> h.name().equalsIgnoreCase(name)).map(Header::value).toList();
        }

        /** The first value of one header, in any case. */
        public Optional<String> value(String name) {
            return values(name).stream().findFirst();
        }
    }

    /** A header field as it came. */
    record Header(String name, String value) {
    }

    /** SEND_BODY_CHUNK; without bytes it asks for a flush. */
    record Data(byte[] bytes) implements Reply {

        @Override
        public String toString() {
            return "Data[" + bytes.length + " bytes]";
        }
    }

    /** GET_BODY_CHUNK. */
    record Ask(int bytes) implements Reply {
    }

    /** END_RESPONSE. */
    record End(boolean reuse) implements Reply {
    }

    /** CPONG. */
    record Cpong() implements Reply {
    }

    /** Parses a payload as strictly as the pickiest front end. */
    static Reply parse(byte[] payload) {
        Parsing parsing = new Parsing();
        try {
            new ResponseParser().parse(payload, 0, payload.length, parsing);
        } catch (AjpException e) {
            throw new AssertionError("The container sent a malformed packet of " + payload.length + " bytes: " + e.getMessage(), e);
        }
        return parsing.reply;
    }

    /** Collects what the parser finds. */
    final class Parsing implements ResponseSink {

        private final List<Header> headers = new ArrayList<>();
        private int status;
        private String reason;
        private Reply reply;

        @Override
        public void sendHeaders(int newStatus, Span newReason, int headerCount) {
            status = newStatus;
            reason = newReason.text();
        }

        @Override
        public void header(int code, Span name, Span value) {
            headers.add(new Header(name.text(), value.text()));
        }

        @Override
        public void headersEnd() {
            reply = new Head(status, reason, List.copyOf(headers));
        }

        @Override
        public void bodyChunk(Span data) {
            byte[] bytes = new byte[data.length()];
            System.arraycopy(data.array(), data.offset(), bytes, 0, bytes.length);
            reply = new Data(bytes);
        }

        @Override
        public void getBodyChunk(int askedBytes) {
            reply = new Ask(askedBytes);
        }

        @Override
        public void endResponse(boolean reuse) {
            reply = new End(reuse);
        }

        @Override
        public void cpong() {
            reply = new Cpong();
        }
    }
}
