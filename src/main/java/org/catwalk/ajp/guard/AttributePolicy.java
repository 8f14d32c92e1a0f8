package org.catwalk.ajp.guard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.config.UnknownAttributes;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.Span;

/**
 * Which named request attributes (AJP code 0x0A) may go on. AJP's own codes (remote user, certificate, ...) are not asked about here.
 *
 * <p>In this order: names that the protocol itself uses ({@code AJP_REMOTE_PORT}, ...) and the TLS attributes that the stock connector
 * knows, under their javax and their jakarta names, are accepted; so is what {@code allowedRequestAttributes} lists or
 * {@code allowedRequestAttributesPattern} matches as a whole; {@code unknownAttributes} decides about the rest.
 *
 * <p>Thread-safe. A look-up allocates nothing once a name is known; of names that only the pattern can judge the first
 * {@value #MAX_REMEMBERED} that are well-formed are remembered.
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

    /** What the value of a well-known attribute is, if it is more than text. */
    enum Type {
        TEXT(0), PORT(0), ADDRESS(0),
        // AJP has codes of its own for these four. Under their servlet names the stock connector passes them on as strings, which an
        // application that expects the specified types cannot use.
        CIPHER_SUITE(RequestAttributes.SSL_CIPHER), SESSION(RequestAttributes.SSL_SESSION), KEY_SIZE(RequestAttributes.SSL_KEY_SIZE),
        CERTIFICATE(RequestAttributes.SSL_CERT);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        /** The code under which AJP has the same attribute; 0 if there is none. */
        int code() {
            return code;
        }
    }

    /**
     * What is known about one name.
     *
     * @param wellFormed whether the name is known to keep to the grammar; if not, it has to be looked at
     */
    record Rule(byte[] name, Verdict verdict, Type type, boolean wellFormed) {

        Rule(byte[] name, Verdict verdict, Type type) {
            this(name, verdict, type, Grammar.isAttributeName(new Span().wrap(name, 0, name.length)));
        }

        private boolean isFor(Span other) {
            return Arrays.equals(name, 0, name.length, other.array(), other.offset(), other.offset() + other.length());
        }
    }

    /** Bounded, because a peer may send any number of different names. */
    static final int MAX_REMEMBERED = 256;

    private static final VarHandle EIGHT_BYTES = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Pattern pattern;
    private final Rule otherwise;

    /** Open addressing, at most half full; replaced as a whole when a name is added. */
    private volatile Rule[] rules = new Rule[64];
    private int size;
    private int remembered;

    public AttributePolicy(AjpSettings settings) {
        pattern = settings.allowedRequestAttributesPattern();
        otherwise = new Rule(new byte[0], verdict(settings.unknownAttributes()), Type.TEXT, false);
        addWellKnown();
        // What the operator lists comes in whatever encoding the web server has; names beyond ASCII are not known in practice.
        settings.allowedRequestAttributes().forEach(name -> add(name, Type.TEXT));
    }

    private static Verdict verdict(UnknownAttributes unknown) {
        return switch (unknown) {
            case REJECT -> Verdict.REJECT;
            case IGNORE -> Verdict.IGNORE;
            case LOG -> Verdict.LOG;
        };
    }

    /** The verdict on an attribute of this name. */
    public Verdict verdict(Span name) {
        Rule known = known(name);
        return (known != null ? known : unknown(name)).verdict;
    }

    /** @return what is known about this name, null if it is nothing */
    Rule known(Span name) {
        return find(rules, name);
    }

    /** @return what becomes of an attribute of a name that is not known */
    Rule unknown(Span name) {
        return pattern == null ? otherwise : byPattern(name);
    }

    private Rule byPattern(Span name) {
        String text = name.toString();
        Verdict verdict = pattern.matcher(text).matches() ? Verdict.ACCEPT : otherwise.verdict;
        return remember(new Rule(text.getBytes(StandardCharsets.ISO_8859_1), verdict, Type.TEXT));
    }

    private synchronized Rule remember(Rule rule) {
        if (rule.wellFormed && remembered < MAX_REMEMBERED && find(rules, new Span().wrap(rule.name, 0, rule.name.length)) == null) {
            remembered++;
            add(rule);
        }
        return rule;
    }

    // ---- the names that need no configuration

    private void addWellKnown() {
        add("AJP_REMOTE_PORT", Type.PORT);
        add("AJP_LOCAL_ADDR", Type.ADDRESS);
        add("AJP_SSL_PROTOCOL", Type.TEXT);
        add("JK_LB_ACTIVATION", Type.TEXT);
        // Tomcat 9.0 accepts the javax names; 10.1 and 11.0 accept both. Web servers only ever had the javax ones.
        for (String prefix : new String[] {"javax.servlet.request.", "jakarta.servlet.request."}) {
            add(prefix + "cipher_suite", Type.CIPHER_SUITE);
            add(prefix + "key_size", Type.KEY_SIZE);
            add(prefix + "ssl_session", Type.SESSION);
            add(prefix + "X509Certificate", Type.CERTIFICATE);
        }
        // Servlet 6.1, and so Tomcat 11.0 only.
        add("jakarta.servlet.request.secure_protocol", Type.TEXT);
        // The names under which the IIS redirector reports TLS.
        for (String name : new String[] {"CERT_ISSUER", "CERT_SUBJECT", "CERT_COOKIE", "HTTPS_SERVER_SUBJECT", "CERT_FLAGS",
                "HTTPS_SECRETKEYSIZE", "CERT_SERIALNUMBER", "HTTPS_SERVER_ISSUER", "HTTPS_KEYSIZE"}) {
            add(name, Type.TEXT);
        }
    }

    private void add(String name, Type type) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (find(rules, new Span().wrap(bytes, 0, bytes.length)) == null) {
            add(new Rule(bytes, Verdict.ACCEPT, type));
        }
    }

    // ---- a hash table with spans for keys

    private synchronized void add(Rule rule) {
        Rule[] larger = new Rule[++size * 2 > rules.length ? rules.length * 2 : rules.length];
        for (Rule old : rules) {
            if (old != null) {
                put(larger, old);
            }
        }
        put(larger, rule);
        rules = larger;
    }

    private static void put(Rule[] table, Rule rule) {
        int slot = slot(table, rule.name, 0, rule.name.length);
        while (table[slot] != null) {
            slot = slot + 1 & table.length - 1;
        }
        table[slot] = rule;
    }

    private static Rule find(Rule[] table, Span name) {
        int slot = slot(table, name.array(), name.offset(), name.length());
        while (table[slot] != null && !table[slot].isFor(name)) {
            slot = slot + 1 & table.length - 1;
        }
        return table[slot];
    }

    /** From the length, the beginning and the end, which tell names apart that occur: a hash of all bytes takes longer than the rest. */
    private static int slot(Rule[] table, byte[] array, int offset, int length) {
        long hash = length;
        if (length >= Long.BYTES) {
            hash += 31 * (long) EIGHT_BYTES.get(array, offset) + (long) EIGHT_BYTES.get(array, offset + length - Long.BYTES);
        } else {
            for (int i = offset; i < offset + length; i++) {
                hash = 31 * hash + array[i];
            }
        }
        return (int) (hash * 0x9E3779B97F4A7C15L >>> 40) & table.length - 1;
    }
}
