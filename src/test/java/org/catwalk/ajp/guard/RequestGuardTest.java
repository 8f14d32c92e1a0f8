package org.catwalk.ajp.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.catwalk.ajp.wire.RequestAttributes.QUERY_STRING;
import static org.catwalk.ajp.wire.RequestAttributes.REMOTE_USER;
import static org.catwalk.ajp.wire.RequestAttributes.SSL_CERT;
import static org.catwalk.ajp.wire.RequestAttributes.STORED_METHOD;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.wire.AjpMethods;
import org.catwalk.ajp.wire.ForwardRequestParser;
import org.catwalk.ajp.wire.ForwardRequestSink;
import org.catwalk.ajp.wire.HexFixture;
import org.catwalk.ajp.wire.Span;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestGuardTest {

    private static final String SECRET = "open-sesame";

    private final Requests.Recorder recorder = new Requests.Recorder();
    private RequestGuard guard = guard(AjpSettings.builder().secretRequired(false));

    private RequestGuard guard(AjpSettings.Builder builder) {
        AjpSettings settings = builder.build();
        return new RequestGuard(settings, new Secrets(settings, null), new AttributePolicy(settings));
    }

    private Refusal admit(Requests request) {
        return admit(request.payload());
    }

    private Refusal admit(byte[] payload) {
        recorder.fields.clear();
        recorder.ended = false;
        Refusal refusal = guard.admit(payload, 0, payload.length, recorder);
        assertThat(recorder.ended).isEqualTo(refusal == null);
        return refusal;
    }

    @Nested
    class RealFrontEnds {

        static Stream<Arguments> captures() {
            return HexFixture.all().flatMap(fixture -> fixture.forwardRequests().stream().map(payload -> Arguments.of(fixture, payload)));
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("captures")
        void areAdmitted(HexFixture fixture, byte[] payload) {
            guard = guard(AjpSettings.builder().secretRequired(false).allowedRequestAttributes("CAPTURE_VARIABLE"));
            assertThat(admit(payload)).as(() -> guard.detail()).isNull();
            assertThat(guard.detail()).isEmpty();
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("captures")
        void arriveFieldByFieldAsSentButForTheSecret(HexFixture fixture, byte[] payload) throws Exception {
            guard = guard(AjpSettings.builder().secretRequired(false).allowedRequestAttributes("CAPTURE_VARIABLE"));
            admit(payload);
            Requests.Recorder direct = new Requests.Recorder();
            new ForwardRequestParser().parse(payload, 0, payload.length, direct);
            direct.fields.removeIf(field -> field.startsWith("secret "));
            assertThat(recorder.fields).isEqualTo(direct.fields);
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("captures")
        void areRefusedWhenCutAnywhere(HexFixture fixture, byte[] payload) {
            guard = guard(AjpSettings.builder().secret(SECRET));
            for (int length = 0; length < payload.length; length++) {
                assertThat(admit(Arrays.copyOf(payload, length))).as("cut at %d", length).isEqualTo(Refusal.TRUNCATED);
                assertThat(recorder.fields).isEmpty();
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"mod_jk-secret", "mod_proxy_ajp-secret"})
        void areAdmittedWithTheirSecret(String name) {
            guard = guard(AjpSettings.builder().secret("capture-secret").allowedRequestAttributes("CAPTURE_VARIABLE"));
            byte[] payload = HexFixture.load(name).forwardRequests().get(0);
            assertThat(admit(payload)).isNull();
            assertThat(recorder.fields).noneMatch(field -> field.contains("capture-secret"));
        }
    }

    @Nested
    class TheSecret {

        TheSecret() {
            guard = guard(AjpSettings.builder().secret(SECRET).secrets("older,oldest"));
        }

        @ParameterizedTest
        @CsvSource({"open-sesame, 0", "older, 1", "oldest, 2"})
        void isOneOfThoseThatAreValid(String secret, int position) {
            assertThat(admit(Requests.get().secret(secret))).isNull();
            assertThat(guard.secretPosition()).isEqualTo(position);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "o", "open-sesam", "open-sesame ", "open-sesame!", "OPEN-SESAME", "open-sesame\0", "oldes"})
        void isRefusedWhenWrong(String secret) {
            assertThat(admit(Requests.get().secret(secret))).isEqualTo(Refusal.SECRET_WRONG);
            assertThat(guard.secretPosition()).isEqualTo(-1);
        }

        @Test
        void isRefusedWhenMissingOrNull() {
            assertThat(admit(Requests.get())).isEqualTo(Refusal.SECRET_MISSING);
            assertThat(admit(Requests.get().secret(null))).isEqualTo(Refusal.SECRET_MISSING);
        }

        @Test
        void isRefusedWhenThereAreTwo() {
            assertThat(admit(Requests.get().secret(SECRET).secret(SECRET))).isEqualTo(Refusal.SECRET_DUPLICATED);
            assertThat(admit(Requests.get().secret("wrong").secret(SECRET))).isEqualTo(Refusal.SECRET_DUPLICATED);
            assertThat(admit(Requests.get().secret(null).secret(SECRET))).isEqualTo(Refusal.SECRET_DUPLICATED);
            guard = guard(AjpSettings.builder().secretRequired(false));
            assertThat(admit(Requests.get().secret("a").secret("a"))).isEqualTo(Refusal.SECRET_DUPLICATED);
        }

        @Test
        void isIgnoredWhenNoneIsConfigured() {
            guard = guard(AjpSettings.builder().secretRequired(false));
            assertThat(admit(Requests.get().secret("anything"))).isNull();
            assertThat(recorder.fields).noneMatch(field -> field.contains("anything"));
        }

        @Test
        void isJudgedBeforeAnythingElse() {
            Requests bad = Requests.get().uri("no\nslash").header("bad name", "bad\0value").attribute("UNKNOWN", "x").secret("wrong");
            assertThat(admit(bad)).isEqualTo(Refusal.SECRET_WRONG);
            assertThat(recorder.fields).isEmpty();
            assertThat(guard.detail()).doesNotContain("slash").doesNotContain("UNKNOWN");
        }

        @Test
        void neverAppearsInTheDetail() {
            for (Requests request : List.of(Requests.get().secret("wrong-guess"), Requests.get().secret(SECRET).secret("wrong-guess"),
                    Requests.get().uri("bad").secret(SECRET))) {
                assertThat(admit(request)).isNotNull();
                assertThat(guard.detail()).isNotEmpty().doesNotContain("wrong-guess").doesNotContain(SECRET);
            }
        }

        @Test
        void isForgottenAfterwards() {
            admit(Requests.get().secret(SECRET));
            assertThat(admit(Requests.get())).isEqualTo(Refusal.SECRET_MISSING);
        }
    }

    @Nested
    class TheRequestLine {

        @ParameterizedTest
        @ValueSource(strings = {"HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/2", "HTTP/3", "http/1.1", "INCLUDED"})
        void hasAProtocol(String protocol) {
            assertThat(admit(Requests.get().protocol(protocol))).isNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "HTTP", "HTTP/", "HTTP/1.", "HTTP/1.11", "HTTP/x.1", "HTTP/1,1", "FTP/1.1", "HTTP/1.1 ", " HTTP/1.1",
                "HTTP/1.1\r\nX: y", "included"})
        void hasNoOtherProtocol(String protocol) {
            assertThat(admit(Requests.get().protocol(protocol))).isEqualTo(Refusal.BAD_PROTOCOL);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/", "//", "/a%2Fb;v=1", "/a b", "/<>^{}|\"\\`", "/\u00c3\u00a4\u00ff", "/?x", "/#x", "/%", "/..//./",
                "http://www.example.test", "http://www.example.test/", "HTTPS://user.example:8443/x", "http://[::1]:80/x", "http://h:/x"})
        void hasAUriThatFrontEndsSend(String uri) {
            assertThat(admit(Requests.get().uri(uri))).isNull();
            assertThat(recorder.fields).contains("uri " + uri);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "a", "a/b", "*", "**", " /", "\\x", "http:/x", "http://", "http:///x", "http://u@h/x", "http://h h/x",
                "http://:80/x", "http://[::1/x", "http://[]/x", "http://h:99999/x", "http://h:x/", "ftp://h/x", "ajp://h/x", "httpx://h/x", "h:80",
                "http://h?x"})
        void hasNoOtherUri(String uri) {
            assertThat(admit(Requests.get().uri(uri))).isEqualTo(Refusal.BAD_URI);
        }

        @Test
        void hasAnAsteriskForOptionsOnly() {
            assertThat(admit(Requests.get().method(Requests.OPTIONS).uri("*"))).isNull();
            assertThat(admit(Requests.get().method(AjpMethods.STORED).uri("*").attribute(STORED_METHOD, "OPTIONS"))).isNull();
            assertThat(admit(Requests.get().method(AjpMethods.STORED).uri("*").attribute(STORED_METHOD, "PURGE"))).isEqualTo(Refusal.BAD_URI);
        }

        @Test
        void hasEveryMethodThatAjpKnows() {
            for (int code = 1; code <= 27; code++) {
                assertThat(admit(Requests.get().method(code))).isNull();
                assertThat(recorder.fields).contains("method " + code);
            }
            for (int code = 28; code < 255; code++) {
                assertThat(admit(Requests.get().method(code))).isEqualTo(Refusal.UNKNOWN_METHOD_CODE);
            }
            assertThat(admit(Requests.get().method(0))).isEqualTo(Refusal.UNKNOWN_METHOD_CODE);
        }

        @Test
        void hasAStoredMethodIfAndOnlyIfOneIsAnnounced() {
            assertThat(admit(Requests.get().method(AjpMethods.STORED).attribute(STORED_METHOD, "PURGE"))).isNull();
            assertThat(recorder.fields).contains("stored_method PURGE");
            assertThat(admit(Requests.get().method(AjpMethods.STORED))).isEqualTo(Refusal.BAD_METHOD);
            assertThat(admit(Requests.get().attribute(STORED_METHOD, "PURGE"))).isEqualTo(Refusal.BAD_METHOD);
            for (String bad : new String[] {null, "", "P URGE", "PURGE\n", "(", "P\u00e4"}) {
                assertThat(admit(Requests.get().method(AjpMethods.STORED).attribute(STORED_METHOD, bad))).isEqualTo(Refusal.BAD_METHOD);
            }
        }

        @Test
        void hasAQueryOfWhateverIsPrintable() {
            assertThat(admit(Requests.get().attribute(QUERY_STRING, "a=<>^{}|\"\\`#?&\u00e4\u00ff b"))).isNull();
            assertThat(admit(Requests.get().attribute(QUERY_STRING, ""))).isNull();
            assertThat(admit(Requests.get().attribute(QUERY_STRING, null))).isNull();
            assertThat(admit(Requests.get().attribute(QUERY_STRING, "a\nb"))).isEqualTo(Refusal.BAD_QUERY);
        }
    }

    @Nested
    class Headers {

        @Test
        void areLimitedInNumber() {
            guard = guard(AjpSettings.builder().secretRequired(false).maxHeaderCount(3));
            Requests request = Requests.get().header("a", "1").header("b", "2");
            assertThat(admit(request)).isNull();
            assertThat(admit(request.header("c", "3"))).isEqualTo(Refusal.TOO_MANY_HEADERS);
            assertThat(guard.detail()).contains("4 headers").contains("is 3").contains("maxHeaderCount").contains("LimitRequestFields");
            assertThat(recorder.fields).noneMatch(field -> field.startsWith("header "));
            guard = guard(AjpSettings.builder().secretRequired(false).maxHeaderCount(-1));
            for (int i = 0; i < 1000; i++) {
                request.header("h" + i, "");
            }
            assertThat(admit(request)).isNull();
        }

        @Test
        void mayBeEmptyAndHoldTabsAndHighBytes() {
            assertThat(admit(Requests.get().header("x-empty", "").header("x-tab", "a\tb").header("x-high", "\u00e4\u00ff"))).isNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "a b", "a:", "a\0", "\u00e4", "a\r\nb", "a/b", "{a}"})
        void haveTokensForNames(String name) {
            assertThat(admit(Requests.get().header(name, "x"))).isEqualTo(Refusal.BAD_HEADER_NAME);
        }

        @Test
        void doNotShowTheirValuesInTheLog() {
            assertThat(admit(Requests.get().header("Cookie", "session=4711\r\nX: y"))).isEqualTo(Refusal.BAD_HEADER_VALUE);
            assertThat(guard.detail()).contains("\"cookie\"").contains("0x0D").contains("position 12").contains("strict=\"all,-header-value\"")
                    .doesNotContain("4711");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "h", "www.example.test", "a_b.c-d", "h:80", "h:", "h:0", "h:65535", "127.0.0.1:8080", "[::1]", "[::1]:443",
                "[::ffff:10.0.0.1]:1", "h."})
        void haveOneHost(String host) {
            assertThat(admit(Requests.get().noHeaders().header("Host", host))).isNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"a b", "a,b:x", "u@h", "h/x", "h?x", "h#x", "h\\x", "h:65536", "h:-1", "h:8o", "h:000080", ":80", "h:80:80", "[::1",
                "[]", "[:]", "[::1]x", "[::1]:x", "::1", "h\u00e4", "<h>", "[fe80::1%25eth0]"})
        void haveNoOtherHost(String host) {
            assertThat(admit(Requests.get().noHeaders().header("host", host))).isEqualTo(Refusal.BAD_HOST);
        }

        @ParameterizedTest
        @ValueSource(strings = {"host", "Host", "HOST"})
        void haveNotTwoHosts(String name) {
            assertThat(admit(Requests.get().header(name, "www.example.test"))).isEqualTo(Refusal.DUPLICATE_HOST);
        }

        @Test
        void mayHaveNoHost() {
            assertThat(admit(Requests.get().noHeaders())).isNull();
        }

        @ParameterizedTest
        @CsvSource({"0, 0", "7, 7", "007, 7", "9223372036854775807, 9223372036854775807"})
        void tellTheBodysLength(String value, long length) {
            assertThat(admit(Requests.get().header("Content-Length", value))).isNull();
            assertThat(guard.contentLength()).isEqualTo(length);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "-1", "+1", " 1", "1 ", "1,1", "1, 1", "0x1", "1e3", "9223372036854775808", "9999999999999999999",
                "18446744073709551617", "00000000000000000001", "\u00b2"})
        void tellItInDigitsOnly(String value) {
            assertThat(admit(Requests.get().header("content-length", value))).isEqualTo(Refusal.BAD_CONTENT_LENGTH);
        }

        @Test
        void tellItOnce() {
            assertThat(admit(Requests.get().header("content-length", "1").header("Content-Length", "1")))
                    .isEqualTo(Refusal.DUPLICATE_CONTENT_LENGTH);
            assertThat(admit(Requests.get())).isNull();
            assertThat(guard.contentLength()).isEqualTo(-1);
        }

        @Test
        void doNotHideASecondRequest() {
            assertThat(admit(Requests.get().header("Transfer-Encoding", "chunked"))).isNull();
            assertThat(admit(Requests.get().header("transfer-encoding", "Chunked"))).isNull();
            for (String bad : new String[] {"", "identity", "gzip, chunked", "chunked, chunked", "chunked ", "\tchunked", "xchunked", "chunked\u00e4"}) {
                assertThat(admit(Requests.get().header("Transfer-Encoding", bad))).as(bad).isEqualTo(Refusal.TRANSFER_ENCODING);
            }
            assertThat(admit(Requests.get().header("Transfer-Encoding", "chunked").header("Transfer-Encoding", "chunked")))
                    .isEqualTo(Refusal.TRANSFER_ENCODING);
            assertThat(admit(Requests.get().header("Transfer-Encoding", "chunked").header("Content-Length", "0")))
                    .isEqualTo(Refusal.TRANSFER_ENCODING);
            assertThat(admit(Requests.get().header("Content-Length", "0").header("Transfer-Encoding", "chunked")))
                    .isEqualTo(Refusal.TRANSFER_ENCODING);
        }
    }

    @Nested
    class Addresses {

        @ParameterizedTest
        @ValueSource(strings = {"", "10.0.0.7", "::1", "fe80::1%eth0", "[::1]", "unknown", "host_name.example.test", "local"})
        void areFigures(String text) {
            assertThat(admit(Requests.get().remoteAddr(text).remoteHost(text).serverName(text).attribute("AJP_LOCAL_ADDR", text))).isNull();
        }

        @Test
        void mayBeNull() {
            assertThat(admit(Requests.get().remoteAddr(null).remoteHost(null).serverName(null).attribute("AJP_LOCAL_ADDR", null))).isNull();
            assertThat(recorder.fields).contains("remoteAddr null", "remoteHost null", "serverName null");
        }

        @ParameterizedTest
        @ValueSource(strings = {"10.0.0.7\n", " 10.0.0.7", "<script>", "a b", "\u00e4", "a/b"})
        void areNothingElse(String text) {
            assertThat(admit(Requests.get().remoteAddr(text))).isEqualTo(Refusal.BAD_ADDRESS);
            assertThat(admit(Requests.get().remoteHost(text))).isEqualTo(Refusal.BAD_ADDRESS);
            assertThat(admit(Requests.get().serverName(text))).isEqualTo(Refusal.BAD_ADDRESS);
            assertThat(admit(Requests.get().attribute("AJP_LOCAL_ADDR", text))).isEqualTo(Refusal.BAD_ADDRESS);
            assertThat(admit(Requests.get().attribute("AJP_REMOTE_PORT", text))).isEqualTo(Refusal.BAD_ADDRESS);
        }

        @Test
        void comeWithAPort() {
            assertThat(admit(Requests.get().attribute("AJP_REMOTE_PORT", "65535"))).isNull();
            assertThat(recorder.fields).contains("attribute AJP_REMOTE_PORT=65535");
            assertThat(admit(Requests.get().attribute("AJP_REMOTE_PORT", ""))).isNull();
            assertThat(recorder.fields).noneMatch(field -> field.contains("AJP_REMOTE_PORT"));
            assertThat(admit(Requests.get().attribute("AJP_REMOTE_PORT", null))).isNull();
            assertThat(admit(Requests.get().attribute("AJP_REMOTE_PORT", "65536"))).isEqualTo(Refusal.BAD_ADDRESS);
        }
    }

    @Nested
    class Attributes {

        private static final String PEM = "-----BEGIN CERTIFICATE-----\nMIIB+/=\r\n-----END CERTIFICATE-----\n";

        @Test
        void comeUnderTheirCodesWhicheverNameTheyWereSentBy() {
            for (String prefix : new String[] {"javax.servlet.request.", "jakarta.servlet.request."}) {
                assertThat(admit(Requests.get().attribute(prefix + "X509Certificate", PEM).attribute(prefix + "cipher_suite", "AES")
                        .attribute(prefix + "ssl_session", "0A").attribute(prefix + "key_size", "256"))).isNull();
                assertThat(recorder.fields).endsWith("ssl_cert " + PEM, "ssl_cipher AES", "ssl_session 0A", "ssl_key_size 256");
            }
        }

        @Test
        void areRefusedWithTheWrongType() {
            assertThat(admit(Requests.get().attribute("javax.servlet.request.key_size", "256 bits"))).isEqualTo(Refusal.BAD_KEY_SIZE);
            assertThat(admit(Requests.get().attribute("javax.servlet.request.key_size", "65536"))).isEqualTo(Refusal.BAD_KEY_SIZE);
            assertThat(admit(Requests.get().attribute("javax.servlet.request.X509Certificate", "CN=root"))).isEqualTo(Refusal.BAD_CERTIFICATE);
            assertThat(admit(Requests.get().attribute(SSL_CERT, "CN=root"))).isEqualTo(Refusal.BAD_CERTIFICATE);
            assertThat(guard.detail()).contains("7 bytes").doesNotContain("CN=root");
            assertThat(admit(Requests.get().attribute(SSL_CERT, PEM + "\0"))).isEqualTo(Refusal.BAD_CERTIFICATE);
            assertThat(admit(Requests.get().attribute(SSL_CERT, ""))).isNull();
            assertThat(admit(Requests.get().attribute(SSL_CERT, null))).isNull();
            assertThat(admit(Requests.get().keySize(65535))).isNull();
        }

        @Test
        void comeOnceUnderTheirCodes() {
            assertThat(admit(Requests.get().attribute(REMOTE_USER, "a").attribute(REMOTE_USER, "b"))).isEqualTo(Refusal.BAD_ATTRIBUTE);
            assertThat(guard.detail()).contains("remote_user comes twice").doesNotContain("\"b\"");
            assertThat(admit(Requests.get().keySize(1).keySize(1))).isEqualTo(Refusal.BAD_ATTRIBUTE);
            assertThat(admit(Requests.get().attribute("JK_LB_ACTIVATION", "ACT").attribute("JK_LB_ACTIVATION", "DIS"))).isNull();
        }

        @Test
        void areRefusedUnlessAllowed() {
            assertThat(admit(Requests.get().attribute("UNHEARD_OF", "x"))).isEqualTo(Refusal.ATTRIBUTE_NOT_ALLOWED);
            assertThat(guard.detail()).contains("\"UNHEARD_OF\"").contains("allowedRequestAttributes").contains("JkEnvVar").doesNotContain("\"x\"");
            guard = guard(AjpSettings.builder().secretRequired(false).allowedRequestAttributes("UNHEARD_OF"));
            assertThat(admit(Requests.get().attribute("UNHEARD_OF", "x"))).isNull();
            assertThat(recorder.fields).contains("attribute UNHEARD_OF=x");
        }

        @Test
        void areDroppedIfToldSo() {
            guard = guard(AjpSettings.builder().secretRequired(false).unknownAttributes("ignore"));
            assertThat(admit(Requests.get().attribute("UNHEARD_OF", "x"))).isNull();
            assertThat(recorder.fields).noneMatch(field -> field.contains("UNHEARD_OF"));
            assertThat(guard.ignoredAttributes()).isEqualTo(1);
            assertThat(guard.attributeToLog()).isNull();
            assertThat(admit(Requests.get())).isNull();
            assertThat(guard.ignoredAttributes()).isZero();
        }

        @Test
        void areDroppedWithANoteIfToldSo() {
            guard = guard(AjpSettings.builder().secretRequired(false).unknownAttributes("log"));
            assertThat(admit(Requests.get().attribute("UNHEARD\u00e4", "x"))).isNull();
            assertThat(recorder.fields).noneMatch(field -> field.contains("UNHEARD"));
            assertThat(guard.ignoredAttributes()).isEqualTo(1);
            assertThat(guard.attributeToLog()).isEqualTo("\"UNHEARD\\xE4\"");
        }

        @Test
        void haveNamesAndValuesWithoutControls() {
            guard = guard(AjpSettings.builder().secretRequired(false).allowedRequestAttributesPattern("(?s).*"));
            assertThat(admit(Requests.get().attribute("A b\u00e4", "CN=x\t\u00ff\r\n"))).isNull();
            assertThat(admit(Requests.get().attribute("A", null))).isNull();
            assertThat(admit(Requests.get().attribute("", "x"))).isEqualTo(Refusal.BAD_ATTRIBUTE);
            assertThat(admit(Requests.get().attribute("A\n", "x"))).isEqualTo(Refusal.BAD_ATTRIBUTE);
            assertThat(admit(Requests.get().attribute("javax.servlet.request.cipher_suite", "AES\r\n"))).isEqualTo(Refusal.BAD_ATTRIBUTE);
            assertThat(admit(Requests.get().attribute("A", "hidden\0"))).isEqualTo(Refusal.BAD_ATTRIBUTE);
            assertThat(guard.detail()).contains("\"A\"").contains("0x00").doesNotContain("hidden");
            assertThat(admit(Requests.get().attribute(REMOTE_USER, "a\nb"))).isEqualTo(Refusal.BAD_ATTRIBUTE);
        }
    }

    @Nested
    class Structure {

        @Test
        void refusesEveryOtherMessageType() {
            byte[] payload = Requests.get().payload();
            for (int type = 0; type < 256; type++) {
                payload[0] = (byte) type;
                assertThat(admit(payload)).isEqualTo(type == 2 ? null : Refusal.UNEXPECTED_MESSAGE);
            }
        }

        @Test
        void refusesBytesBehindTheEnd() {
            byte[] payload = Requests.get().payload();
            assertThat(admit(Arrays.copyOf(payload, payload.length + 3))).isEqualTo(Refusal.TRAILING_BYTES);
            assertThat(guard.detail()).contains("There are 3 of them").contains("allowedPeers");
        }

        @Test
        void refusesEveryUnknownAttributeCode() {
            for (int code = 0; code < 255; code++) {
                boolean known = code >= 1 && code <= 13;
                byte[] payload = Requests.get().method(AjpMethods.STORED).attribute(STORED_METHOD, "X").attribute(QUERY_STRING, "")
                        .payload();
                payload[payload.length - 5] = (byte) code;
                if (!known) {
                    assertThat(admit(payload)).as("code %d", code).isEqualTo(Refusal.UNKNOWN_ATTRIBUTE_CODE);
                }
            }
        }

        @Test
        void doesNotReadOutsideOfItsRange() {
            byte[] payload = Requests.get().payload();
            byte[] larger = new byte[payload.length + 20];
            Arrays.fill(larger, (byte) 0xFF);
            System.arraycopy(payload, 0, larger, 10, payload.length);
            assertThat(guard.admit(larger, 10, 10 + payload.length, recorder)).isNull();
            assertThat(guard.admit(larger, 10, 10 + payload.length - 1, recorder)).isEqualTo(Refusal.TRUNCATED);
        }
    }

    @Nested
    class Relaxed {

        static Stream<Arguments> rules() {
            return Stream.of(
                    Arguments.of("method", Requests.get().method(AjpMethods.STORED).attribute(STORED_METHOD, "A B")),
                    Arguments.of("uri", Requests.get().uri("no\tslash")),
                    Arguments.of("query", Requests.get().attribute(QUERY_STRING, "\n")),
                    Arguments.of("protocol", Requests.get().protocol("GOPHER")),
                    Arguments.of("header-name", Requests.get().header("a b", "")),
                    Arguments.of("header-value", Requests.get().header("a", "\0")),
                    Arguments.of("host", Requests.get().header("host", "u@h")),
                    Arguments.of("content-length", Requests.get().header("content-length", "5").header("content-length", "5")),
                    Arguments.of("transfer-encoding", Requests.get().header("content-length", "5").header("transfer-encoding", "gzip")),
                    Arguments.of("address", Requests.get().remoteAddr("<>").serverName(" ")),
                    Arguments.of("certificate", Requests.get().attribute(SSL_CERT, "MIIB")),
                    Arguments.of("attribute", Requests.get().attribute(REMOTE_USER, "\0").attribute(REMOTE_USER, "")));
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("rules")
        void rulesAreRelaxedOneByOne(String rule, Requests request) {
            Refusal strictly = admit(request);
            assertThat(strictly).isNotNull();
            assertThat(guard.detail()).contains("strict=\"all,-" + rule + "\"");
            guard = guard(AjpSettings.builder().secretRequired(false).strict("all,-" + rule));
            assertThat(admit(request)).isNull();
            String all = String.join(",-", rules().map(arguments -> (String) arguments.get()[0]).toList());
            guard = guard(AjpSettings.builder().secretRequired(false).strict("-" + all.replace(",-" + rule, "").replaceFirst("^" + rule + ",-", "")));
            assertThat(admit(request)).as("all others relaxed").isEqualTo(strictly);
        }

        @Test
        void theBodysEndStaysUnambiguous() {
            guard = guard(AjpSettings.builder().secretRequired(false).strict("-content-length,-transfer-encoding"));
            assertThat(admit(Requests.get().header("content-length", "5").header("content-length", "6")))
                    .isEqualTo(Refusal.DUPLICATE_CONTENT_LENGTH);
            assertThat(admit(Requests.get().header("content-length", "x"))).isEqualTo(Refusal.BAD_CONTENT_LENGTH);
            assertThat(admit(Requests.get().header("content-length", "5").header("content-length", "5"))).isNull();
            assertThat(guard.contentLength()).isEqualTo(5);
        }

        @Test
        void aMethodIsAlwaysThere() {
            guard = guard(AjpSettings.builder().secretRequired(false).strict("-method"));
            assertThat(admit(Requests.get().method(AjpMethods.STORED))).isEqualTo(Refusal.BAD_METHOD);
            assertThat(admit(Requests.get().method(AjpMethods.STORED).attribute(STORED_METHOD, ""))).isEqualTo(Refusal.BAD_METHOD);
        }
    }

    @Test
    void startsAfreshAfterARefusal() {
        assertThat(admit(Requests.get().header("host", "second").header("content-length", "5"))).isEqualTo(Refusal.DUPLICATE_HOST);
        assertThat(admit(Requests.get())).isNull();
        assertThat(guard.contentLength()).isEqualTo(-1);
        assertThat(guard.detail()).isEmpty();
    }

    @Test
    void writesDetailsThatCannotForgeALine() {
        admit(Requests.get().protocol("HTTP/1.1\r\n2026-11-22 WARN forged \u001b[31m\u0085" + "x".repeat(5000)));
        assertThat(guard.detail()).matches("[ -~]+").contains("\\x0D\\x0A").contains("\\x1B").contains("more bytes").hasSizeLessThan(600);
    }

    @Test
    void allocatesNothingForAnAdmittedRequest() {
        guard = guard(AjpSettings.builder().secrets("old," + SECRET).allowedRequestAttributes("LISTED").allowedRequestAttributesPattern("MY_.*"));
        byte[] payload = Requests.get().uri("http://www.example.test/x").header("Content-Length", "5").header("x-own-header", "value")
                .attribute(QUERY_STRING, "a=b").attribute("JK_LB_ACTIVATION", "ACT").attribute("AJP_REMOTE_PORT", "4711")
                .attribute("LISTED", "x").attribute("MY_OWN", "y").secret(SECRET).payload();
        ForwardRequestSink sink = new Discard();
        for (int i = 0; i < 20_000; i++) {
            assertThat(guard.admit(payload, 0, payload.length, sink)).isNull();
        }
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000; i++) {
            guard.admit(payload, 0, payload.length, sink);
        }
        // A thousand requests: less than a byte each allows for the measurement itself.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000);
    }

    /** Not a lambda-laden mock: it must not allocate. */
    private static final class Discard implements ForwardRequestSink {

        @Override
        public void begin(int methodCode) {
        }

        @Override
        public void protocol(Span protocol) {
        }

        @Override
        public void requestUri(Span uri) {
        }

        @Override
        public void remoteAddr(Span addr) {
        }

        @Override
        public void remoteHost(Span host) {
        }

        @Override
        public void serverName(Span name) {
        }

        @Override
        public void serverPort(int port) {
        }

        @Override
        public void secure(boolean secure) {
        }

        @Override
        public void headerCount(int count) {
        }

        @Override
        public void header(int code, Span name, Span value) {
        }

        @Override
        public void attribute(int code, Span value) {
        }

        @Override
        public void sslKeySize(int bits) {
        }

        @Override
        public void requestAttribute(Span name, Span value) {
        }

        @Override
        public void end() {
        }
    }
}
