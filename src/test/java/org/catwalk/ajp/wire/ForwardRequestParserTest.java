package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardRequestParserTest {

    /** Type, method GET, protocol "H", URI "/", address "a", host null, name "n", port 80, TLS. */
    private static final String UP_TO_HEADERS = "02 02  00 01 48 00  00 01 2f 00  00 01 61 00  ff ff  00 01 6e 00  00 50  01 ";
    private static final int COUNT_OFFSET = 23;
    private static final String NO_HEADERS = "00 00 ";
    private static final String DONE = "ff";

    private final ForwardRequestParser parser = new ForwardRequestParser();
    private final RecordingSink sink = new RecordingSink();

    @Test
    void pushesFieldsInWireOrder() throws AjpException {
        parse(UP_TO_HEADERS + "00 02  a0 0b 00 01 68 00  00 01 58 00 00 00 00"
                + "05 00 03 61 3d 62 00  0b 01 00  0a 00 01 6b 00 00 01 76 00  0a 00 01 6b 00 ff ff  03 ff ff" + DONE);

        assertThat(sink.events).containsExactly("begin 0x02", "protocol = H", "requestUri = /", "remoteAddr = a", "remoteHost = null",
                "serverName = n", "serverPort 80", "secure true", "headerCount 2", "header 0xA00B host = h", "header 0x00 X = ",
                "attribute query_string = a=b", "sslKeySize 256", "requestAttribute k = v", "requestAttribute k = null",
                "attribute remote_user = null");
        assertThat(sink.ended).isTrue();
    }

    @Test
    void passesStoredMethodsOn() throws AjpException {
        parse("02 ff  00 00 00  00 00 00  ff ff  ff ff  ff ff  00 00  00  00 00  0d 00 05 50 55 52 47 45 00  ff");

        assertThat(sink.events).startsWith("begin 0xFF").endsWith("headerCount 0", "attribute stored_method = PURGE");
    }

    @Test
    void takesAnyNameThatDoesNotLookLikeACodeForAString() throws AjpException {
        String name = "61 ".repeat(0x9F00);
        parse(UP_TO_HEADERS + "00 01  9f 00 " + name + "00  00 00 00" + DONE);

        assertThat(sink.events.get(9)).isEqualTo("header 0x00 " + "a".repeat(0x9F00) + " = ");
    }

    @Test
    void parsesFromTheMiddleOfABuffer() throws AjpException {
        byte[] payload = HexFixture.decode(UP_TO_HEADERS + NO_HEADERS + DONE);
        byte[] buffer = new byte[payload.length + 20];
        System.arraycopy(payload, 0, buffer, 7, payload.length);

        parser.parse(buffer, 7, 7 + payload.length, sink);

        assertThat(sink.ended).isTrue();
    }

    @Test
    void parsesAGoodPacketAfterABadOne() throws AjpException {
        fails(UP_TO_HEADERS, WireError.TRUNCATED, COUNT_OFFSET);
        parse(UP_TO_HEADERS + NO_HEADERS + DONE);

        assertThat(sink.ended).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x03, 0x07, 0x0A, 0xFF})
    void refusesOtherMessages(int type) {
        fails(String.format("%02x", type) + UP_TO_HEADERS.substring(2) + NO_HEADERS + DONE, WireError.WRONG_TYPE, 0);
        assertThat(sink.events).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x1C, 0x80, 0xFE})
    void refusesUnknownMethods(int method) {
        fails("02" + String.format("%02x", method) + UP_TO_HEADERS.substring(5) + NO_HEADERS + DONE, WireError.UNKNOWN_METHOD, 1);
        assertThat(sink.events).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a0 00", "a0 0f", "a0 ff"})
    void refusesUnknownHeaderCodes(String code) {
        fails(UP_TO_HEADERS + "00 01 " + code + " 00 00 00" + DONE, WireError.UNKNOWN_HEADER_CODE, COUNT_OFFSET + 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "0e", "0f", "7f", "a0", "fe"})
    void refusesUnknownAttributes(String code) {
        fails(UP_TO_HEADERS + NO_HEADERS + code + "00 00 00" + DONE, WireError.UNKNOWN_ATTRIBUTE, COUNT_OFFSET + 2);
    }

    @Test
    void refusesNullWhereAStringIsNeeded() {
        fails("02 02 ff ff", WireError.NULL_STRING, 2);
        fails("02 02 00 00 00 ff ff", WireError.NULL_STRING, 5);
        fails(UP_TO_HEADERS + "00 01 ff ff", WireError.NULL_STRING, COUNT_OFFSET + 2);
        fails(UP_TO_HEADERS + "00 01 a0 0b ff ff", WireError.NULL_STRING, COUNT_OFFSET + 4);
        fails(UP_TO_HEADERS + NO_HEADERS + "0a ff ff", WireError.NULL_STRING, COUNT_OFFSET + 3);
    }

    @Test
    void refusesHeaderCountsThatLie() {
        String header = "a0 0b 00 01 68 00 ";
        fails(UP_TO_HEADERS + "00 00 " + header + DONE, WireError.UNKNOWN_ATTRIBUTE, COUNT_OFFSET + 2);
        fails(UP_TO_HEADERS + "00 02 " + header + DONE, WireError.TRUNCATED, COUNT_OFFSET + 8);
        fails(UP_TO_HEADERS + "ff ff " + header + DONE, WireError.TRUNCATED, COUNT_OFFSET + 8);
    }

    @Test
    void refusesAnythingBehindTheEnd() {
        fails(UP_TO_HEADERS + NO_HEADERS + DONE + "00", WireError.TRAILING_BYTES, COUNT_OFFSET + 3);
        fails(UP_TO_HEADERS + NO_HEADERS + DONE + DONE, WireError.TRAILING_BYTES, COUNT_OFFSET + 3);
        assertThat(sink.ended).isFalse();
    }

    @Test
    void refusesAKeySizeThatIsAString() {
        // Read as a number, the length 3 leaves "256" to be taken for attributes.
        fails(UP_TO_HEADERS + NO_HEADERS + "0b 00 03 32 35 36 00" + DONE, WireError.UNKNOWN_ATTRIBUTE, COUNT_OFFSET + 5);
    }

    @Test
    void refusesAnEmptyPayload() {
        fails("", WireError.TRUNCATED, 0);
    }

    private void parse(String hex) throws AjpException {
        byte[] payload = HexFixture.decode(hex);
        parser.parse(payload, 0, payload.length, sink);
    }

    private void fails(String hex, WireError error, int offset) {
        assertThatExceptionOfType(AjpException.class).isThrownBy(() -> parse(hex)).satisfies(e -> {
            assertThat(e.error()).isEqualTo(error);
            assertThat(e.offset()).isEqualTo(offset);
        });
    }
}
