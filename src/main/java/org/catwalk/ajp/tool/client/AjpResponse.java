package org.catwalk.ajp.tool.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A whole answer.
 *
 * @param status of the response
 * @param reason the phrase behind it, perhaps empty
 * @param headers in their order
 * @param body empty if it was written elsewhere; not copied, not to be changed
 * @param bodyBytes how long the body was
 * @param reuse whether the container keeps the connection
 * @param packets that came, END_RESPONSE included
 * @param largestPacket of these, in bytes, outer header included
 * @param timeToHead from the request's first byte to the response's head
 * @param time from the request's first byte to END_RESPONSE
 */
public record AjpResponse(int status, String reason, List<HeaderField> headers, byte[] body, long bodyBytes, boolean reuse, int packets,
        int largestPacket, Duration timeToHead, Duration time) {

    /** @return the first field of that name, in any case */
    public Optional<String> header(String name) {
        return headers.stream().filter(field -> field.name().equalsIgnoreCase(name)).map(HeaderField::value).findFirst();
    }
}
