package org.catwalk.it.harness;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code name=value} lines that the test application answers with, decoded. */
public final class Fields {

    private final Map<String, List<String>> values = new LinkedHashMap<>();

    private Fields() {
    }

    /** @throws IllegalArgumentException if {@code body} is something else, with its beginning */
    public static Fields parse(String body) {
        Fields fields = new Fields();
        for (String line : body.split("\n")) {
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("Expected name=value lines, got: " + body.substring(0, Math.min(500, body.length())));
            }
            fields.values.computeIfAbsent(line.substring(0, equals), name -> new ArrayList<>())
                    .add(URLDecoder.decode(line.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return fields;
    }

    /** The first value; null if there is none. */
    public String get(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? null : all.get(0);
    }

    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
