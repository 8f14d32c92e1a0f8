package org.catwalk.it.traffic;

/**
 * What became of one request.
 *
 * @param id unique
 * @param detail what was expected and found; empty where all is well
 * @param bytes of bodies, both directions
 */
public record Outcome(Kind kind, String id, Verdict verdict, String detail, long millis, long bytes) {

    /** From best to worst. */
    public enum Verdict {
        /** Status, length, every byte and whose answer it is. */
        CORRECT,
        /** The client went away itself, as it meant to. */
        LEFT,
        /** Another status than expected; the answer says that it failed. */
        REFUSED,
        /** The connection ended before the answer did. */
        CUT,
        /** The beginning of the right answer, alone or with httpd's error page behind it, passed off as all of it. */
        SHORTENED,
        /** No end within the deadline. */
        HUNG,
        /** Anything else: somebody else's answer, other bytes, a wrong checksum of the upload, a session that is not its own. */
        WRONG
    }

    /** Whether the client got what it should. */
    public boolean isGood() {
        return verdict == Verdict.CORRECT || verdict == Verdict.LEFT;
    }

    @Override
    public String toString() {
        return kind + " " + id + ": " + verdict + " " + detail + " (" + millis + " ms)";
    }
}
