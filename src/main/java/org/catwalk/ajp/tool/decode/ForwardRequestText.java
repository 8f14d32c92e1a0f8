package org.catwalk.ajp.tool.decode;

import java.util.Locale;
import org.catwalk.ajp.wire.AjpMethods;
import org.catwalk.ajp.wire.ForwardRequestSink;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.Span;

/** A forward request as text: the request line, then an indented line for each field. */
final class ForwardRequestText implements ForwardRequestSink {

    private static final String INDENT = "\n     ";
    private static final String MASKED = "*** (masked)";

    private final StringBuilder text;
    private final StringBuilder fields = new StringBuilder();
    private String method = "?";
    private String uri = "";
    private String query = "";
    private String protocol = "";
    private String remoteHost;
    private String serverName;
    private long contentLength;
    private boolean hasTransferEncoding;

    ForwardRequestText(StringBuilder text) {
        this.text = text;
    }

    /** Writes what there is, all of it or as far as it could be read. */
    void finish(int packetBytes) {
        text.append("FORWARD_REQUEST ").append(method).append(' ').append(uri).append(query).append(' ').append(protocol)
                .append(" (").append(packetBytes).append(" bytes)").append(fields);
    }

    /** @return 0 if none was announced, or none that is a number */
    long contentLength() {
        return contentLength;
    }

    boolean hasUnknownLength() {
        return contentLength == 0 && hasTransferEncoding;
    }

    @Override
    public void begin(int methodCode) {
        method = methodCode == AjpMethods.STORED ? "(stored method)" : AjpMethods.nameOf(methodCode);
    }

    @Override
    public void protocol(Span value) {
        protocol = Quoted.text(value);
    }

    @Override
    public void requestUri(Span value) {
        uri = Quoted.text(value);
    }

    @Override
    public void remoteAddr(Span addr) {
        fields.append(INDENT).append("client ").append(Quoted.text(addr));
    }

    @Override
    public void remoteHost(Span host) {
        remoteHost = host.isNull() ? "" : " (" + Quoted.text(host) + ")";
        fields.append(remoteHost);
    }

    @Override
    public void serverName(Span name) {
        serverName = Quoted.text(name);
    }

    @Override
    public void serverPort(int port) {
        fields.append(", server ").append(serverName).append(':').append(port);
    }

    @Override
    public void secure(boolean secure) {
        fields.append(secure ? ", TLS" : ", no TLS");
    }

    @Override
    public void headerCount(int count) {
    }

    @Override
    public void header(int code, Span name, Span value) {
        fields.append(INDENT).append(Quoted.text(name)).append(": ").append(Quoted.headerValue(name, value));
        if (name.equalsAsciiIgnoreCase("content-length")) {
            contentLength = length(value.toString());
        } else if (name.equalsAsciiIgnoreCase("transfer-encoding")) {
            hasTransferEncoding = true;
        }
    }

    private static long length(String digits) {
        try {
            return Math.max(0, Long.parseLong(digits));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public void attribute(int code, Span value) {
        if (code == RequestAttributes.QUERY_STRING) {
            query = "?" + Quoted.text(value);
        } else if (code == RequestAttributes.STORED_METHOD) {
            method = Quoted.text(value);
        }
        attribute(RequestAttributes.nameOf(code), code == RequestAttributes.SECRET ? MASKED : Quoted.text(value));
    }

    @Override
    public void sslKeySize(int bits) {
        attribute(RequestAttributes.nameOf(RequestAttributes.SSL_KEY_SIZE), bits + " bits");
    }

    @Override
    public void requestAttribute(Span name, Span value) {
        // Somebody may have passed it on by hand, with JkEnvVar.
        boolean isSecret = name.toString().toLowerCase(Locale.ROOT).contains("secret");
        attribute(Quoted.text(name), isSecret ? MASKED : Quoted.text(value));
    }

    private void attribute(String name, String value) {
        fields.append(INDENT).append("attribute ").append(name).append(": ").append(value);
    }

    @Override
    public void end() {
    }
}
