package org.catwalk.ajp.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.function.Function;
import java.util.stream.Stream;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.wire.AjpMethods;
import org.catwalk.ajp.wire.RequestAttributes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field with each of the 256 byte values in the middle of it. */
class FieldBytesTest {

    private static final String CONTROLS = chars(0x00, 0x1F) + chars(0x7F, 0x7F);
    private static final String OBS_TEXT = chars(0x80, 0xFF);
    private static final String NO_DIGIT = chars(0, '0' - 1) + chars('9' + 1, 0xFF);
    private static final String NO_TOKEN = CONTROLS + " \"(),/:;<=>?@[\\]{}" + OBS_TEXT;
    private static final String NO_NAME = CONTROLS + " \"#/<>?@\\^`{|}" + OBS_TEXT;
    private static final String PEM_START = "-----BEGIN CERTIFICATE-----";

    private final RequestGuard guard = guard();

    private static RequestGuard guard() {
        AjpSettings settings = AjpSettings.builder().secretRequired(false).allowedRequestAttributesPattern("(?s).*").build();
        return new RequestGuard(settings, new Secrets(settings, null), new AttributePolicy(settings));
    }

    static Stream<Arguments> fields() {
        return Stream.of(
                field("stored method", Refusal.BAD_METHOD, NO_TOKEN,
                        c -> Requests.get().method(AjpMethods.STORED).attribute(RequestAttributes.STORED_METHOD, "A" + c + "B")),
                field("protocol", Refusal.BAD_PROTOCOL, NO_DIGIT, c -> Requests.get().protocol("HTTP/1." + c)),
                field("path", Refusal.BAD_URI, CONTROLS, c -> Requests.get().uri("/a" + c + "b")),
                field("host in the URI", Refusal.BAD_URI, CONTROLS + " \"#<>?@\\^`{|}[]" + OBS_TEXT,
                        // Behind a colon there are figures only.
                        c -> Requests.get().uri("http://a" + (c == ':' ? "" : c) + "b/")),
                field("query", Refusal.BAD_QUERY, CONTROLS, c -> Requests.get().attribute(RequestAttributes.QUERY_STRING, "a" + c + "b")),
                field("remote address", Refusal.BAD_ADDRESS, NO_NAME, c -> Requests.get().remoteAddr("a" + c + "b")),
                field("remote host", Refusal.BAD_ADDRESS, NO_NAME, c -> Requests.get().remoteHost("a" + c + "b")),
                field("server name", Refusal.BAD_ADDRESS, NO_NAME, c -> Requests.get().serverName("a" + c + "b")),
                field("local address", Refusal.BAD_ADDRESS, NO_NAME, c -> Requests.get().attribute("AJP_LOCAL_ADDR", "a" + c + "b")),
                field("remote port", Refusal.BAD_ADDRESS, NO_DIGIT,
                        c -> Requests.get().attribute("AJP_REMOTE_PORT", "1" + c + "1")),
                field("header name", Refusal.BAD_HEADER_NAME, NO_TOKEN, c -> Requests.get().header("a" + c + "b", "x")),
                field("header value", Refusal.BAD_HEADER_VALUE, CONTROLS.replace("\t", ""), c -> Requests.get().header("a", "a" + c + "b")),
                field("value of a coded header", Refusal.BAD_HEADER_VALUE, CONTROLS.replace("\t", ""),
                        c -> Requests.get().header("user-agent", "a" + c + "b")),
                field("host", Refusal.BAD_HOST, "\t \"#/<>?@\\^`{|}[]" + OBS_TEXT,
                        c -> Requests.get().noHeaders().header("host", controlless(c, "a" + (c == ':' ? "" : c) + "b"))),
                field("content length", Refusal.BAD_CONTENT_LENGTH, "\t" + chars(' ', '0' - 1) + chars('9' + 1, 0x7E) + OBS_TEXT,
                        c -> Requests.get().header("content-length", controlless(c, "1" + c + "1"))),
                field("remote user", Refusal.BAD_ATTRIBUTE, CONTROLS.replace("\t", ""),
                        c -> Requests.get().attribute(RequestAttributes.REMOTE_USER, "a" + c + "b")),
                field("route", Refusal.BAD_ATTRIBUTE, CONTROLS.replace("\t", ""),
                        c -> Requests.get().attribute(RequestAttributes.JVM_ROUTE, "a" + c + "b")),
                field("cipher suite", Refusal.BAD_ATTRIBUTE, CONTROLS.replace("\t", ""),
                        c -> Requests.get().attribute(RequestAttributes.SSL_CIPHER, "a" + c + "b")),
                field("certificate", Refusal.BAD_CERTIFICATE,
                        CONTROLS.replaceAll("[\t\r\n]", "") + "!\"#$%&'()*,.:;<>?@[\\]^_`{|}~" + OBS_TEXT,
                        c -> Requests.get().attribute(RequestAttributes.SSL_CERT, PEM_START + c)),
                field("key size", Refusal.BAD_KEY_SIZE, NO_DIGIT,
                        c -> Requests.get().attribute("javax.servlet.request.key_size", "1" + c + "1")),
                field("cipher suite by name", Refusal.BAD_ATTRIBUTE, CONTROLS.replace("\t", ""),
                        c -> Requests.get().attribute("javax.servlet.request.cipher_suite", "a" + c + "b")),
                field("attribute name", Refusal.BAD_ATTRIBUTE, CONTROLS, c -> Requests.get().attribute("a" + c + "b", "x")),
                field("attribute value", Refusal.BAD_ATTRIBUTE, CONTROLS.replaceAll("[\t\r\n]", ""),
                        c -> Requests.get().attribute("A", "a" + c + "b")));
    }

    private static Arguments field(String name, Refusal reason, String refused, Function<Character, Requests> request) {
        return Arguments.of(name, reason, refused, request);
    }

    /** A control character but TAB is a header value's matter and tested there. */
    private static String controlless(char c, String value) {
        return c != '\t' && CONTROLS.indexOf(c) >= 0 ? "1" : value;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void refusesExactlyTheseBytes(String name, Refusal reason, String refused, Function<Character, Requests> request) {
        BitSet expected = new BitSet();
        refused.chars().forEach(expected::set);
        BitSet found = new BitSet();
        for (char c = 0; c < 256; c++) {
            byte[] payload = request.apply(c).payload();
            Requests.Recorder recorder = new Requests.Recorder();
            Refusal refusal = guard.admit(payload, 0, payload.length, recorder);
            assertThat(refusal).as("byte %02x", (int) c).isIn(reason, null);
            assertThat(guard.detail()).matches("[ -~]*");
            found.set(c, refusal != null);
        }
        assertThat(found).isEqualTo(expected);
    }

    private static String chars(int first, int last) {
        StringBuilder text = new StringBuilder();
        for (int c = first; c <= last; c++) {
            text.append((char) c);
        }
        return text.toString();
    }
}
