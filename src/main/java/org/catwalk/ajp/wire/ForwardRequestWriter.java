package org.catwalk.ajp.wire;

import java.nio.ByteBuffer;

/**
 * Writes forward requests as a web server does: for the command line, benchmarks and tests. Strings are written as given, so that tests
 * can send what no web server would.
 *
 * <p>Use: {@code wrap}, {@code begin}, headers, attributes, {@code end}. Body chunks are written by {@link BodyChunk#put}, a CPING by
 * {@link ControlPackets#cping}. Not safe for use by several threads.
 *
 * @see ForwardRequestParser for the layout
 */
public final class ForwardRequestWriter {

    private final PacketWriter writer = new PacketWriter();
    private int countOffset;
    private int headerCount;
    private boolean headersAreDone;

    /**
     * @param buffer has room for the packet, which goes to its position; big endian
     * @return this
     */
    public ForwardRequestWriter wrap(ByteBuffer buffer) {
        writer.wrap(buffer);
        return this;
    }

    /**
     * @param method 1..27, or {@link AjpMethods#STORED} if {@link RequestAttributes#STORED_METHOD} is going to follow
     * @param protocol for example HTTP/1.1
     * @param uri without the query string
     * @param remoteAddr the client's address, or null
     * @param remoteHost the client's name, or null
     * @param serverName the web server's name
     * @param serverPort 0..65535
     * @param secure whether the client speaks TLS
     * @return this
     */
    public ForwardRequestWriter begin(int method, CharSequence protocol, CharSequence uri, CharSequence remoteAddr,
            CharSequence remoteHost, CharSequence serverName, int serverPort, boolean secure) {
        writer.begin(Packets.WEB_SERVER_MAGIC, MessageType.FORWARD_REQUEST);
        writer.putByte(method);
        writer.putString(protocol);
        writer.putString(uri);
        writer.putString(remoteAddr);
        writer.putString(remoteHost);
        writer.putString(serverName);
        writer.putUint16(serverPort);
        writer.putByte(secure ? 1 : 0);
        countOffset = writer.size();
        headerCount = 0;
        headersAreDone = false;
        writer.putUint16(0);
        return this;
    }

    /**
     * @param name sent as a code if it has one
     * @param value null becomes the null string
     * @return this
     * @throws IllegalStateException behind an attribute
     */
    public ForwardRequestWriter header(CharSequence name, CharSequence value) {
        if (headersAreDone) {
            throw new IllegalStateException("Headers come before attributes");
        }
        int code = RequestHeaders.codeOf(name);
        if (code == 0) {
            writer.putString(name);
        } else {
            writer.putUint16(code);
        }
        writer.putString(value);
        headerCount++;
        return this;
    }

    /**
     * @param code one of {@link RequestAttributes} whose value is one string
     * @param value null becomes the null string
     * @return this
     */
    public ForwardRequestWriter attribute(int code, CharSequence value) {
        headersAreDone = true;
        writer.putByte(code);
        writer.putString(value);
        return this;
    }

    /**
     * @param bits 0..65535
     * @return this
     */
    public ForwardRequestWriter sslKeySize(int bits) {
        headersAreDone = true;
        writer.putByte(RequestAttributes.SSL_KEY_SIZE);
        writer.putUint16(bits);
        return this;
    }

    /**
     * @param name of the attribute
     * @param value null becomes the null string
     * @return this
     */
    public ForwardRequestWriter requestAttribute(CharSequence name, CharSequence value) {
        headersAreDone = true;
        writer.putByte(RequestAttributes.REQ_ATTRIBUTE);
        writer.putString(name);
        writer.putString(value);
        return this;
    }

    /** @return the packet's bytes, header included */
    public int end() {
        writer.putByte(RequestAttributes.ARE_DONE);
        writer.patchUint16(countOffset, headerCount);
        return writer.end();
    }
}
