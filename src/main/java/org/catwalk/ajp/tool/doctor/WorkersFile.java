package org.catwalk.ajp.tool.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * mod_jk's workers.properties as mod_jk 1.2.48 understands it: {@code #} begins a comment, lists grow when they are said again, everything
 * else is overwritten, {@code $(name)} stands for what was said before, {@code worker.x.reference} fills in what {@code worker.x} lacks.
 */
final class WorkersFile {

    private static final String PREFIX = "worker.";
    private static final Pattern COMMENT = Pattern.compile("(?<!\\\\)#.*");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\(([^)]*)\\)");
    private static final Pattern GROWING = Pattern.compile("worker\\.(list|[^.]+\\.(balance_workers|balanced_workers|mount|fail_on_status))");
    private static final int DEFAULT_PORT = 8009;
    /** As mod_jk has it. */
    private static final int REFERENCES_DEEP = 20;

    private final Map<String, Setting> properties = new LinkedHashMap<>();

    private WorkersFile() {
    }

    /** @throws IOException if it cannot be read */
    static WorkersFile read(Path file) throws IOException {
        return parse(file.toString(), Files.readAllLines(file, StandardCharsets.ISO_8859_1));
    }

    static WorkersFile parse(String file, List<String> lines) {
        WorkersFile workers = new WorkersFile();
        for (int i = 0; i < lines.size(); i++) {
            workers.add(file, i + 1, lines.get(i));
        }
        return workers;
    }

    /** Takes one more line, as {@code JkWorkerProperty} in httpd.conf does. */
    void add(String file, int line, String text) {
        String assignment = COMMENT.matcher(text).replaceFirst("").replace("\\#", "#").trim();
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            return;
        }
        String name = assignment.substring(0, equals).trim();
        String value = filledIn(assignment.substring(equals + 1).trim());
        Setting before = properties.get(name);
        if (before != null && GROWING.matcher(name).matches()) {
            value = before.value() + "," + value;
        }
        properties.put(name, new Setting(name, value, file, line));
    }

    private String filledIn(String value) {
        return VARIABLE.matcher(value).replaceAll(variable -> {
            Setting known = properties.get(variable.group(1));
            return Matcher.quoteReplacement(known == null ? variable.group() : known.value());
        });
    }

    /** Workers that can be named in JkMount: those of {@code worker.list}. */
    Set<String> mountable() {
        return new LinkedHashSet<>(list(properties.get(PREFIX + "list")));
    }

    /** The property as it stands in the file or comes by reference. */
    Optional<Setting> get(String worker, String attribute) {
        return get(PREFIX + worker, attribute, 0);
    }

    private Optional<Setting> get(String prefix, String attribute, int depth) {
        Setting own = properties.get(prefix + "." + attribute);
        if (own != null) {
            return Optional.of(own);
        }
        Setting reference = properties.get(prefix + ".reference");
        if (reference == null || depth == REFERENCES_DEEP) {
            return Optional.empty();
        }
        return get(reference.value(), attribute, depth + 1);
    }

    /** Whether anything is said of a worker of that name. */
    boolean describes(String worker) {
        return properties.keySet().stream().anyMatch(name -> name.startsWith(PREFIX + worker + "."));
    }

    /** Members of load balancers that nothing is said of. */
    List<Setting> balancersWithUnknownMembers() {
        return mountable().stream().map(this::members)
                .flatMap(Optional::stream)
                .filter(members -> list(members).stream().anyMatch(member -> !describes(member)))
                .toList();
    }

    private Optional<Setting> members(String balancer) {
        return get(balancer, "balance_workers").or(() -> get(balancer, "balanced_workers"));
    }

    /** Every Tomcat that a request can be sent to, once. */
    List<Backend> backends() {
        Map<String, Backend> found = new LinkedHashMap<>();
        for (String worker : mountable()) {
            String type = get(worker, "type").map(Setting::value).orElse("ajp13");
            if (type.equals("lb")) {
                members(worker).stream().flatMap(members -> list(members).stream())
                        .forEach(member -> found.put(member, backend(member, worker)));
            } else if (type.equals("ajp13") && describes(worker)) {
                found.putIfAbsent(worker, backend(worker, null));
            }
        }
        return List.copyOf(found.values());
    }

    private Backend backend(String worker, String balancer) {
        Map<String, Setting> parameters = new LinkedHashMap<>();
        for (Backend.Parameter parameter : Backend.Parameter.values()) {
            for (String attribute : parameter.names(FrontEnd.MOD_JK)) {
                get(worker, attribute).ifPresent(setting -> parameters.put(attribute, setting));
            }
        }
        int port = get(worker, "port").map(said -> said.number().orElse(0)).orElse(DEFAULT_PORT);
        return new Backend(FrontEnd.MOD_JK, worker, get(worker, "host").map(Setting::value).orElse("localhost"), port,
                declared(worker), parameters, balancer);
    }

    private Setting declared(String worker) {
        return Stream.of("port", "host", "type", "reference").map(attribute -> get(worker, attribute)).flatMap(Optional::stream).findFirst()
                .or(() -> properties.values().stream().filter(each -> each.name().startsWith(PREFIX + worker + ".")).findFirst())
                .orElseGet(() -> properties.getOrDefault(PREFIX + "list", new Setting(worker, "", "workers.properties", 1)));
    }

    private static List<String> list(Setting setting) {
        if (setting == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (String name : setting.value().split("[\\s,]+")) {
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }
}
