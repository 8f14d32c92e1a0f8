package org.catwalk.ajp.guard;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.wire.AjpException;
import org.catwalk.ajp.wire.ForwardRequestParser;
import org.catwalk.ajp.wire.ForwardRequestSink;
import org.catwalk.ajp.wire.SecretScanner;
import org.catwalk.ajp.wire.Span;

/**
 * Admits a forward request or refuses it, in two passes over its packet:
 *
 * <ol>
 * <li>the structure of the whole packet, and the secret. Nothing has been handed on, looked at or remembered by then.</li>
 * <li>each field against the {@link Grammar} and the {@link AttributePolicy}; what is accepted goes to the delegate.</li>
 * </ol>
 *
 * <p>What the delegate may rely on, as far as the rule concerned is not relaxed: everything that {@link Grammar} says; at most one Host
 * and one Content-Length; a stored method if and only if one was announced; the secret and refused or ignored attributes never come.
 * {@code AJP_REMOTE_PORT} is a number from 0 to 65535. TLS attributes under their servlet names come under AJP's codes instead
 * (certificate, cipher suite, session and key size), so that each has one type, whichever way it was sent. {@code end()} is called if and
 * only if the request is admitted; fields that came before a refusal are to be forgotten.
 *
 * <p>One for each processor, used again for each request; not thread-safe. Allocates nothing for a request that is admitted.
 */
public final class RequestGuard {

    private final Secrets secrets;
    private final SecretScanner scanner = new SecretScanner();
    private final ForwardRequestParser parser = new ForwardRequestParser();
    private final Complaint complaint = new Complaint();
    private final FieldGuard fields;
    private int secretPosition = Secrets.NO_MATCH;

    public RequestGuard(AjpSettings settings, Secrets secrets, AttributePolicy attributes) {
        this.secrets = secrets;
        this.fields = new FieldGuard(settings, attributes, complaint);
    }

    /**
     * Judges one forward request.
     *
     * @param array holds the packet; not modified, and read again by {@link #detail()}
     * @param from the payload's first byte, the type
     * @param to behind the payload's last byte
     * @param delegate gets the accepted fields
     * @return null if the request is admitted
     */
    public Refusal admit(byte[] array, int from, int to, ForwardRequestSink delegate) {
        recycle();
        try {
            scanner.scan(array, from, to);
            requireSecret();
            if (!complaint.isMade()) {
                fields.reset(delegate);
                parser.parse(array, from, to, fields);
            }
        } catch (AjpException e) {
            complaint.plain(Refusal.of(e.error()), e.getMessage());
        } finally {
            scanner.reset();
        }
        return complaint.reason();
    }

    /**
     * What was found, what was expected and what to change, for the log line of the last refusal. Holds nothing of the peer's bytes but
     * short, escaped values that are not private, and never a secret.
     *
     * @return empty if the last request was admitted; to be called before the packet's buffer is used again
     */
    public String detail() {
        return complaint.text();
    }

    /** The Content-Length of the admitted request, 0 to 2^63 - 1; -1 if it has none. */
    public long contentLength() {
        return fields.contentLength();
    }

    /** How many attributes of the request were dropped because {@code unknownAttributes} says so. */
    public int ignoredAttributes() {
        return fields.ignoredAttributes();
    }

    /**
     * The name, quoted and escaped, of the last attribute that was dropped and is to be logged ({@code unknownAttributes="log"}); null if
     * there is none. To be called before the packet's buffer is used again.
     */
    public String attributeToLog() {
        Span name = fields.attributeToLog();
        return name.isNull() ? null : Printable.of(name);
    }

    /** The position of the secret that the last request came with, as in {@link Secrets#uses()}; -1 if no secret is configured. */
    public int secretPosition() {
        return secretPosition;
    }

    /** Forgets the last request, so that its packet's buffer can be used for something else. */
    public void recycle() {
        complaint.reset();
        fields.reset(null);
        secretPosition = Secrets.NO_MATCH;
    }

    private void requireSecret() {
        int found = scanner.secretCount();
        if (found > 1) {
            complaint.plain(Refusal.SECRET_DUPLICATED, "The forward request has " + found + " secrets");
        } else if (!secrets.isEmpty()) {
            requireValid(scanner.secret());
        }
    }

    private void requireValid(Span secret) {
        if (secret.isNull()) {
            complaint.plain(Refusal.SECRET_MISSING, "The forward request has no secret");
            return;
        }
        secretPosition = secrets.match(secret.array(), secret.offset(), secret.length());
        if (secretPosition == Secrets.NO_MATCH) {
            complaint.plain(Refusal.SECRET_WRONG, "The secret of the forward request is none of those that are valid here");
        }
    }
}
