package org.catwalk.ajp.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

import org.catwalk.ajp.wire.ForwardRequestSink;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.Span;

/** The fields that a guard handed on, and what must be true of them. Knows nothing of the guard's own tables. */
final class Fields implements ForwardRequestSink {

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern ABSOLUTE_URI = Pattern.compile("https?://[^/@]+(/.*)?", Pattern.CASE_INSENSITIVE);

    /** Everything, in order, as text of one character a byte. */
    private final List<String> all = new ArrayList<>();
    private final List<String> hosts = new ArrayList<>();
    private final List<String> lengths = new ArrayList<>();
    private final List<String> encodings = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> headerValues = new ArrayList<>();
    private String uri;
    private boolean secret;
    private boolean ended;

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean isEnded() {
        return ended;
    }

    String uri() {
        return uri;
    }

    /** Whether there is a Transfer-Encoding. */
    boolean hasTransferEncoding() {
        return !encodings.isEmpty();
    }

    /** @param contentLength as the guard has it, -1 for none */
    void requireStrict(long contentLength) {
        require(!secret, "the secret was handed on");
        require(hosts.size() <= 1, "Hosts " + hosts);
        require(lengths.size() <= 1, "Content-Lengths " + lengths);
        require(encodings.isEmpty() || encodings.size() == 1 && lengths.isEmpty() && "chunked".equalsIgnoreCase(encodings.get(0)),
                "Transfer-Encodings " + encodings + " beside Content-Lengths " + lengths);
        require(lengths.isEmpty() ? contentLength == -1 : DIGITS.matcher(lengths.get(0)).matches() && Long.parseLong(lengths.get(0)) == contentLength,
                "Content-Length " + lengths + " read as " + contentLength);
        tokens.forEach(token -> require(TOKEN.matcher(token).matches(), "the token " + token));
        lines.forEach(line -> require(line.chars().noneMatch(c -> c < ' ' || c == 0x7F), "the line " + line));
        headerValues.forEach(value -> require(value.chars().noneMatch(c -> c < ' ' && c != '\t' || c == 0x7F), "the value " + value));
        require(uri.startsWith("/") || uri.equals("*") || ABSOLUTE_URI.matcher(uri).matches(), "the URI " + uri);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("Admitted in spite of " + otherwise);
        }
    }

    private void add(String kind, Span value) {
        all.add(kind + ' ' + value.text());
    }

    private void line(String kind, Span value) {
        add(kind, value);
        lines.add(value.toString());
    }

    @Override
    public void begin(int methodCode) {
        all.add("method " + methodCode);
    }

    @Override
    public void protocol(Span protocol) {
        line("protocol", protocol);
    }

    @Override
    public void requestUri(Span value) {
        line("uri", value);
        uri = value.toString();
    }

    @Override
    public void remoteAddr(Span addr) {
        line("addr", addr);
    }

    @Override
    public void remoteHost(Span host) {
        line("host", host);
    }

    @Override
    public void serverName(Span name) {
        line("name", name);
    }

    @Override
    public void serverPort(int port) {
        all.add("port " + port);
    }

    @Override
    public void secure(boolean secure) {
        all.add("secure " + secure);
    }

    @Override
    public void headerCount(int count) {
        all.add("headers " + count);
    }

    @Override
    public void header(int code, Span name, Span value) {
        add(code + " " + name.text(), value);
        tokens.add(name.toString());
        headerValues.add(value.toString());
        String text = value.toString();
        switch (name.toString().toLowerCase(Locale.ROOT)) {
            case "host" -> hosts.add(text);
            case "content-length" -> lengths.add(text);
            case "transfer-encoding" -> encodings.add(text);
            default -> { }
        }
    }

    @Override
    public void attribute(int code, Span value) {
        add("attribute " + code, value);
        secret |= code == RequestAttributes.SECRET;
        if (code == RequestAttributes.STORED_METHOD) {
            tokens.add(value.toString());
        } else if (code == RequestAttributes.QUERY_STRING) {
            lines.add(value.toString());
        } else if (code != RequestAttributes.SSL_CERT) {
            headerValues.add(value.toString());
        }
    }

    @Override
    public void sslKeySize(int bits) {
        all.add("key size " + bits);
    }

    @Override
    public void requestAttribute(Span name, Span value) {
        add("named " + name.text(), value);
        lines.add(name.toString());
    }

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fields fields && all.equals(fields.all) && ended == fields.ended;
    }

    @Override
    public int hashCode() {
        return Objects.hash(all, ended);
    }
}
