package org.catwalk.ajp.tool.client;

/**
 * A header field of a request or a response.
 *
 * @param name in any case
 * @param value bytes as ISO-8859-1 text
 */
public record HeaderField(String name, String value) {
}
