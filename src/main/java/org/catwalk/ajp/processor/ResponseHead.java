package org.catwalk.ajp.processor;

import org.apache.tomcat.util.buf.ByteChunk;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.http.MimeHeaders;

import org.catwalk.ajp.wire.SendHeaders;

/** Hands a response's status and headers to the packet writer, in whatever form Coyote holds them. */
final class ResponseHead implements ResponseWriter.HeadSource {

    private int status;
    private MimeHeaders headers;

    ResponseHead of(int newStatus, MimeHeaders newHeaders) {
        status = newStatus;
        headers = newHeaders;
        return this;
    }

    @Override
    public void put(SendHeaders into) {
        into.begin(status, ReasonPhrases.of(status));
        int n = headers.size();
        for (int i = 0; i < n; i++) {
            put(into, headers.getName(i), headers.getValue(i));
        }
    }

    private static void put(SendHeaders into, MessageBytes name, MessageBytes value) {
        if (value.isNull()) {
            into.header(name.toString(), "");
        } else if (value.getType() == MessageBytes.T_BYTES) {
            ByteChunk bytes = value.getByteChunk();
            into.header(name.toString(), bytes.getBytes(), bytes.getStart(), bytes.getLength());
        } else {
            into.header(name.toString(), value.toString());
        }
    }
}
