package org.catwalk.it.webapp;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import javax.servlet.ServletResponse;

/** A response of lines {@code name=value}; values are URL-encoded UTF-8, so that no byte of them can break a line. */
final class Answer {

    private final StringBuilder lines = new StringBuilder();

    /** Adds a line; a null value gives none. */
    Answer put(String name, Object value) {
        if (value != null) {
            lines.append(name).append('=').append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8)).append('\n');
        }
        return this;
    }

    void sendTo(ServletResponse response) throws IOException {
        byte[] body = lines.toString().getBytes(StandardCharsets.US_ASCII);
        response.setContentType("text/plain;charset=US-ASCII");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
