package org.catwalk.ajp.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Bytes written down as hexadecimal pairs, with a comment from # to the end of each line: {@code src/test/resources/wire/*.hex}, one
 * packet after another. Those named after a front end were recorded by {@code it/capture/record.py}.
 */
public record HexFixture(String name, byte[] bytes) {

    private static final String DIRECTORY = "/wire/";
    private static final String SUFFIX = ".hex";

    /** For example {@code load("mod_jk-get")}. */
    public static HexFixture load(String name) {
        return load(DIRECTORY, name);
    }

    private static HexFixture load(String directory, String name) {
        try (InputStream in = HexFixture.class.getResourceAsStream(directory + name + SUFFIX)) {
            Objects.requireNonNull(in, () -> "No fixture " + name);
            return new HexFixture(name, decode(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every capture, in the order of their names. */
    public static Stream<HexFixture> all() {
        return all(DIRECTORY);
    }

    /** @param directory of the test resources, with a slash before and behind it */
    public static Stream<HexFixture> all(String directory) {
        try (Stream<Path> files = Files.list(Path.of(HexFixture.class.getResource(directory).toURI()))) {
            return files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(SUFFIX)).sorted()
                    .map(file -> load(directory, file.substring(0, file.length() - SUFFIX.length()))).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Decodes hexadecimal pairs with comments, as in a file. */
    public static byte[] decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.lines().map(line -> line.replaceFirst("#.*", "").replaceAll("\\s", ""))
                .forEach(digits -> bytes.writeBytes(HexFormat.of().parseHex(digits)));
        return bytes.toByteArray();
    }

    /** The packets, outer header included. */
    public List<byte[]> packets() {
        List<byte[]> packets = new ArrayList<>();
        int from = 0;
        while (from < bytes.length) {
            int to = from + Packets.HEADER_BYTES + Packets.payloadLength(bytes, from);
            packets.add(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
        return packets;
    }

    /** The payloads of the forward requests, type included, without outer header. */
    public List<byte[]> forwardRequests() {
        return packets().stream().map(HexFixture::payload).filter(HexFixture::isForwardRequest).toList();
    }

    public static byte[] payload(byte[] packet) {
        return Arrays.copyOfRange(packet, Packets.HEADER_BYTES, packet.length);
    }

    private static boolean isForwardRequest(byte[] payload) {
        // A body chunk has no type; its length would have to be 512 to 767 to look like a forward request's type.
        return payload.length > 0 && payload[0] == MessageType.FORWARD_REQUEST;
    }

    @Override
    public String toString() {
        return name;
    }
}
