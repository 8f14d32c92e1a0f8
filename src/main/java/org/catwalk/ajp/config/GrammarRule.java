package org.catwalk.ajp.config;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules of the request grammar that an operator may switch off one by one for an odd front end, with the attribute
 * {@code strict} on the Connector. What keeps the packet itself readable (lengths, terminators, known codes, the end of the message)
 * is no rule here: it cannot be relaxed, because what follows could no longer be told apart.
 *
 * <p>The text of the attribute: {@code all} (the default), or {@code all} followed by the rules to relax, each with a minus sign:
 * {@code strict="all,-host,-query"}. {@code strict="-host"} means the same as {@code strict="all,-host"}. There is no word for "none",
 * so that nobody switches everything off by accident.
 */
public enum GrammarRule {

    /** The method is a token (RFC 9110, 9.1). */
    METHOD,
    /** The URI is a path that begins with a slash, an absolute http or https URI, or {@code *} for OPTIONS; no control characters. */
    URI,
    /** The query string holds no control characters. */
    QUERY,
    /** The protocol is {@code HTTP/} and a version such as {@code 1.1}, or {@code INCLUDED}, which httpd's subrequests have. */
    PROTOCOL,
    /** A header name is a token (RFC 9110, 5.1). */
    HEADER_NAME,
    /** A header value holds no control character but TAB; bytes of 0x80 and more are allowed (RFC 9110, 5.5). */
    HEADER_VALUE,
    /** At most one Host, and what it holds is a host with an optional port, or empty. */
    HOST,
    /** At most one Content-Length. Relaxed, the same one may be repeated; it is 1 to 19 digits that fit into 63 bits in any case. */
    CONTENT_LENGTH,
    /** Transfer-Encoding says {@code chunked} and nothing else, once, and not beside a Content-Length. */
    TRANSFER_ENCODING,
    /** Addresses and host names of the client and of the web server hold only what addresses and names are made of. */
    ADDRESS,
    /** Client certificates are PEM text; key sizes are numbers of 1 to 5 digits. */
    CERTIFICATE,
    /**
     * Remote user, route and the like come once each and hold no control characters but TAB, named attributes in their values none but
     * TAB, CR and LF, and in their names none at all.
     */
    ATTRIBUTE;

    /** The name as the attribute {@code strict} has it: lower case, with minus signs. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads the attribute {@code strict}.
     *
     * @param text for example {@code all,-host}; null or blank means all
     * @return the rules that stay on; a fresh set
     * @throws IllegalArgumentException naming the entry that was not understood and the ones that are
     */
    static EnumSet<GrammarRule> parse(String text) {
        EnumSet<GrammarRule> rules = EnumSet.allOf(GrammarRule.class);
        if (text == null || text.isBlank()) {
            return rules;
        }
        boolean first = true;
        for (String entry : text.split(",", -1)) {
            String word = entry.strip().toLowerCase(Locale.ROOT);
            if (word.startsWith("-")) {
                rules.remove(byText(word.substring(1).strip(), text));
            } else if (!first || !word.equals("all")) {
                throw refused(word, text);
            }
            first = false;
        }
        return rules;
    }

    private static GrammarRule byText(String name, String whole) {
        return Stream.of(values()).filter(rule -> rule.text().equals(name)).findFirst().orElseThrow(() -> refused("-" + name, whole));
    }

    private static IllegalArgumentException refused(String word, String whole) {
        return new IllegalArgumentException("strict=\"" + whole + "\" on the AJP Connector: \"" + word + "\" is not understood; expected "
                + "all, or all followed by the rules to relax, such as all,-host. The rules are "
                + texts(EnumSet.allOf(GrammarRule.class)) + ".");
    }

    private static String texts(Set<GrammarRule> rules) {
        return rules.stream().map(GrammarRule::text).collect(Collectors.joining(", "));
    }

    /** The attribute text that {@link #parse} turns into these rules. */
    public static String format(Set<GrammarRule> rules) {
        return EnumSet.allOf(GrammarRule.class).stream().filter(rule -> !rules.contains(rule)).map(rule -> ",-" + rule.text())
                .collect(Collectors.joining("", "all", ""));
    }
}
