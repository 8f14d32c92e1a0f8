package org.catwalk.ajp.wire;

/**
 * A packet that is not what AJP allows. Nothing of it may be trusted any more, nor anything that follows it on its connection.
 *
 * <p>The message holds numbers and codes but no text of the peer, so that it may be logged. There is no stack trace: the cause lies with
 * the peer, and peers must not be able to make the container fill in stack traces.
 */
public final class AjpException extends Exception {

    private static final long serialVersionUID = 1L;

    private final WireError error;
    private final int offset;

    /**
     * @param error what is wrong
     * @param offset where, in bytes from the start of the payload
     */
    public AjpException(WireError error, int offset) {
        super(error.description() + " Payload offset " + offset + ".", null, false, false);
        this.error = error;
        this.offset = offset;
    }

    /**
     * @param error what is wrong
     * @param offset where, in bytes from the start of the payload
     * @param detail a sentence with the numbers found and expected, without anything else that the peer sent
     */
    public AjpException(WireError error, int offset, String detail) {
        super(error.description() + " " + detail + " Payload offset " + offset + ".", null, false, false);
        this.error = error;
        this.offset = offset;
    }

    /** @return what is wrong */
    public WireError error() {
        return error;
    }

    /** @return where the field starts that is wrong, in bytes from the start of the payload */
    public int offset() {
        return offset;
    }
}
