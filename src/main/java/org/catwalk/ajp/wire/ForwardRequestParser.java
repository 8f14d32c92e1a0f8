package org.catwalk.ajp.wire;

import static org.catwalk.ajp.wire.WireError.UNKNOWN_ATTRIBUTE;
import static org.catwalk.ajp.wire.WireError.UNKNOWN_METHOD;
import static org.catwalk.ajp.wire.WireError.WRONG_TYPE;

/**
 * Parses a forward request and pushes its fields into a sink. Allocates nothing unless the packet is malformed. Used again for each
 * packet; not safe for use by several threads.
 *
 * <pre>
 *   byte     0x02
 *   byte     method          1..27, 0xFF
 *   string   protocol
 *   string   request URI     without the query string
 *   string   remote address  may be null
 *   string   remote host     may be null
 *   string   server name     may be null
 *   uint16   server port
 *   boolean  is TLS
 *   uint16   header count
 *            as many headers:    uint16 0xA001..0xA00E | string name;  string value
 *            attributes:         byte code;  string | uint16 | two strings, by code
 *   byte     0xFF
 * </pre>
 *
 * @see "AJPv13, Request Packet Structure"
 */
public final class ForwardRequestParser {

    private final PacketReader reader = new PacketReader();
    private final Span name = new Span();
    private final Span value = new Span();

    /**
     * @param array holds the packet; not modified
     * @param from the payload's first byte, the type
     * @param to behind the payload's last byte
     * @param sink gets the fields; what it throws is passed on
     * @throws AjpException TRUNCATED, STRING_PAST_END, UNTERMINATED_STRING, NULL_STRING, TRAILING_BYTES, WRONG_TYPE, UNKNOWN_METHOD,
     *         BAD_BOOLEAN, UNKNOWN_HEADER_CODE or UNKNOWN_ATTRIBUTE; the fields that the sink has got by then are worthless
     * @throws IndexOutOfBoundsException if {@code from} and {@code to} are not a range of {@code array}
     */
    public void parse(byte[] array, int from, int to, ForwardRequestSink sink) throws AjpException {
        reader.wrap(array, from, to);
        readType();
        readMethod(sink);
        readRequestLine(sink);
        readPeers(sink);
        readHeaders(sink);
        readAttributes(sink);
        reader.expectEnd();
        sink.end();
    }

    private void readType() throws AjpException {
        int type = reader.readByte();
        if (type != MessageType.FORWARD_REQUEST) {
            throw new AjpException(WRONG_TYPE, 0, "Expected FORWARD_REQUEST, found " + MessageType.nameOf(type) + ".");
        }
    }

    private void readMethod(ForwardRequestSink sink) throws AjpException {
        int code = reader.readByte();
        if (!AjpMethods.isKnown(code)) {
            throw new AjpException(UNKNOWN_METHOD, reader.position() - 1, "Found " + Hex.code(code) + ".");
        }
        sink.begin(code);
    }

    private void readRequestLine(ForwardRequestSink sink) throws AjpException {
        reader.readPresentString(value);
        sink.protocol(value);
        reader.readPresentString(value);
        sink.requestUri(value);
    }

    private void readPeers(ForwardRequestSink sink) throws AjpException {
        reader.readString(value);
        sink.remoteAddr(value);
        reader.readString(value);
        sink.remoteHost(value);
        reader.readString(value);
        sink.serverName(value);
        sink.serverPort(reader.readUint16());
        sink.secure(reader.readBoolean());
    }

    private void readHeaders(ForwardRequestSink sink) throws AjpException {
        int count = reader.readUint16();
        sink.headerCount(count);
        for (int i = 0; i < count; i++) {
            int code = reader.readHeaderName(RequestHeaders.TABLE, name);
            reader.readPresentString(value);
            sink.header(code, name, value);
        }
    }

    private void readAttributes(ForwardRequestSink sink) throws AjpException {
        int code = reader.readByte();
        while (code != RequestAttributes.ARE_DONE) {
            readAttribute(code, sink);
            code = reader.readByte();
        }
    }

    private void readAttribute(int code, ForwardRequestSink sink) throws AjpException {
        if (code == RequestAttributes.REQ_ATTRIBUTE) {
            reader.readPresentString(name);
            reader.readString(value);
            sink.requestAttribute(name, value);
        } else if (code == RequestAttributes.SSL_KEY_SIZE) {
            sink.sslKeySize(reader.readUint16());
        } else if (code >= RequestAttributes.CONTEXT && code <= RequestAttributes.STORED_METHOD) {
            reader.readString(value);
            sink.attribute(code, value);
        } else {
            throw new AjpException(UNKNOWN_ATTRIBUTE, reader.position() - 1, "Found " + Hex.code(code) + ".");
        }
    }
}
