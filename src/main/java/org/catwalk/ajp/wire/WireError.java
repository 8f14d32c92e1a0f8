package org.catwalk.ajp.wire;

/** What can be wrong with the bytes of a packet. The descriptions contain nothing that a peer sent. */
public enum WireError {

    TRUNCATED("The packet ends inside a field."),
    STRING_PAST_END("A string's announced length runs past the end of the packet."),
    UNTERMINATED_STRING("A string is not followed by the zero byte that has to end it."),
    NULL_STRING("A string is null (length 0xFFFF) where the specification needs one."),
    TRAILING_BYTES("Bytes follow where the packet should have ended."),
    WRONG_TYPE("The message is of another type than the one expected here."),
    UNKNOWN_METHOD("The method code is none of 0x01 to 0x1B and 0xFF."),
    BAD_BOOLEAN("A boolean is neither 0x00 nor 0x01."),
    UNKNOWN_HEADER_CODE("A header name's code is outside of the specified range."),
    UNKNOWN_ATTRIBUTE("A request attribute has a code that is not specified, so that its length is unknown."),
    BAD_BODY_CHUNK("A body chunk's announced length is not the length of its data.");

    private final String description;

    WireError(String description) {
        this.description = description;
    }

    /** @return one sentence */
    public String description() {
        return description;
    }
}
