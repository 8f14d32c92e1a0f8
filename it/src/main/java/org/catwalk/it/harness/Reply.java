package org.catwalk.it.harness;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A complete response as the client got it.
 *
 * @param reason the reason phrase; null where the client library does not tell it
 * @param headers by name in lower case
 * @param isCut whether the connection ended before the response did
 */
public record Reply(int status, String reason, Map<String, List<String>> headers, byte[] body, boolean isCut) {

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The body as the test application's {@code name=value} lines. */
    public Fields fields() {
        return Fields.parse(text());
    }

    public String header(String name) {
        List<String> all = headers(name);
        return all.isEmpty() ? null : all.get(0);
    }

    public List<String> headers(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    @Override
    public String toString() {
        return status + " " + reason + " " + headers + (isCut ? " CUT" : "") + " " + body.length + " bytes: "
                + text().substring(0, Math.min(500, text().length()));
    }
}
