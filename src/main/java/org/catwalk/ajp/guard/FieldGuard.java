package org.catwalk.ajp.guard;

import static org.catwalk.ajp.config.GrammarRule.ADDRESS;
import static org.catwalk.ajp.config.GrammarRule.ATTRIBUTE;
import static org.catwalk.ajp.config.GrammarRule.CERTIFICATE;
import static org.catwalk.ajp.config.GrammarRule.CONTENT_LENGTH;
import static org.catwalk.ajp.config.GrammarRule.HEADER_NAME;
import static org.catwalk.ajp.config.GrammarRule.HEADER_VALUE;
import static org.catwalk.ajp.config.GrammarRule.HOST;
import static org.catwalk.ajp.config.GrammarRule.METHOD;
import static org.catwalk.ajp.config.GrammarRule.PROTOCOL;
import static org.catwalk.ajp.config.GrammarRule.QUERY;
import static org.catwalk.ajp.config.GrammarRule.TRANSFER_ENCODING;
import static org.catwalk.ajp.config.GrammarRule.URI;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.config.GrammarRule;
import org.catwalk.ajp.wire.AjpMethods;
import org.catwalk.ajp.wire.ForwardRequestSink;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.RequestHeaders;
import org.catwalk.ajp.wire.Span;

/**
 * The second pass over a forward request: judges each field and hands on those that are accepted. After the first refusal nothing is
 * handed on any more. Rules that need more than one field are applied where the later one comes, at the latest in {@link #end()}.
 */
final class FieldGuard implements ForwardRequestSink {

    private static final long NO_LENGTH = -1;

    private final AttributePolicy attributes;
    private final Complaint complaint;
    private final int maxHeaderCount;
    /** By ordinal: cheaper than a set, and read for every field. */
    private final boolean[] strict = new boolean[GrammarRule.values().length];

    private ForwardRequestSink delegate;
    private int methodCode;
    private boolean isOptions;
    private boolean isAsterisk;
    private boolean hasHost;
    private boolean hasTransferEncoding;
    private long contentLength = NO_LENGTH;
    /** Codes seen, as bits. */
    private int codesSeen;
    private int ignoredAttributes;
    private final Span attributeToLog = new Span();

    FieldGuard(AjpSettings settings, AttributePolicy attributes, Complaint complaint) {
        this.attributes = attributes;
        this.complaint = complaint;
        this.maxHeaderCount = settings.maxHeaderCount();
        settings.strict().forEach(rule -> strict[rule.ordinal()] = true);
    }

    void reset(ForwardRequestSink delegate) {
        this.delegate = delegate;
        methodCode = 0;
        isOptions = false;
        isAsterisk = false;
        hasHost = false;
        hasTransferEncoding = false;
        contentLength = NO_LENGTH;
        codesSeen = 0;
        ignoredAttributes = 0;
        attributeToLog.setNull();
    }

    int ignoredAttributes() {
        return ignoredAttributes;
    }

    /** The null string if there is none. */
    Span attributeToLog() {
        return attributeToLog;
    }

    long contentLength() {
        return contentLength;
    }

    // ---- the request line

    @Override
    public void begin(int code) {
        methodCode = code;
        isOptions = "OPTIONS".equals(AjpMethods.nameOf(code));
        delegate.begin(code);
    }

    @Override
    public void protocol(Span protocol) {
        if (applies(PROTOCOL) && !Grammar.isProtocol(protocol)) {
            complaint.value(Refusal.BAD_PROTOCOL, "The protocol", protocol);
        }
        if (!isRefused()) {
            delegate.protocol(protocol);
        }
    }

    @Override
    public void requestUri(Span uri) {
        isAsterisk = Grammar.isAsterisk(uri);
        if (applies(URI)) {
            requireUri(uri);
        }
        if (!isRefused()) {
            delegate.requestUri(uri);
        }
    }

    private void requireUri(Span uri) {
        int outside = Grammar.URI.firstOutside(uri);
        if (outside >= 0) {
            complaint.octet(Refusal.BAD_URI, "The URI", uri, outside);
        } else if (!Grammar.isPath(uri) && !isAsterisk && !Grammar.isAbsoluteUri(uri)) {
            complaint.plain(Refusal.BAD_URI, "The URI has another form");
        }
    }

    // ---- who and where

    @Override
    public void remoteAddr(Span addr) {
        if (isAddress("The remote address", addr)) {
            delegate.remoteAddr(addr);
        }
    }

    @Override
    public void remoteHost(Span host) {
        if (isAddress("The remote host", host)) {
            delegate.remoteHost(host);
        }
    }

    @Override
    public void serverName(Span name) {
        if (isAddress("The server name", name)) {
            delegate.serverName(name);
        }
    }

    private boolean isAddress(String field, Span value) {
        if (applies(ADDRESS) && !Grammar.ADDRESS.holds(value)) {
            complaint.value(Refusal.BAD_ADDRESS, field, value);
        }
        return !isRefused();
    }

    @Override
    public void serverPort(int port) {
        if (!isRefused()) {
            delegate.serverPort(port);
        }
    }

    @Override
    public void secure(boolean secure) {
        if (!isRefused()) {
            delegate.secure(secure);
        }
    }

    // ---- headers

    @Override
    public void headerCount(int count) {
        if (maxHeaderCount >= 0 && count > maxHeaderCount) {
            complaint.plain(Refusal.TOO_MANY_HEADERS,
                    "The forward request has " + count + " headers; the limit, maxHeaderCount, is " + maxHeaderCount);
        }
        if (!isRefused()) {
            delegate.headerCount(count);
        }
    }

    @Override
    public void header(int code, Span name, Span value) {
        if (code == 0 && applies(HEADER_NAME) && !Grammar.isToken(name)) {
            complaint.value(Refusal.BAD_HEADER_NAME, "A header name", name);
        }
        if (applies(HEADER_VALUE)) {
            int outside = Grammar.HEADER_VALUE.firstOutside(value);
            if (outside >= 0) {
                complaint.octet(Refusal.BAD_HEADER_VALUE, "The header", name, value, outside);
            }
        }
        requireFraming(code != 0 ? code : RequestHeaders.codeOf(name.array(), name.offset(), name.length()), name, value);
        if (!isRefused()) {
            delegate.header(code, name, value);
        }
    }

    /** The headers that decide where the request goes and where its body ends. */
    private void requireFraming(int code, Span name, Span value) {
        if (isRefused()) {
            return;
        }
        if (code == RequestHeaders.HOST) {
            requireHost(value);
        } else if (code == RequestHeaders.CONTENT_LENGTH) {
            requireContentLength(value);
        } else if (name.equalsAsciiIgnoreCase("transfer-encoding")) {
            requireTransferEncoding(value);
        }
    }

    private void requireHost(Span value) {
        if (applies(HOST)) {
            if (hasHost) {
                complaint.value(Refusal.DUPLICATE_HOST, "A second Host", value);
            } else if (!Grammar.isHost(value)) {
                complaint.value(Refusal.BAD_HOST, "Host", value);
            }
        }
        hasHost = true;
    }

    /** Never switched off completely, because the body's end depends on it: relaxed, the same number may be repeated. */
    private void requireContentLength(Span value) {
        long length = Grammar.contentLength(value);
        if (length < 0) {
            complaint.value(Refusal.BAD_CONTENT_LENGTH, "Content-Length", value);
        } else if (contentLength != NO_LENGTH && (applies(CONTENT_LENGTH) || contentLength != length)) {
            complaint.value(Refusal.DUPLICATE_CONTENT_LENGTH, "A second Content-Length", value);
        }
        contentLength = length;
        requireOneFraming();
    }

    private void requireTransferEncoding(Span value) {
        if (applies(TRANSFER_ENCODING) && (hasTransferEncoding || !Grammar.isChunked(value))) {
            complaint.value(Refusal.TRANSFER_ENCODING, hasTransferEncoding ? "A second Transfer-Encoding" : "Transfer-Encoding", value);
        }
        hasTransferEncoding = true;
        requireOneFraming();
    }

    private void requireOneFraming() {
        if (applies(TRANSFER_ENCODING) && hasTransferEncoding && contentLength != NO_LENGTH) {
            complaint.plain(Refusal.TRANSFER_ENCODING, "The request has both Transfer-Encoding and Content-Length");
        }
    }

    // ---- attributes

    @Override
    public void attribute(int code, Span value) {
        if (code == RequestAttributes.SECRET) {
            // Judged before anything else; it goes no further than this.
            return;
        }
        requireOnce(code);
        acceptCoded(code, value);
    }

    private void acceptCoded(int code, Span value) {
        switch (code) {
            case RequestAttributes.STORED_METHOD -> requireStoredMethod(value);
            case RequestAttributes.QUERY_STRING -> requireQuery(value);
            case RequestAttributes.SSL_CERT -> requireCertificate(value);
            default -> requireText(code, value);
        }
        if (!isRefused()) {
            delegate.attribute(code, value);
        }
    }

    private void requireOnce(int code) {
        if (applies(ATTRIBUTE) && (codesSeen & 1 << code) != 0) {
            complaint.plain(Refusal.BAD_ATTRIBUTE, "The attribute " + RequestAttributes.nameOf(code) + " comes twice");
        }
        codesSeen |= 1 << code;
    }

    private void requireStoredMethod(Span value) {
        if (applies(METHOD) && methodCode != AjpMethods.STORED) {
            complaint.value(Refusal.BAD_METHOD, "The method came as a code and as a name too, which", value);
        } else if (value.length() == 0 || applies(METHOD) && !Grammar.isToken(value)) {
            complaint.value(Refusal.BAD_METHOD, "The method", value);
        }
        isOptions = value.equalsAscii("OPTIONS");
    }

    private void requireQuery(Span value) {
        if (applies(QUERY)) {
            int outside = Grammar.QUERY.firstOutside(value);
            if (outside >= 0) {
                complaint.octet(Refusal.BAD_QUERY, "The query string", value, outside);
            }
        }
    }

    private void requireCertificate(Span value) {
        if (applies(CERTIFICATE) && !Grammar.isPem(value)) {
            complaint.plain(Refusal.BAD_CERTIFICATE, "The client certificate has " + value.length() + " bytes that are no PEM text");
        }
    }

    private void requireText(int code, Span value) {
        if (applies(ATTRIBUTE)) {
            int outside = Grammar.TEXT.firstOutside(value);
            if (outside >= 0) {
                complaint.octet(Refusal.BAD_ATTRIBUTE, "The attribute " + RequestAttributes.nameOf(code), value, outside);
            }
        }
    }

    @Override
    public void sslKeySize(int bits) {
        requireOnce(RequestAttributes.SSL_KEY_SIZE);
        if (!isRefused()) {
            delegate.sslKeySize(bits);
        }
    }

    @Override
    public void requestAttribute(Span name, Span value) {
        if (isRefused()) {
            return;
        }
        AttributePolicy.Rule known = attributes.known(name);
        if ((known == null || !known.wellFormed()) && applies(ATTRIBUTE) && !Grammar.isAttributeName(name)) {
            complaint.value(Refusal.BAD_ATTRIBUTE, "The name of an attribute", name);
            return;
        }
        AttributePolicy.Rule rule = known != null ? known : attributes.unknown(name);
        switch (rule.verdict()) {
            case ACCEPT -> accept(rule.type(), name, value);
            case LOG -> {
                ignoredAttributes++;
                attributeToLog.wrap(name.array(), name.offset(), name.length());
            }
            case REJECT -> complaint.value(Refusal.ATTRIBUTE_NOT_ALLOWED, "The attribute", name);
            case IGNORE -> ignoredAttributes++;
        }
    }

    /** AJP's own words reach the application under AJP's own codes, whichever name they came by. */
    private void accept(AttributePolicy.Type type, Span name, Span value) {
        switch (type) {
            case KEY_SIZE -> acceptKeySize(value);
            case CERTIFICATE, CIPHER_SUITE, SESSION -> acceptCoded(type.code(), value);
            case PORT -> acceptPort(name, value);
            case ADDRESS -> acceptAddress(name, value);
            case TEXT -> acceptText(name, value);
        }
    }

    private void acceptText(Span name, Span value) {
        int outside = applies(ATTRIBUTE) ? Grammar.ATTRIBUTE_VALUE.firstOutside(value) : -1;
        if (outside >= 0) {
            complaint.octet(Refusal.BAD_ATTRIBUTE, "The attribute", name, value, outside);
        } else {
            delegate.requestAttribute(name, value);
        }
    }

    private void acceptKeySize(Span value) {
        int bits = Grammar.keySize(value);
        if (bits >= 0) {
            delegate.sslKeySize(bits);
        } else if (applies(CERTIFICATE)) {
            complaint.value(Refusal.BAD_KEY_SIZE, "The TLS key size", value);
        }
    }

    private void acceptPort(Span name, Span value) {
        if (Grammar.isPort(value)) {
            delegate.requestAttribute(name, value);
        } else if (applies(ADDRESS) && value.length() > 0) {
            complaint.value(Refusal.BAD_ADDRESS, "The remote port", value);
        }
    }

    private void acceptAddress(Span name, Span value) {
        if (isAddress("The local address", value)) {
            delegate.requestAttribute(name, value);
        }
    }

    // ---- the whole

    @Override
    public void end() {
        if (methodCode == AjpMethods.STORED && (codesSeen & 1 << RequestAttributes.STORED_METHOD) == 0) {
            complaint.plain(Refusal.BAD_METHOD, "The method was announced to come as an attribute, and none came");
        }
        if (isAsterisk && !isOptions && applies(URI)) {
            complaint.plain(Refusal.BAD_URI, "The URI is * but the method is not OPTIONS");
        }
        if (!isRefused()) {
            delegate.end();
        }
    }

    private boolean applies(GrammarRule rule) {
        return !isRefused() && strict[rule.ordinal()];
    }

    private boolean isRefused() {
        return complaint.isMade();
    }
}
