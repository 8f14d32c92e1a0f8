package org.catwalk.it.harness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client that sends exactly the bytes it is told to and looks at exactly what comes back: for odd requests, slow peers, aborts and
 * for seeing when something arrives. Reading waits for at most 30 seconds.
 */
public final class RawConnection implements AutoCloseable {

    private static final Duration READ_LIMIT = Duration.ofSeconds(30);

    private final Socket socket;
    private final InputStream in;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) READ_LIMIT.toMillis());
    }

    public static RawConnection to(URI uri) throws IOException {
        return new RawConnection(new Socket(address(uri), uri.getPort()));
    }

    /** As {@link #to(URI)}, with a receive buffer so small that the other side soon notices when we do not read. */
    public static RawConnection withSmallReceiveBuffer(URI uri) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8 * 1024);
        socket.connect(new java.net.InetSocketAddress(address(uri), uri.getPort()));
        return new RawConnection(socket);
    }

    /** Not left to the name service, which may prefer ::1 for localhost. */
    private static String address(URI uri) {
        return uri.getHost().equals("localhost") ? "127.0.0.1" : uri.getHost();
    }

    /** Sends characters 0 to 255 as one byte each. */
    public RawConnection send(String latin1) throws IOException {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends a request head with Host and the given further lines ({@code Name: value}). */
    public RawConnection request(String method, URI uri, String... headers) throws IOException {
        return request(method, uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()), uri, headers);
    }

    /** As {@link #request(String, URI, String...)} with a request target that a URI could not hold. */
    public RawConnection request(String method, String target, URI host, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: " + host.getAuthority() + "\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return send(head.append("\r\n").toString());
    }

    /** One chunk of a body in chunked coding; empty for the last. */
    public RawConnection chunk(byte[] bytes) throws IOException {
        send(Integer.toHexString(bytes.length) + "\r\n");
        send(bytes);
        return send("\r\n");
    }

    /** Says that nothing more will be sent. */
    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes with RST. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** A complete response to anything but HEAD. */
    public Reply readReply() throws IOException {
        return readReply(false);
    }

    /** @param toHead whether it answers a HEAD request and therefore has no body */
    public Reply readReply(boolean toHead) throws IOException {
        Reply head = readHead();
        if (toHead || head.status() == 204 || head.status() == 304 || head.status() < 200) {
            return head;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean complete = true;
        try {
            if ("chunked".equalsIgnoreCase(head.header("transfer-encoding"))) {
                for (byte[] chunk = readChunk(); chunk.length > 0; chunk = readChunk()) {
                    body.writeBytes(chunk);
                }
            } else if (head.header("content-length") != null) {
                long length = Long.parseLong(head.header("content-length"));
                while (body.size() < length) {
                    body.writeBytes(readSome((int) Math.min(8192, length - body.size())));
                }
            } else {
                in.transferTo(body);
            }
        } catch (EOFException e) {
            complete = false;
        } catch (java.net.SocketException e) {
            complete = false;
        }
        return new Reply(head.status(), head.reason(), head.headers(), body.toByteArray(), !complete);
    }

    /** Status line and headers; the body stays to be read. */
    public Reply readHead() throws IOException {
        String[] status = readLine().split(" ", 3);
        Map<String, List<String>> headers = new TreeMap<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).trim());
        }
        return new Reply(Integer.parseInt(status[1]), status.length > 2 ? status[2] : "", headers, new byte[0], false);
    }

    /** The next chunk of a response in chunked coding; empty at its end. */
    public byte[] readChunk() throws IOException {
        int length = Integer.parseInt(readLine().split(";")[0].trim(), 16);
        byte[] chunk = in.readNBytes(length);
        if (chunk.length < length) {
            throw new EOFException("Chunk of " + length + " bytes ended after " + chunk.length);
        }
        readLine();
        return chunk;
    }

    /** A line without its CR LF. */
    public String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("Connection ended in the line '" + line.toString(StandardCharsets.ISO_8859_1) + "'");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** At least one byte, at most {@code limit}. */
    public byte[] readSome(int limit) throws IOException {
        byte[] bytes = new byte[limit];
        int count = in.read(bytes);
        if (count < 0) {
            throw new EOFException("Connection ended");
        }
        return java.util.Arrays.copyOf(bytes, count);
    }

    /** What arrives within {@code limit}, up to the end of the connection. */
    public byte[] readAllWithin(Duration limit) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        socket.setSoTimeout((int) limit.toMillis());
        try {
            in.transferTo(all);
        } catch (SocketTimeoutException e) {
            // the connection stays open: what came is all there is
        } finally {
            socket.setSoTimeout((int) READ_LIMIT.toMillis());
        }
        return all.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
