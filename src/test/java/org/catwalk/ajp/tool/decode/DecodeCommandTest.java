package org.catwalk.ajp.tool.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.catwalk.ajp.tool.Invocation;
import org.catwalk.ajp.wire.HexFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeCommandTest {

    private static final byte[] CPING = {0x12, 0x34, 0, 1, 0x0A};
    private static final byte[] CPONG = {'A', 'B', 0, 1, 9};

    @TempDir
    private Path directory;

    // ------------------------------------------------------------------ hexadecimal text and raw bytes

    static Stream<HexFixture> captures() {
        return HexFixture.all();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void readsEveryHexFileWithItsComments(HexFixture capture) {
        Invocation decode = Invocation.of("decode", "src/test/resources/wire/" + capture.name() + ".hex");

        assertThat(decode.err()).isEmpty();
        assertThat(decode.exitCode()).isZero();
        assertThat(decode.out()).doesNotContain("MALFORMED");
        assertThat(decode.lines().stream().filter(line -> line.startsWith("->"))).hasSize(capture.packets().size());
    }

    @ParameterizedTest
    @MethodSource("captures")
    void saysTheSameOfRawBytes(HexFixture capture) throws IOException {
        assertThat(decode(capture.bytes()).out())
                .isEqualTo(Invocation.of("decode", "src/test/resources/wire/" + capture.name() + ".hex").out());
    }

    @Test
    void tellsRequestsFromBodies() throws IOException {
        assertThat(decode(HexFixture.load("mod_jk-post").bytes()).out())
                .contains("-> FORWARD_REQUEST POST /jk/post HTTP/1.1 (274 bytes)", "     content-length: 11", "-> body chunk, 11 bytes");
        assertThat(decode(HexFixture.load("mod_proxy_ajp-post-chunked").bytes()).out()).contains("-> body chunk, empty: end of the body");
        assertThat(decode(HexFixture.load("mod_jk-client-gone").bytes()).out()).contains("empty: the client is gone");
    }

    @Test
    void masksSecretAndCredentials() throws IOException {
        String secret = decode(HexFixture.load("mod_jk-secret").bytes()).out();
        assertThat(secret).contains("attribute secret: *** (masked)");
        assertThat(new String(HexFixture.load("mod_jk-secret").bytes(), StandardCharsets.ISO_8859_1)).contains("secret");

        assertThat(decode(HexFixture.load("mod_proxy_ajp-basic-auth").bytes()).out())
                .contains("authorization: Basic *** (masked)", "attribute remote_user: ");
    }

    @Test
    void showsBodiesOnlyIfTold() throws IOException {
        byte[] post = HexFixture.load("mod_jk-post").bytes();

        assertThat(decode(post).out()).doesNotContain("name=value1");
        assertThat(decode(post, "--bodies").out()).contains("     0000  6e 61 6d 65 3d").contains("name=value1");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "1234 0001 0a 4142 0001 09",
        "0x12, 0x34, 0x00, 0x01, 0x0a, 0x41 0x42 0x00 0x01 0x09",
        "00000000: 1234 0001 0a41 4200 0109                 .4...AB...\n",
        "00000000  12 34 00 01 0a 41 42 00  01 09                    |.4...AB...|\n0000000a\n",
        "0000   12 34 00 01 0a 41 42 00 01 09                     .4...AB...\n",
        "12:34:00:01:0a:41:42:00:01:09"})
    void readsHexadecimalTextOfManyTools(String text) throws IOException {
        assertThat(decode(text.getBytes(StandardCharsets.US_ASCII)).lines()).containsExactly("-> CPING", "<- CPONG");
    }

    @Test
    void readsStandardInput() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(CPING));
        try {
            assertThat(Invocation.of("decode", "-").lines()).containsExactly("-> CPING");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void saysWhereAStreamGetsOutOfStep() throws IOException {
        Invocation decode = decode(concat(CPING, new byte[] {1, 2, 3, 4, 5}));

        assertThat(decode.exitCode()).isEqualTo(1);
        assertThat(decode.lines()).containsExactly("-> CPING", "MALFORMED: a packet ought to begin at byte 5 and does not: 0x01020304");
    }

    @Test
    void saysThatTheLastPacketIsNotWhole() throws IOException {
        Invocation decode = decode(concat(CPING, Arrays.copyOf(CPONG, 4)));

        assertThat(decode.exitCode()).isEqualTo(1);
        assertThat(decode.out()).contains("the last packet, at byte 5, is not whole: 4 bytes");
    }

    @Test
    void saysWhatIsWrongWithAMalformedPacketAndGoesOn() throws IOException {
        Invocation decode = decode(concat(new byte[] {'A', 'B', 0, 2, 5, 7}, CPONG));

        assertThat(decode.exitCode()).isEqualTo(1);
        assertThat(decode.out()).contains("MALFORMED: A boolean is neither 0x00 nor 0x01.", "<- CPONG");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Hello, this is no capture", "123", "GIF89a\u0001\u0002", "ffff 0001 0a"})
    void refusesOtherInputWithOneLine(String content) throws IOException {
        Invocation decode = decode(content.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(decode.exitCode()).isEqualTo(2);
        assertThat(decode.out()).isEmpty();
        assertThat(decode.err().lines()).hasSize(1).allMatch(line -> line.startsWith("catwalk-ajp decode: Cannot decode "));
    }

    @Test
    void saysThatThereIsNoSuchFile() {
        Invocation decode = Invocation.of("decode", "no-such-file.pcap");

        assertThat(decode.exitCode()).isEqualTo(2);
        assertThat(decode.err().lines()).containsExactly("catwalk-ajp decode: No such file: no-such-file.pcap");
    }

    // ------------------------------------------------------------------ captures

    /** Taken on loopback with tcpdump, converted to pcapng with editcap: httpd with mod_jk and mod_proxy_ajp, and our ping, with one connector. */
    @ParameterizedTest
    @ValueSource(strings = {"loopback.pcap", "loopback.pcapng"})
    void readsRealCaptures(String name) {
        Invocation decode = Invocation.of("decode", "src/test/resources/tool/" + name);

        assertThat(decode.err()).isEmpty();
        assertThat(decode.exitCode()).isZero();
        assertThat(decode.lines().stream().filter(line -> !line.startsWith(" ")).map(line -> line.replaceFirst("\\d+\\.\\d{6}", "T"))).containsExactly(
                "[1] web server 127.0.0.1:42592, container 127.0.0.1:36479",
                "[1] T -> FORWARD_REQUEST GET /app/demo HTTP/1.1 (216 bytes)",
                "[1] T <- SEND_HEADERS 200 OK",
                "[1] T <- SEND_BODY_CHUNK 821 bytes",
                "[1] T <- END_RESPONSE reuse the connection",
                "[1] T -> FORWARD_REQUEST POST /app/echo HTTP/1.1 (248 bytes)",
                "[1] T -> body chunk, 11 bytes",
                "[1] T <- SEND_HEADERS 200 OK",
                "[1] T <- SEND_BODY_CHUNK 534 bytes",
                "[1] T <- END_RESPONSE reuse the connection",
                "[2] web server 127.0.0.1:42594, container 127.0.0.1:36479",
                "[2] T -> FORWARD_REQUEST GET /app/demo HTTP/1.1 (212 bytes)",
                "[2] T <- SEND_HEADERS 200 OK",
                "[2] T <- SEND_BODY_CHUNK 854 bytes",
                "[2] T <- END_RESPONSE reuse the connection",
                "[3] web server 127.0.0.1:42602, container 127.0.0.1:36479",
                "[3] T -> CPING",
                "[3] T <- CPONG");
        assertThat(decode.out()).contains("secret: *** (masked)", "authorization: Basic *** (masked)").doesNotContain("demo-secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 101, 108, 113, 276})
    void readsEveryLinkType(int linkType) throws IOException {
        SyntheticCapture capture = SyntheticCapture.ofLinkType(linkType).syn(true, 99).syn(false, 499).data(true, 100, CPING).data(false, 500, CPONG);

        assertThat(decode(capture.bytes()).lines()).containsExactly("[1] web server 192.0.2.1:40000, container 192.0.2.2:8009",
                "[1] 0.002000 -> CPING", "[1] 0.003000 <- CPONG");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 101, 113, 276})
    void readsIpv6(int linkType) throws IOException {
        SyntheticCapture capture = SyntheticCapture.ofLinkType(linkType).ipv6().data(true, 100, CPING);

        assertThat(decode(capture.bytes()).out()).contains("container [2001:db8:0:0:0:0:0:2]:8009", "-> CPING");
    }

    @Test
    void readsBothByteOrdersAndResolutions() throws IOException {
        assertThat(decode(SyntheticCapture.ofLinkType(1).bigEndian().data(true, 1, CPING).data(false, 1, CPONG).bytes()).out())
                .contains("[1] 0.001000 <- CPONG");
        assertThat(decode(SyntheticCapture.ofLinkType(1).nanoseconds().data(true, 1, CPING).data(false, 1, CPONG).bytes()).out())
                .contains("[1] 0.001000 <- CPONG");
    }

    @Test
    void putsSegmentsIntoOrderAndDropsRepetitions() throws IOException {
        byte[] packet = HexFixture.load("mod_jk-get").packets().get(0);
        int start = -5; // the sequence numbers wrap within the packet
        SyntheticCapture capture = SyntheticCapture.ofLinkType(1).syn(true, start - 1)
                .data(true, start + 10, Arrays.copyOfRange(packet, 10, 40))
                .data(true, start, Arrays.copyOfRange(packet, 0, 20))
                .data(true, start, Arrays.copyOfRange(packet, 0, 20))
                .arp()
                .data(true, start + 30, Arrays.copyOfRange(packet, 30, packet.length))
                .data(true, start + 30, Arrays.copyOfRange(packet, 30, packet.length))
                .data(true, start + packet.length, CPING);
        Invocation decode = decode(capture.bytes());

        assertThat(decode.exitCode()).isZero();
        assertThat(decode.lines().stream().filter(line -> line.contains("-> "))).hasSize(2).last().asString().endsWith("-> CPING");
    }

    @Test
    void readsAConnectionThatIsOlderThanTheCapture() throws IOException {
        SyntheticCapture capture = SyntheticCapture.ofLinkType(1)
                .data(false, 900, "the end of an older packet".getBytes(StandardCharsets.US_ASCII)).data(true, 100, CPING).data(false, 926, CPONG);
        Invocation decode = decode(capture.bytes());

        assertThat(decode.exitCode()).isZero();
        assertThat(decode.lines()).hasSize(3);
    }

    @Test
    void countsAPortThatIsUsedAgainAsANewConnection() throws IOException {
        SyntheticCapture capture = SyntheticCapture.ofLinkType(1).syn(true, 1).data(true, 2, CPING).reset(false, 7)
                .syn(true, 5000).data(true, 5001, CPING);

        assertThat(decode(capture.bytes()).lines().stream().filter(line -> line.contains("web server"))).hasSize(2);
    }

    @Test
    void saysThatBytesAreMissing() throws IOException {
        byte[] packet = HexFixture.load("mod_jk-get").packets().get(0);
        SyntheticCapture lost = SyntheticCapture.ofLinkType(1).data(true, 100, CPING).data(true, 110, CPING);
        SyntheticCapture cut = SyntheticCapture.ofLinkType(1).data(true, 100, CPING).dataCutBy(50, true, 105, packet);

        for (SyntheticCapture capture : new SyntheticCapture[] {lost, cut}) {
            Invocation decode = decode(capture.bytes());
            assertThat(decode.exitCode()).isEqualTo(1);
            assertThat(decode.out()).contains("MALFORMED: the capture lacks bytes from here on");
        }
    }

    @Test
    void saysThatThereIsNoAjp() throws IOException {
        byte[] http = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        Invocation decode = decode(SyntheticCapture.ofLinkType(1).data(true, 1, http).bytes());

        assertThat(decode.exitCode()).isEqualTo(1);
        assertThat(decode.lines()).containsExactly("No AJP was found; TCP connections without AJP: 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"loopback.pcap", "loopback.pcapng"})
    void survivesDamagedCaptures(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Path.of("src/test/resources/tool", name));
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = Arrays.copyOf(whole, 5 + random.nextInt(whole.length - 5));
            for (int flips = random.nextInt(20); flips > 0; flips--) {
                damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt();
            }
            Invocation decode = decode(damaged);
            assertThat(decode.err()).as("number %s", i).doesNotContain("unexpected");
            assertThat(decode.err().lines().count()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void saysThatTheFileIsCut() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of("src/test/resources/tool/loopback.pcap"));
        Invocation decode = decode(Arrays.copyOf(whole, whole.length - 3));

        assertThat(decode.out()).contains("-> CPING");
        assertThat(decode.err()).contains("the capture ends within a frame");
        assertThat(decode.exitCode()).isEqualTo(2);
    }

    private Invocation decode(byte[] content, String... options) throws IOException {
        Path file = Files.write(directory.resolve("input"), content);
        return Invocation.of(Stream.concat(Stream.of("decode", file.toString()), Stream.of(options)).toArray(String[]::new));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return HexFormat.of().parseHex(HexFormat.of().formatHex(first) + HexFormat.of().formatHex(second));
    }
}
