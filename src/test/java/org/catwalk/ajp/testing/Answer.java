package org.catwalk.ajp.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Everything that came in answer to one request, up to END_RESPONSE or the end of the stream.
 *
 * @param replies in the order in which they came
 * @param endOfStream whether the container closed the connection before END_RESPONSE
 */
public record Answer(List<Reply> replies, boolean endOfStream) {

    /** The one head; an error if there are none or several. */
    public Reply.Head head() {
        List<Reply.Head> heads = all(Reply.Head.class);
        if (heads.size() != 1) {
            throw new AssertionError("Expected one SEND_HEADERS, found " + replies + (endOfStream ? " and the end of the stream" : ""));
        }
        return heads.get(0);
    }

    public boolean hasHead() {
        return !all(Reply.Head.class).isEmpty();
    }

    public int status() {
        return head().status();
    }

    public Optional<String> header(String name) {
        return head().value(name);
    }

    public byte[] body() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        all(Reply.Data.class).forEach(data -> body.writeBytes(data.bytes()));
        return body.toByteArray();
    }

    public String text() {
        return new String(body(), StandardCharsets.ISO_8859_1);
    }

    /** Whether END_RESPONSE came. */
    public boolean isEnded() {
        return !all(Reply.End.class).isEmpty();
    }

    /** What END_RESPONSE said; an error if none came. */
    public boolean reuse() {
        List<Reply.End> ends = all(Reply.End.class);
        if (ends.size() != 1) {
            throw new AssertionError("Expected one END_RESPONSE, found " + replies + (endOfStream ? " and the end of the stream" : ""));
        }
        return ends.get(0).reuse();
    }

    public <R extends Reply> List<R> all(Class<R> kind) {
        return replies.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
