package org.catwalk.ajp.wire;

/**
 * Parses what a container sends: for the command line, benchmarks and tests. As strict as the pickiest front end. Used again for each
 * packet; not safe for use by several threads.
 *
 * @see SendHeaders
 * @see SendBodyChunk
 * @see ControlPackets
 */
public final class ResponseParser {

    private final PacketReader reader = new PacketReader();
    private final Span name = new Span();
    private final Span value = new Span();

    /**
     * @param array holds the packet; not modified
     * @param from the payload's first byte, the type
     * @param to behind the payload's last byte
     * @param sink gets the fields; what it throws is passed on
     * @throws AjpException if the payload is not exactly one message of a container; the fields that the sink has got by then are
     *         worthless
     * @throws IndexOutOfBoundsException if {@code from} and {@code to} are not a range of {@code array}
     */
    public void parse(byte[] array, int from, int to, ResponseSink sink) throws AjpException {
        reader.wrap(array, from, to);
        int type = reader.readByte();
        switch (type) {
            case MessageType.SEND_HEADERS -> readHead(sink);
            case MessageType.SEND_BODY_CHUNK -> readBodyChunk(sink);
            case MessageType.GET_BODY_CHUNK -> readGetBodyChunk(sink);
            case MessageType.END_RESPONSE -> readEndResponse(sink);
            case MessageType.CPONG -> readCpong(sink);
            default -> throw new AjpException(WireError.WRONG_TYPE, 0,
                    "Expected a message of a container, found " + MessageType.nameOf(type) + ".");
        }
    }

    private void readHead(ResponseSink sink) throws AjpException {
        int status = reader.readUint16();
        reader.readString(value);
        int count = reader.readUint16();
        sink.sendHeaders(status, value, count);
        for (int i = 0; i < count; i++) {
            int code = reader.readHeaderName(ResponseHeaders.TABLE, name);
            reader.readPresentString(value);
            sink.header(code, name, value);
        }
        reader.expectEnd();
        sink.headersEnd();
    }

    private void readBodyChunk(ResponseSink sink) throws AjpException {
        int offset = reader.position();
        int announced = reader.readUint16();
        int found = reader.remaining() - SendBodyChunk.SUFFIX_BYTES;
        if (announced != found) {
            throw new AjpException(WireError.BAD_BODY_CHUNK, offset,
                    "It announces " + announced + " bytes and has " + found + " before the zero byte.");
        }
        reader.readBytes(announced, value);
        if (reader.readByte() != 0) {
            throw new AjpException(WireError.UNTERMINATED_STRING, reader.position() - 1);
        }
        sink.bodyChunk(value);
    }

    private void readGetBodyChunk(ResponseSink sink) throws AjpException {
        int asked = reader.readUint16();
        reader.expectEnd();
        sink.getBodyChunk(asked);
    }

    private void readEndResponse(ResponseSink sink) throws AjpException {
        boolean reuse = reader.readBoolean();
        reader.expectEnd();
        sink.endResponse(reuse);
    }

    private void readCpong(ResponseSink sink) throws AjpException {
        reader.expectEnd();
        sink.cpong();
    }
}
