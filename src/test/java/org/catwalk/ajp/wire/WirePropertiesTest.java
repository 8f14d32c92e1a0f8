package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for all bytes and all requests. */
class WirePropertiesTest {

    private final ForwardRequestParser parser = new ForwardRequestParser();

    @Property(tries = 3000)
    void anyBytesAreParsedCompletelyOrRefused(@ForAll("requestLikeBytes") byte[] payload) {
        parsesCompletelyOrRefuses(payload);
    }

    @Property(tries = 3000)
    void anyBytesAreAResponseOrRefused(@ForAll @Size(max = 200) byte[] bytes, @ForAll @IntRange(min = 2, max = 10) int type) {
        byte[] payload = bytes.clone();
        if (payload.length > 0) {
            payload[0] = (byte) type;
        }
        try {
            new ResponseParser().parse(payload, 0, payload.length, new IgnoringResponses());
        } catch (AjpException e) {
            assertThat(e.offset()).isBetween(0, payload.length);
        }
    }

    @Property
    void anyBytesAreABodyChunkOrRefused(@ForAll @Size(max = 300) byte[] payload) {
        try {
            assertThat(BodyChunk.dataLength(payload, 0, payload.length)).isEqualTo(Math.max(0, payload.length - 2));
        } catch (AjpException e) {
            assertThat(e.error()).isIn(WireError.TRUNCATED, WireError.BAD_BODY_CHUNK);
        }
    }

    @Property(tries = 3000)
    void damagedCapturesAreParsedCompletelyOrRefused(@ForAll("captures") byte[] capture,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 1_000_000) Integer> places, @ForAll byte value) {
        byte[] payload = capture.clone();
        for (int place : places) {
            payload[place % payload.length] = value;
        }
        parsesCompletelyOrRefuses(payload);
    }

    @Property
    void requestsSurviveWritingAndParsing(@ForAll("requests") Request request) throws AjpException {
        ByteBuffer buffer = ByteBuffer.allocate(Packets.MAX_PACKET_SIZE);
        int bytes = request.writeTo(new ForwardRequestWriter().wrap(buffer));
        RecordingSink sink = new RecordingSink();
        parser.parse(buffer.array(), Packets.HEADER_BYTES, bytes, sink);

        assertThat(sink.events).isEqualTo(request.events());
    }

    /** Accepts only what can be written again byte for byte, and never throws anything but AjpException; the scanner agrees. */
    private void parsesCompletelyOrRefuses(byte[] payload) {
        ReencodingSink sink = new ReencodingSink();
        WireError error = null;
        try {
            parser.parse(payload, 0, payload.length, sink);
            assertThat(HexFixture.payload(sink.packet())).isEqualTo(payload);
        } catch (AjpException e) {
            assertThat(e.offset()).isBetween(0, payload.length);
            error = e.error();
        }
        assertThat(scan(payload)).isEqualTo(error);
    }

    private static WireError scan(byte[] payload) {
        try {
            new SecretScanner().scan(payload, 0, payload.length);
            return null;
        } catch (AjpException e) {
            return e.error();
        }
    }

    @Provide
    Arbitrary<byte[]> captures() {
        return Arbitraries.of(HexFixture.all().flatMap(capture -> capture.forwardRequests().stream()).toList());
    }

    /** Random bytes with the right beginning, where small numbers are likely, so that lengths are often plausible. */
    @Provide
    Arbitrary<byte[]> requestLikeBytes() {
        Arbitrary<Byte> bytes = Arbitraries.frequencyOf(Tuple.of(4, Arbitraries.just((byte) 0)),
                Tuple.of(3, Arbitraries.bytes().between((byte) 0, (byte) 14)),
                Tuple.of(1, Arbitraries.of((byte) 0xA0, (byte) 0xFF)), Tuple.of(1, Arbitraries.bytes()));
        return bytes.array(byte[].class).ofMaxSize(120).map(payload -> {
            if (payload.length > 1) {
                payload[0] = MessageType.FORWARD_REQUEST;
                payload[1] = 2;
            }
            return payload;
        });
    }

    @Provide
    Arbitrary<Request> requests() {
        Arbitrary<String> text = Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(40);
        Arbitrary<String> name = Arbitraries.oneOf(Arbitraries.of("Host", "user-agent", "COOKIE", "X-Foo"), text);
        Arbitrary<Field> header = Combinators.combine(name, text).as(Field::new);
        Arbitrary<Field> attribute = Combinators.combine(text, text.injectNull(0.1)).as(Field::new);
        return Combinators.combine(Arbitraries.oneOf(Arbitraries.integers().between(1, 27), Arbitraries.just(AjpMethods.STORED)), text,
                text.injectNull(0.2), Arbitraries.integers().between(0, 65535), Arbitraries.of(true, false),
                header.list().ofMaxSize(20), attribute.list().ofMaxSize(10), attribute.list().ofMaxSize(5)).as(Request::new);
    }

    record Field(String name, String value) {
    }

    record Request(int method, String uri, String host, int number, boolean secure, List<Field> headers, List<Field> named,
            List<Field> coded) {

        private static final int[] CODES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13};

        int writeTo(ForwardRequestWriter writer) {
            writer.begin(method, "HTTP/1.1", uri, host, host, host, number, secure);
            headers.forEach(header -> writer.header(header.name, header.value));
            for (int i = 0; i < coded.size(); i++) {
                writer.attribute(CODES[i], coded.get(i).value);
            }
            writer.sslKeySize(number);
            named.forEach(attribute -> writer.requestAttribute(attribute.name, attribute.value));
            return writer.end();
        }

        List<String> events() {
            List<String> events = new ArrayList<>(Arrays.asList("begin " + Hex.code(method), "protocol = HTTP/1.1",
                    "requestUri = " + uri, "remoteAddr = " + host, "remoteHost = " + host, "serverName = " + host,
                    "serverPort " + number, "secure " + secure, "headerCount " + headers.size()));
            for (Field header : headers) {
                int code = RequestHeaders.codeOf(header.name);
                String name = code == 0 ? header.name : header.name.toLowerCase(Locale.ROOT);
                events.add("header " + Hex.code(code) + " " + name + " = " + header.value);
            }
            for (int i = 0; i < coded.size(); i++) {
                events.add("attribute " + RequestAttributes.nameOf(CODES[i]) + " = " + coded.get(i).value);
            }
            events.add("sslKeySize " + number);
            named.forEach(attribute -> events.add("requestAttribute " + attribute.name + " = " + attribute.value));
            return events;
        }
    }

    private static final class IgnoringResponses implements ResponseSink {

        @Override
        public void sendHeaders(int status, Span reason, int headerCount) {
        }

        @Override
        public void header(int code, Span name, Span value) {
        }

        @Override
        public void headersEnd() {
        }

        @Override
        public void bodyChunk(Span data) {
        }

        @Override
        public void getBodyChunk(int askedBytes) {
        }

        @Override
        public void endResponse(boolean reuse) {
        }

        @Override
        public void cpong() {
        }
    }
}
