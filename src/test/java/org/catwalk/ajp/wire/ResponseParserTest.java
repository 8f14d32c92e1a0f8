package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {

    private static final String HEAD = "04 00 c8 00 02 4f 4b 00 00 02 a0 03 00 01 35 00 00 01 58 00 00 01 79 00";

    private final ResponseParser parser = new ResponseParser();
    private final Events events = new Events();

    @Test
    void readsEveryMessageOfAContainer() throws AjpException {
        parse(HEAD);
        parse("03 00 02 68 69 00");
        parse("03 00 00 00");
        parse("06 1f fa");
        parse("05 01");
        parse("05 00");
        parse("09");

        assertThat(events.seen).containsExactly("200 OK 2", "0xA003 Content-Length = 5", "0x00 X = y", "head end", "body hi", "body ",
                "ask 8186", "end true", "end false", "cpong");
    }

    @Test
    void readsWhatSendHeadersWrites() throws AjpException {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        SendHeaders head = new SendHeaders().wrap(buffer, 8192);
        head.begin(404, "Not Found");
        head.header("set-cookie", "a=b");
        head.header("set-cookie", "c=d");
        int bytes = head.end();

        parser.parse(buffer.array(), 4, bytes, events);

        assertThat(events.seen).containsExactly("404 Not Found 2", "0xA007 Set-Cookie = a=b", "0xA007 Set-Cookie = c=d", "head end");
    }

    @Test
    void refusesEveryCutOfAHead() {
        byte[] payload = HexFixture.decode(HEAD);
        for (int cut = 0; cut < payload.length; cut++) {
            int to = cut;
            assertThatExceptionOfType(AjpException.class).isThrownBy(() -> parser.parse(payload, 0, to, events))
                    .satisfies(e -> assertThat(e.error()).isIn(WireError.TRUNCATED, WireError.STRING_PAST_END));
        }
        assertThat(events.seen).doesNotContain("head end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "02", "07", "08", "0a", "ff"})
    void refusesOtherMessages(String hex) {
        refuses(hex, hex.isEmpty() ? WireError.TRUNCATED : WireError.WRONG_TYPE);
    }

    @Test
    void isAsStrictAsThePickiestFrontEnd() {
        refuses("03 00 02 68 69", WireError.BAD_BODY_CHUNK);
        refuses("03 00 01 68 69 00", WireError.BAD_BODY_CHUNK);
        refuses("03 00 03 68 69 00", WireError.BAD_BODY_CHUNK);
        refuses("03 00 02 68 69 01", WireError.UNTERMINATED_STRING);
        refuses("03 00 00", WireError.BAD_BODY_CHUNK);
        refuses("03 00", WireError.TRUNCATED);
        refuses("05", WireError.TRUNCATED);
        refuses("05 02", WireError.BAD_BOOLEAN);
        refuses("05 01 00", WireError.TRAILING_BYTES);
        refuses("06 00", WireError.TRUNCATED);
        refuses("06 00 01 00", WireError.TRAILING_BYTES);
        refuses("09 00", WireError.TRAILING_BYTES);
        refuses(HEAD + "00", WireError.TRAILING_BYTES);
        refuses("04 00 c8 00 00 00 00 01 a0 0c 00 00 00", WireError.UNKNOWN_HEADER_CODE);
        refuses("04 00 c8 00 00 00 00 01 a0 01 ff ff", WireError.NULL_STRING);
    }

    private void parse(String hex) throws AjpException {
        byte[] payload = HexFixture.decode(hex);
        parser.parse(payload, 0, payload.length, events);
    }

    private void refuses(String hex, WireError error) {
        assertThatExceptionOfType(AjpException.class).isThrownBy(() -> parse(hex))
                .satisfies(e -> assertThat(e.error()).isEqualTo(error));
    }

    private static final class Events implements ResponseSink {

        final List<String> seen = new ArrayList<>();

        @Override
        public void sendHeaders(int status, Span reason, int headerCount) {
            seen.add(status + " " + reason + " " + headerCount);
        }

        @Override
        public void header(int code, Span name, Span value) {
            seen.add(Hex.code(code) + " " + name + " = " + value);
        }

        @Override
        public void headersEnd() {
            seen.add("head end");
        }

        @Override
        public void bodyChunk(Span data) {
            seen.add("body " + data);
        }

        @Override
        public void getBodyChunk(int askedBytes) {
            seen.add("ask " + askedBytes);
        }

        @Override
        public void endResponse(boolean reuse) {
            seen.add("end " + reuse);
        }

        @Override
        public void cpong() {
            seen.add("cpong");
        }
    }
}
