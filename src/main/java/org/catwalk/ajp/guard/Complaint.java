package org.catwalk.ajp.guard;

import org.catwalk.ajp.wire.Span;

/**
 * What was wrong with a request, kept as it was found and put into words only if somebody asks. The first one counts.
 *
 * <p>Values that may be private (headers, queries, attributes, paths) are never shown: one byte and its position are. The secret is not
 * even kept.
 */
final class Complaint {

    private static final int NONE = -1;

    private final Span name = new Span();
    private final Span value = new Span();
    private Refusal reason;
    private String found;
    private boolean showsName;
    private boolean showsValue;
    private int index;

    void reset() {
        reason = null;
        found = null;
        name.setNull();
        value.setNull();
        index = NONE;
        showsName = false;
        showsValue = false;
    }

    boolean isMade() {
        return reason != null;
    }

    /** @return null if there is nothing to complain about */
    Refusal reason() {
        return reason;
    }

    /** @param text a clause without a full stop, of our own words and numbers only */
    void plain(Refusal why, String text) {
        if (reason == null) {
            reason = why;
            found = text;
        }
    }

    /** A value that may be shown. */
    void value(Refusal why, String field, Span shown) {
        if (reason == null) {
            plain(why, field);
            keep(value, shown);
            showsValue = true;
        }
    }

    /** A byte in a value that may not be shown. */
    void octet(Refusal why, String field, Span hidden, int at) {
        if (reason == null) {
            plain(why, field);
            keep(value, hidden);
            index = at;
        }
    }

    /** As {@link #octet}, for a field with a name of its own. */
    void octet(Refusal why, String field, Span fieldName, Span hidden, int at) {
        if (reason == null) {
            octet(why, field, hidden, at);
            keep(name, fieldName);
            showsName = true;
        }
    }

    private static void keep(Span into, Span from) {
        if (from.isNull()) {
            into.setNull();
        } else {
            into.wrap(from.array(), from.offset(), from.length());
        }
    }

    /** What was found, what was expected, what to change; readable only as long as the packet is. */
    String text() {
        if (reason == null) {
            return "";
        }
        StringBuilder text = new StringBuilder(300).append(found);
        if (showsName) {
            text.append(' ').append(Printable.of(name));
        }
        if (index != NONE) {
            text.append(" has the byte ").append(Printable.byteValue(value.at(index))).append(" at position ").append(index);
        } else if (showsValue) {
            text.append(" is ").append(Printable.of(value));
        }
        String expected = expected(reason);
        if (!expected.isEmpty()) {
            text.append("; expected ").append(expected);
        }
        return text.append(text.charAt(text.length() - 1) == '.' ? " " : ". ").append(reason.advice()).toString();
    }

    private static String expected(Refusal reason) {
        return switch (reason) {
            case SECRET_MISSING, SECRET_WRONG, SECRET_DUPLICATED -> "one valid secret";
            case ATTRIBUTE_NOT_ALLOWED -> "one of AJP's own or one that is allowed";
            case BAD_METHOD -> "one token (RFC 9110, 9.1)";
            case BAD_URI -> "a path that begins with a slash, http:// or https:// with a host, or * for OPTIONS, without control characters";
            case BAD_QUERY -> "no control characters";
            case BAD_PROTOCOL -> "HTTP/ and a version";
            case BAD_HEADER_NAME -> "a token (RFC 9110, 5.1)";
            case BAD_HEADER_VALUE -> "no control characters but TAB";
            case DUPLICATE_HOST -> "one at most";
            case BAD_HOST -> "a host with an optional port, or nothing";
            case DUPLICATE_CONTENT_LENGTH -> "one at most";
            case BAD_CONTENT_LENGTH -> "digits only, less than 2^63";
            case TRANSFER_ENCODING -> "chunked, once, and no Content-Length beside it";
            case BAD_ADDRESS -> "an address, a name or a port number";
            case BAD_CERTIFICATE -> "-----BEGIN CERTIFICATE-----";
            case BAD_KEY_SIZE -> "a number from 0 to 65535";
            case BAD_ATTRIBUTE -> "each of AJP's own attributes once, names without control characters, and values with none but TAB, in named "
                    + "attributes CR and LF too";
            default -> "";
        };
    }
}
