package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables as the specification prints them, code by code. */
class CodeTablesTest {

    @ParameterizedTest
    @CsvSource({"1,OPTIONS", "2,GET", "3,HEAD", "4,POST", "5,PUT", "6,DELETE", "7,TRACE", "8,PROPFIND", "9,PROPPATCH", "10,MKCOL",
        "11,COPY", "12,MOVE", "13,LOCK", "14,UNLOCK", "15,ACL", "16,REPORT", "17,VERSION-CONTROL", "18,CHECKIN", "19,CHECKOUT",
        "20,UNCHECKOUT", "21,SEARCH", "22,MKWORKSPACE", "23,UPDATE", "24,LABEL", "25,MERGE", "26,BASELINE-CONTROL", "27,MKACTIVITY"})
    void namesMethods(int code, String name) {
        assertThat(AjpMethods.nameOf(code)).isEqualTo(name).isSameAs(name.intern());
        assertThat(AjpMethods.bytesOf(code)).asString(StandardCharsets.ISO_8859_1).isEqualTo(name);
        assertThat(AjpMethods.codeOf(name)).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 28, 0xFE, AjpMethods.STORED})
    void knowsNoOtherMethods(int code) {
        assertThat(AjpMethods.nameOf(code)).isNull();
        assertThat(AjpMethods.bytesOf(code)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "get", "PATCH", "GETS", "A-METHOD-LONGER-THAN-ANY-IN-THE-TABLE"})
    void storesMethodsWithoutCode(String name) {
        assertThat(AjpMethods.codeOf(name)).isEqualTo(AjpMethods.STORED);
    }

    @ParameterizedTest
    @CsvSource({"A001,accept", "A002,accept-charset", "A003,accept-encoding", "A004,accept-language", "A005,authorization",
        "A006,connection", "A007,content-type", "A008,content-length", "A009,cookie", "A00A,cookie2", "A00B,host", "A00C,pragma",
        "A00D,referer", "A00E,user-agent"})
    void namesRequestHeaders(String hex, String name) {
        int code = Integer.parseInt(hex, 16);
        byte[] upper = ("<" + name.toUpperCase(Locale.ROOT) + ">").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(RequestHeaders.nameOf(code)).isEqualTo(name);
        assertThat(RequestHeaders.bytesOf(code)).asString(StandardCharsets.ISO_8859_1).isEqualTo(name);
        assertThat(RequestHeaders.codeOf(name.toUpperCase(Locale.ROOT))).isEqualTo(code);
        assertThat(RequestHeaders.codeOf(upper, 1, name.length())).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"A001,Content-Type", "A002,Content-Language", "A003,Content-Length", "A004,Date", "A005,Last-Modified",
        "A006,Location", "A007,Set-Cookie", "A008,Set-Cookie2", "A009,Servlet-Engine", "A00A,Status", "A00B,WWW-Authenticate"})
    void namesResponseHeaders(String hex, String name) {
        int code = Integer.parseInt(hex, 16);
        byte[] lower = ("<" + name.toLowerCase(Locale.ROOT) + ">").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(ResponseHeaders.nameOf(code)).isEqualTo(name);
        assertThat(ResponseHeaders.bytesOf(code)).asString(StandardCharsets.ISO_8859_1).isEqualTo(name);
        assertThat(ResponseHeaders.codeOf(name.toLowerCase(Locale.ROOT))).isEqualTo(code);
        assertThat(ResponseHeaders.codeOf(lower, 1, name.length())).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "dato", "Content-Typo", "Content\u0000Type", "A-Header-Longer-Than-Any-In-The-Table"})
    void answersZeroForHeadersWithoutCode(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);

        assertThat(RequestHeaders.codeOf(name)).isZero();
        assertThat(ResponseHeaders.codeOf(name)).isZero();
        assertThat(ResponseHeaders.codeOf(bytes, 0, bytes.length)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0xA000, 0xA00F, 0xA0FF, 0xFFFF})
    void knowsNoOtherHeaders(int code) {
        assertThat(RequestHeaders.nameOf(code)).isNull();
        assertThat(RequestHeaders.bytesOf(code)).isNull();
        assertThat(ResponseHeaders.nameOf(code)).isNull();
        assertThat(ResponseHeaders.bytesOf(code)).isNull();
    }

    @Test
    void foldsTheCaseOfAsciiLettersOnly() {
        // U+212A KELVIN SIGN folds to k under Unicode rules; a container that thought so could be told two different things.
        assertThat(RequestHeaders.codeOf("coo\u212Aie")).isZero();
        assertThat(RequestHeaders.codeOf("COOKIE")).isEqualTo(RequestHeaders.COOKIE);
    }

    @Test
    void namesAttributesAndMessages() {
        assertThat(RequestAttributes.nameOf(RequestAttributes.SSL_KEY_SIZE)).isEqualTo("ssl_key_size");
        assertThat(RequestAttributes.nameOf(0x0E)).isEqualTo("unknown (0x0E)");
        assertThat(MessageType.nameOf(MessageType.CPING)).isEqualTo("CPING");
        assertThat(MessageType.nameOf(0x12)).isEqualTo("unknown (0x12)");
    }
}
