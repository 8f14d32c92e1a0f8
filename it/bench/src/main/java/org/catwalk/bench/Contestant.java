package org.catwalk.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A connector to be measured.
 *
 * @param name in tables
 * @param jar put on the class path first; null unless Catwalk's
 * @param attributes of the connector beside the defaults
 * @param jvmArguments for its server
 */
public record Contestant(String name, Kind kind, Path jar, Map<String, String> attributes, List<String> jvmArguments) {

    /** Whose connector it is. */
    enum Kind {

        STOCK("org.apache.coyote.ajp.AjpNioProtocol"),
        NIO2("org.apache.coyote.ajp.AjpNio2Protocol"),
        CATWALK("org.catwalk.ajp.AjpProtocol"),
        HTTP("HTTP/1.1"),
        UNDERTOW(null);

        private final String protocol;

        Kind(String protocol) {
            this.protocol = protocol;
        }

        /** For Tomcat's {@code protocol} attribute; null for Undertow. */
        String protocol() {
            return protocol;
        }
    }

    /** One of the kinds, by its name, with every default. */
    static Contestant named(String name, Path catwalkJar) {
        Kind kind;
        try {
            kind = Kind.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Unknown connector " + name + "; say stock, nio2, catwalk, undertow or http, or --define it.",
                    e);
        }
        return new Contestant(name, kind, kind == Kind.CATWALK ? catwalkJar : null, Map.of(), List.of());
    }

    /** {@code name=kind[;jar=PATH][;attribute=value][;-JvmArgument]...}, for comparing variants. */
    static Contestant defined(String definition, Path catwalkJar) {
        String[] parts = definition.split(";");
        String[] head = parts[0].split("=", 2);
        if (head.length != 2) {
            throw new IllegalArgumentException("--define wants name=kind[;jar=PATH][;attribute=value][;-JvmArgument], not " + definition);
        }
        Contestant plain = named(head[1], catwalkJar);
        Path jar = plain.jar;
        Map<String, String> attributes = new LinkedHashMap<>();
        List<String> jvmArguments = new ArrayList<>();
        for (String part : List.of(parts).subList(1, parts.length)) {
            if (part.startsWith("-")) {
                jvmArguments.add(part);
            } else if (part.startsWith("jar=")) {
                jar = Path.of(part.substring("jar=".length())).toAbsolutePath();
            } else {
                attributes.put(part.split("=", 2)[0], part.split("=", 2)[1]);
            }
        }
        return new Contestant(head[0], plain.kind, jar, attributes, jvmArguments);
    }

    boolean isCatwalk() {
        return kind == Kind.CATWALK;
    }

    /** The same with more attributes. */
    Contestant with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(attributes);
        all.putAll(more);
        return new Contestant(name, kind, jar, all, jvmArguments);
    }
}
