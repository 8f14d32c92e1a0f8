package org.catwalk.ajp.processor;

import org.apache.coyote.Request;
import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.http.MimeHeaders;

import org.catwalk.ajp.compat.TlsAttributeNames;
import org.catwalk.ajp.compat.Tomcat;
import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.wire.AjpMethods;
import org.catwalk.ajp.wire.ForwardRequestSink;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.RequestHeaders;
import org.catwalk.ajp.wire.Span;

/**
 * Puts the fields of an admitted forward request where Coyote expects them. Bytes are not copied: the request points into
 * the packet, which lives until the request is recycled.
 */
final class RequestMapper implements ForwardRequestSink {

    private final Request request;
    private final TlsAttributeNames tlsNames = Tomcat.tlsAttributeNames();
    private final MessageBytes certificates = MessageBytes.newInstance();
    private final RecentTexts texts = new RecentTexts();

    private AjpSettings settings;
    private String peerAddress;
    private FrontEnd frontEnd;
    private boolean transferEncoding;
    /** As an object, which is the same for nearly all requests. */
    private Integer keySize;

    RequestMapper(Request request) {
        this.request = request;
    }

    void prepare(AjpSettings newSettings, String newPeerAddress) {
        settings = newSettings;
        peerAddress = newPeerAddress;
        frontEnd = FrontEnd.OTHER;
        transferEncoding = false;
    }

    /** @return who forwards, as far as this request has shown. */
    FrontEnd frontEnd() {
        return frontEnd;
    }

    /** @return whether a body of unknown length follows. */
    boolean hasTransferEncoding() {
        return transferEncoding;
    }

    /** @return the client's certificate chain as it came, in PEM; null if none came. */
    MessageBytes certificates() {
        return certificates;
    }

    void recycle() {
        certificates.recycle();
        settings = null;
        frontEnd = null;
    }

    @Override
    public void begin(int methodCode) {
        request.getMimeHeaders().setLimit(settings.maxHeaderCount());
        if (methodCode != AjpMethods.STORED) {
            Tomcat.setMethod(request, AjpMethods.nameOf(methodCode));
        }
        if (peerAddress != null) {
            request.peerAddr().setString(peerAddress);
        }
    }

    @Override
    public void protocol(Span protocol) {
        set(request.protocol(), protocol);
    }

    @Override
    public void requestUri(Span uri) {
        set(request.requestURI(), uri);
    }

    @Override
    public void remoteAddr(Span addr) {
        set(request.remoteAddr(), addr);
    }

    @Override
    public void remoteHost(Span host) {
        set(request.remoteHost(), host);
    }

    @Override
    public void serverName(Span name) {
        set(request.localName(), name);
    }

    @Override
    public void serverPort(int port) {
        request.setLocalPort(port);
    }

    @Override
    public void secure(boolean secure) {
        if (secure) {
            request.scheme().setString("https");
        }
    }

    @Override
    public void headerCount(int count) {
        // The guard has compared it with maxHeaderCount.
    }

    @Override
    public void header(int code, Span name, Span value) {
        MimeHeaders headers = request.getMimeHeaders();
        MessageBytes field = code != 0
                ? headers.addValue(RequestHeaders.nameOf(code))
                : headers.addValue(name.array(), name.offset(), name.length());
        set(field, value);
        if (name.equalsAsciiIgnoreCase("content-length")) {
            request.setContentLength(field.getLong());
        } else if (name.equalsAsciiIgnoreCase("content-type")) {
            set(request.contentType(), value);
        } else if (name.equalsAsciiIgnoreCase("transfer-encoding")) {
            transferEncoding = true;
        }
    }

    @Override
    public void attribute(int code, Span value) {
        switch (code) {
            case RequestAttributes.REMOTE_USER:
                if (trustsFrontEndsUser()) {
                    set(request.getRemoteUser(), value);
                    request.setRemoteUserNeedsAuthorization(settings.tomcatAuthorization());
                }
                break;
            case RequestAttributes.AUTH_TYPE:
                if (trustsFrontEndsUser()) {
                    set(request.getAuthType(), value);
                }
                break;
            case RequestAttributes.QUERY_STRING:
                set(request.queryString(), value);
                break;
            case RequestAttributes.SSL_CERT:
                set(certificates, value);
                break;
            case RequestAttributes.SSL_CIPHER:
                request.setAttribute(tlsNames.cipherSuite(), texts.of(value));
                break;
            case RequestAttributes.SSL_SESSION:
                request.setAttribute(tlsNames.sessionId(), texts.of(value));
                break;
            case RequestAttributes.STORED_METHOD:
                setStoredMethod(value);
                break;
            default:
                // CONTEXT, SERVLET_PATH and JVM_ROUTE are for the web server's own use.
                break;
        }
    }

    @Override
    public void sslKeySize(int bits) {
        if (keySize == null || keySize != bits) {
            keySize = bits;
        }
        request.setAttribute(tlsNames.keySize(), keySize);
    }

    @Override
    public void requestAttribute(Span name, Span value) {
        if (name.equalsAscii("AJP_LOCAL_ADDR")) {
            set(request.localAddr(), value);
        } else if (name.equalsAscii("AJP_REMOTE_PORT")) {
            setRemotePort(value);
        } else if (name.equalsAscii("AJP_SSL_PROTOCOL") || name.equalsAscii("jakarta.servlet.request.secure_protocol")) {
            String protocol = texts.of(value);
            for (String attribute : tlsNames.protocol()) {
                request.setAttribute(attribute, protocol);
            }
        } else if (name.equalsAscii(FrontEnd.ACTIVATION)) {
            frontEnd = FrontEnd.MOD_JK;
            request.setAttribute(FrontEnd.ACTIVATION, texts.of(value));
        } else {
            request.setAttribute(texts.of(name), texts.of(value));
        }
    }

    @Override
    public void end() {
        replaceAbsoluteUri();
    }

    private boolean trustsFrontEndsUser() {
        return settings.tomcatAuthorization() || !settings.tomcatAuthentication();
    }

    private void setStoredMethod(Span value) {
        String known = AjpMethods.nameOf(AjpMethods.codeOf(value.text()));
        Tomcat.setMethod(request, known != null ? known : value.text());
    }

    /** @param digits of a number up to 65535; the guard lets nothing else pass */
    private void setRemotePort(Span digits) {
        int port = 0;
        for (int i = 0; i < digits.length(); i++) {
            port = 10 * port + digits.at(i) - '0';
        }
        request.setRemotePort(port);
    }

    /** {@code http://host:port/path} as request target: the host takes the place of the Host header. See RFC 9112, 3.2.2. */
    private void replaceAbsoluteUri() {
        ByteChunk uri = request.requestURI().getByteChunk();
        if (!uri.startsWithIgnoreCase("http", 0)) {
            return;
        }
        int scheme = uri.indexOf("://", 0, 3, 4);
        if (scheme == -1) {
            return;
        }
        byte[] bytes = uri.getBytes();
        int start = uri.getStart();
        int authority = scheme + 3;
        int path = uri.indexOf('/', authority);
        int end = path == -1 ? uri.getLength() : path;
        MessageBytes host = request.getMimeHeaders().setValue("host");
        host.setBytes(bytes, start + authority, end - authority);
        if (path == -1) {
            // The first slash of "://" serves as the path.
            request.requestURI().setBytes(bytes, start + scheme + 1, 1);
        } else {
            request.requestURI().setBytes(bytes, start + path, uri.getLength() - path);
        }
    }

    private static void set(MessageBytes field, Span value) {
        if (!value.isNull()) {
            field.setBytes(value.array(), value.offset(), value.length());
        }
    }
}
