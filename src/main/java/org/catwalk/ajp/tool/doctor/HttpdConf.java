package org.catwalk.ajp.tool.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * What httpd.conf, and what it includes, says about AJP. Sections that hang on a define or a version are taken as if they held; those that
 * hang on an MPM only if that MPM is loaded.
 */
final class HttpdConf {

    private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|(\\S+)");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]+)}");
    private static final Pattern MPM_MODULE = Pattern.compile("mpm_(prefork|worker|event)(_module|\\.c)?|(prefork|worker|event)\\.c");
    private static final int AJP_PORT = 8009;
    private static final int INCLUDES_DEEP = 20;

    /** JkMount: a path and the worker that it goes to, as the setting's name and value. */
    private final List<Setting> mounts = new ArrayList<>();
    private final List<Setting> forwardedAttributes = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final Map<String, Setting> bufferSizes = new HashMap<>();
    private final Map<String, Setting> processes = new LinkedHashMap<>();
    private final Map<String, String> variables = new HashMap<>();
    private final List<Setting> workerProperties = new ArrayList<>();
    private Setting workersFile;
    private Setting authentication;
    private String mpm;
    private Path serverRoot;

    /** A backend whose packet size may be said further down. */
    private record Member(String url, String host, int port, String virtualHost, Map<String, Setting> parameters, String balancer,
            Setting line) {
    }

    private record Section(String name, String argument, boolean holds) {
    }

    private HttpdConf() {
    }

    /** @throws IOException if it cannot be read; files that it includes are passed over if they cannot */
    static HttpdConf read(Path file) throws IOException {
        HttpdConf conf = new HttpdConf();
        conf.serverRoot = usualServerRoot(file.toAbsolutePath().getParent());
        conf.take(file, new ArrayDeque<>(), 0);
        return conf;
    }

    /** Until ServerRoot says otherwise: /etc/httpd for /etc/httpd/conf/httpd.conf, /etc/apache2 for /etc/apache2/apache2.conf. */
    private static Path usualServerRoot(Path directory) {
        return directory.endsWith("conf") && directory.getParent() != null ? directory.getParent() : directory;
    }

    static HttpdConf parse(String file, List<String> lines) {
        HttpdConf conf = new HttpdConf();
        conf.serverRoot = Path.of("");
        conf.take(file, lines, new ArrayDeque<>(), 0);
        return conf;
    }

    // ---- what it says

    Optional<Setting> workersFile() {
        return Optional.ofNullable(workersFile);
    }

    /** Where {@link #workersFile} is. */
    Optional<Path> workersPath() {
        return workersFile().filter(Setting::isKnown).map(setting -> serverRoot.resolve(setting.value()));
    }

    /** Lines of workers.properties that stand in here, as values. */
    List<Setting> workerProperties() {
        return workerProperties;
    }

    List<Setting> mounts() {
        return mounts;
    }

    /** Request attributes that are sent to Tomcat, by their names there: JkEnvVar, and SetEnv AJP_... */
    List<Setting> forwardedAttributes() {
        return forwardedAttributes;
    }

    /** Where httpd asks who the user is. */
    Optional<Setting> authentication() {
        return Optional.ofNullable(authentication);
    }

    /** Processes and threads, or nothing if they cannot be told from here. */
    Optional<ProcessPool> processPool() {
        return mpm == null ? Optional.empty() : ProcessPool.of(mpm, processes);
    }

    List<Backend> backends() {
        return members.stream().map(this::backend).toList();
    }

    private Backend backend(Member member) {
        Map<String, Setting> parameters = new LinkedHashMap<>(member.parameters());
        Setting size = bufferSizes.getOrDefault(member.virtualHost(), bufferSizes.get(""));
        if (size != null) {
            parameters.putIfAbsent(size.name(), size);
        }
        return new Backend(FrontEnd.MOD_PROXY_AJP, member.url(), member.host(), member.port(), member.line(), parameters,
                member.balancer());
    }

    // ---- reading

    private void take(Path file, Deque<Section> sections, int depth) throws IOException {
        take(file.toString(), Files.readAllLines(file, StandardCharsets.ISO_8859_1), sections, depth);
    }

    private void take(String file, List<String> lines, Deque<Section> sections, int depth) {
        StringBuilder joined = new StringBuilder();
        int begin = 1;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (joined.isEmpty()) {
                begin = i + 1;
            }
            if (line.endsWith("\\")) {
                joined.append(line, 0, line.length() - 1);
            } else {
                take(new Setting("", joined.append(line).toString().trim(), file, begin), sections, depth);
                joined.setLength(0);
            }
        }
    }

    private void take(Setting line, Deque<Section> sections, int depth) {
        String text = line.value();
        if (text.isEmpty() || text.startsWith("#")) {
            return;
        }
        if (text.startsWith("</")) {
            sections.pollLast();
            return;
        }
        List<String> words = words(text.startsWith("<") ? text.substring(1).replaceFirst(">\\s*$", "") : text);
        if (words.isEmpty()) {
            return;
        }
        String name = words.get(0).toLowerCase(Locale.ROOT);
        List<String> arguments = words.subList(1, words.size());
        if (text.startsWith("<")) {
            sections.addLast(new Section(name, arguments.isEmpty() ? "" : arguments.get(0), holds(name, arguments)));
        } else if (sections.stream().allMatch(Section::holds)) {
            directive(name, arguments, line, sections, depth);
        }
    }

    private List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            words.add(filledIn(word.group(1) != null ? word.group(1) : word.group(2) != null ? word.group(2) : word.group(3)));
        }
        return words;
    }

    private String filledIn(String word) {
        return VARIABLE.matcher(word).replaceAll(variable ->
                Matcher.quoteReplacement(variables.getOrDefault(variable.group(1), variable.group())));
    }

    private boolean holds(String section, List<String> arguments) {
        if (!section.equals("ifmodule") || arguments.isEmpty()) {
            return true;
        }
        boolean negated = arguments.get(0).startsWith("!");
        Matcher about = MPM_MODULE.matcher(arguments.get(0).substring(negated ? 1 : 0));
        if (!about.matches()) {
            return true;
        }
        String named = about.group(1) != null ? about.group(1) : about.group(3);
        return named.equals(mpm) != negated;
    }

    private void directive(String name, List<String> arguments, Setting line, Deque<Section> sections, int depth) {
        if (arguments.isEmpty()) {
            return;
        }
        String first = arguments.get(0);
        String last = arguments.get(arguments.size() - 1);
        switch (name) {
            case "serverroot" -> serverRoot = serverRoot.resolve(first);
            case "define" -> variables.put(first, arguments.size() > 1 ? arguments.get(1) : "");
            case "include", "includeoptional" -> include(first, sections, depth);
            case "loadmodule" -> {
                Matcher loaded = MPM_MODULE.matcher(first);
                if (loaded.matches()) {
                    mpm = loaded.group(1);
                }
            }
            case "serverlimit", "maxrequestworkers", "maxclients", "threadsperchild" -> processes.put(
                    name.equals("maxclients") ? "maxrequestworkers" : name, setting(line, name, first));
            case "jkworkersfile" -> workersFile = setting(line, "JkWorkersFile", first);
            case "jkworkerproperty" -> workerProperties.add(setting(line, "JkWorkerProperty", String.join(" ", arguments)));
            case "jkmount" -> mounts.add(setting(line, arguments.size() > 1 ? first : argumentOf("location", sections), last));
            case "jkenvvar" -> forwardedAttributes.add(setting(line, "JkEnvVar", first));
            case "setenv" -> {
                if (first.startsWith("AJP_")) {
                    forwardedAttributes.add(setting(line, "SetEnv", first.substring("AJP_".length())));
                }
            }
            case "authtype" -> authentication = first.equalsIgnoreCase("none") ? authentication : setting(line, "AuthType", first);
            case "proxyiobuffersize" -> bufferSizes.put(argumentOf("virtualhost", sections), setting(line, "ProxyIOBufferSize", first));
            case "proxypass", "proxypassmatch", "balancermember" -> proxy(name, arguments, line, sections);
            default -> {
                // nothing that AJP depends on
            }
        }
    }

    private static Setting setting(Setting line, String name, String value) {
        return new Setting(name, value, line.file(), line.line());
    }

    private static String argumentOf(String section, Deque<Section> sections) {
        return sections.stream().filter(each -> each.name().equals(section)).map(Section::argument).findFirst().orElse("");
    }

    private void include(String pattern, Deque<Section> sections, int depth) {
        if (depth >= INCLUDES_DEEP) {
            return;
        }
        for (Path file : matching(serverRoot.resolve(pattern))) {
            try {
                take(file, sections, depth + 1);
            } catch (IOException e) {
                // A file that we may not read: what it says stays unknown.
            }
        }
    }

    /** Wildcards in the last step only; a directory stands for all its files. */
    private static List<Path> matching(Path pattern) {
        if (Files.isRegularFile(pattern)) {
            return List.of(pattern);
        }
        Path directory = Files.isDirectory(pattern) ? pattern : pattern.getParent();
        String glob = Files.isDirectory(pattern) ? "*" : String.valueOf(pattern.getFileName());
        if (directory == null || !Files.isDirectory(directory)) {
            return List.of();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
            return StreamSupport.stream(files.spliterator(), false).filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private void proxy(String name, List<String> arguments, Setting line, Deque<Section> sections) {
        int at = 0;
        while (at < arguments.size() && !arguments.get(at).contains("ajp://")) {
            at++;
        }
        if (at == arguments.size()) {
            return;
        }
        String url = arguments.get(at);
        if (url.startsWith("unix:")) {
            return;
        }
        Optional<URI> address = address(url);
        Map<String, Setting> parameters = new LinkedHashMap<>();
        for (String parameter : arguments.subList(at + 1, arguments.size())) {
            int equals = parameter.indexOf('=');
            if (equals > 0) {
                String key = parameter.substring(0, equals).toLowerCase(Locale.ROOT);
                parameters.put(key, setting(line, key, parameter.substring(equals + 1)));
            }
        }
        String balancer = name.equals("balancermember") ? (at > 0 ? arguments.get(0) : argumentOf("proxy", sections)) : null;
        members.add(new Member(url, address.map(URI::getHost).orElse(url), address.map(HttpdConf::port).orElse(0),
                argumentOf("virtualhost", sections), parameters, balancer, line));
    }

    private static Optional<URI> address(String url) {
        try {
            URI uri = new URI(url.replaceFirst("\\$.*", ""));
            return uri.getHost() == null ? Optional.empty() : Optional.of(uri);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static int port(URI uri) {
        return uri.getPort() < 0 ? AJP_PORT : uri.getPort();
    }
}
