package org.catwalk.ajp.guard;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.config.UnknownAttributes;

/**
 * Which named request attributes (AJP code 0x0A) may go on. AJP's own codes (remote user, certificate, ...) are not asked about here.
 *
 * <p>The verdicts, in this order: names that the protocol itself uses ({@code AJP_REMOTE_PORT}, ...) and the TLS attributes that the stock
 * connector knows, under their javax and their jakarta names, are accepted; so is what {@code allowedRequestAttributes} lists or
 * {@code allowedRequestAttributesPattern} matches as a whole; {@code unknownAttributes} decides about the rest.
 */
public final class AttributePolicy {

    /** What becomes of an attribute. */
    public enum Verdict {
        /** It goes on. */
        ACCEPT,
        /** It is dropped. */
        IGNORE,
        /** It is dropped and the log says so. */
        LOG,
        /** The request is refused. */
        REJECT
    }

    /** What the guard itself checks in the value of a well-known attribute. */
    enum Type {
        TEXT, PORT, ADDRESS, KEY_SIZE, CERTIFICATE
    }

    /** Names remembered with their verdict are bounded: a peer may send any number of different ones. */
    private static final int MAX_REMEMBERED = 256;

    private static final Map<String, Type> WELL_KNOWN = wellKnown();

    private final Pattern pattern;
    private final Set<String> names;
    private final Verdict otherwise;
    /** Verdicts of the regular expression, so that it runs once per name and not once per request. */
    private final Map<String, Verdict> remembered = new ConcurrentHashMap<>();

    public AttributePolicy(AjpSettings settings) {
        pattern = settings.allowedRequestAttributesPattern();
        names = new HashSet<>(settings.allowedRequestAttributes());
        otherwise = verdict(settings.unknownAttributes());
    }

    private static Verdict verdict(UnknownAttributes unknown) {
        return switch (unknown) {
            case REJECT -> Verdict.REJECT;
            case IGNORE -> Verdict.IGNORE;
            case LOG -> Verdict.LOG;
        };
    }

    /** The verdict on an attribute of this name. */
    public Verdict verdict(String name) {
        if (WELL_KNOWN.containsKey(name) || names.contains(name)) {
            return Verdict.ACCEPT;
        }
        return pattern == null ? otherwise : byPattern(name);
    }

    private Verdict byPattern(String name) {
        Verdict known = remembered.get(name);
        if (known == null) {
            known = pattern.matcher(name).matches() ? Verdict.ACCEPT : otherwise;
            if (remembered.size() < MAX_REMEMBERED) {
                remembered.put(name, known);
            }
        }
        return known;
    }

    /** How the value of this attribute has to look. */
    static Type type(String name) {
        return WELL_KNOWN.getOrDefault(name, Type.TEXT);
    }

    private static Map<String, Type> wellKnown() {
        Map<String, Type> known = new HashMap<>();
        known.put("AJP_REMOTE_PORT", Type.PORT);
        known.put("AJP_LOCAL_ADDR", Type.ADDRESS);
        known.put("AJP_SSL_PROTOCOL", Type.TEXT);
        known.put("JK_LB_ACTIVATION", Type.TEXT);
        // Tomcat 9.0 accepts the javax names; 10.1 and 11.0 accept both and pass them on as jakarta.
        for (String prefix : new String[] {"javax.servlet.request.", "jakarta.servlet.request."}) {
            known.put(prefix + "cipher_suite", Type.TEXT);
            known.put(prefix + "key_size", Type.KEY_SIZE);
            known.put(prefix + "ssl_session", Type.TEXT);
            known.put(prefix + "X509Certificate", Type.CERTIFICATE);
        }
        // Only 11.0 has this one.
        known.put("jakarta.servlet.request.secure_protocol", Type.TEXT);
        // The names under which the IIS redirector reports TLS.
        for (String name : new String[] {"CERT_ISSUER", "CERT_SUBJECT", "CERT_COOKIE", "HTTPS_SERVER_SUBJECT", "CERT_FLAGS",
                "HTTPS_SECRETKEYSIZE", "CERT_SERIALNUMBER", "HTTPS_SERVER_ISSUER", "HTTPS_KEYSIZE"}) {
            known.put(name, Type.TEXT);
        }
        return Map.copyOf(known);
    }
}
