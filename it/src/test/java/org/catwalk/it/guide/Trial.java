package org.catwalk.it.guide;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.catwalk.it.harness.ConnectorSpec;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Blocks of one page that are put to work together. What has to be different on one machine without a system-wide installation is
 * replaced here, and nothing else: addresses and names of hosts by loopback, ports by free ones, files by those of the test.
 *
 * @param name the page's name and the trial's own
 */
record Trial(String name, List<Snippet> snippets, TrialFiles files) {

    /** Addresses for documentation, private ones, and names of hosts, as they stand in the pages. */
    private static final String HOSTS = "(?:(?:192\\.0\\.2|198\\.51\\.100|203\\.0\\.113|10\\.\\d+\\.\\d+|172\\.16\\.\\d+|192\\.168\\.\\d+)\\.\\d+|0\\.0\\.0\\.0"
            + "|(?:[\\w-]+\\.)+example(?:\\.\\w+)?|(?:[\\w-]+\\.)*example\\.(?:com|org|net))";
    private static final Pattern DIRECTIVE_WITH_FILE = Pattern.compile("(?m)^(\\s*)(JkWorkersFile|JkLogFile|JkShmFile|ErrorLog|CustomLog)\\s+\\S+(.*)$");
    private static final Pattern LOAD_MODULE = Pattern.compile("(?m)^\\s*LoadModule\\s+(\\w+)_module\\s+\\S+\\s*$");

    /** The connectors that its blocks have; their port is any, their address loopback. Keys are the ports as written. */
    Map<Integer, ConnectorSpec> connectors() {
        Map<Integer, ConnectorSpec> specs = new LinkedHashMap<>();
        for (Element element : elements()) {
            Map<String, String> attributes = new LinkedHashMap<>();
            NamedNodeMap written = element.getAttributes();
            for (int i = 0; i < written.getLength(); i++) {
                attributes.put(written.item(i).getNodeName(), written.item(i).getNodeValue());
            }
            int port = Integer.parseInt(attributes.getOrDefault("port", "0"));
            specs.put(port, onThisMachine(new ConnectorSpec(name + " " + port, attributes)));
        }
        return specs;
    }

    private ConnectorSpec onThisMachine(ConnectorSpec spec) {
        Map<String, String> attributes = spec.attributes();
        ConnectorSpec changed = spec;
        if (attributes.containsKey("port")) {
            changed = changed.with("port", "0");
        }
        if (attributes.containsKey("address")) {
            changed = changed.with("address", "127.0.0.1");
        }
        if (attributes.containsKey("allowedPeers")) {
            changed = changed.with("allowedPeers", "127.0.0.1");
        }
        if (attributes.containsKey("secretFile")) {
            changed = changed.with("secretFile", files.secretFile().toString());
        }
        if (attributes.containsKey("unixDomainSocketPath")) {
            changed = changed.with("unixDomainSocketPath", files.socket(attributes.get("unixDomainSocketPath")).toString());
        }
        return changed;
    }

    private List<Element> elements() {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parse("<Service>" + text("connector") + "</Service>").getElementsByTagName("Connector");
        for (int i = 0; i < nodes.getLength(); i++) {
            found.add((Element) nodes.item(i));
        }
        return found;
    }

    private static Element parse(String xml) {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml))).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalArgumentException("Not XML: " + xml, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasHttpd() {
        return snippets.stream().anyMatch(snippet -> snippet.kind().equals("httpd"));
    }

    /** @param ports from a port as written to the one that is listened on */
    String workers(IntUnaryOperator ports) {
        String local = text("workers").replaceAll(HOSTS, "127.0.0.1").replaceAll("(?m)^(worker\\.[\\w-]+\\.host\\s*=).*$", "$1127.0.0.1");
        return replacePorts(local, Pattern.compile("(?m)^(worker\\.[\\w-]+\\.port\\s*=\\s*)(\\d+)"), ports);
    }

    /** @param ports as above; {@code own} is the text for the port that httpd listens on */
    String httpd(IntUnaryOperator ports, String own) {
        String local = text("httpd").replaceAll("(<VirtualHost )\\S+?(?::\\d+)?>", "$1127.0.0.1:" + own + ">").replaceAll("(?m)^\\s*Listen .*$", "");
        local = LOAD_MODULE.matcher(local).replaceAll("");
        Matcher file = DIRECTIVE_WITH_FILE.matcher(local);
        local = file.replaceAll(match -> match.group(1) + Matcher.quoteReplacement(TrialFiles.directive(match.group(2)) + match.group(3)));
        Matcher socket = Pattern.compile("unix:([^|]+)\\|").matcher(local);
        local = socket.replaceAll(match -> Matcher.quoteReplacement("unix:" + files.socket(match.group(1)) + "|"));
        local = local.replaceAll("(ajp://)[\\w.-]+", "$1127.0.0.1");
        return replacePorts(local, Pattern.compile("(ajp://127\\.0\\.0\\.1:)(\\d+)"), ports);
    }

    private static String replacePorts(String text, Pattern pattern, IntUnaryOperator ports) {
        return pattern.matcher(text).replaceAll(match -> match.group(1) + ports.applyAsInt(Integer.parseInt(match.group(2))));
    }

    /** The path to ask for, or null if no request is meant to pass. */
    String path() {
        String path = "/app/echo";
        for (Snippet snippet : snippets) {
            if (snippet.option().equals("no request")) {
                return null;
            }
            if (snippet.option().startsWith("get ")) {
                path = snippet.option().substring(4).strip();
            }
        }
        return path;
    }

    private String text(String kind) {
        return snippets.stream().filter(snippet -> snippet.kind().equals(kind)).map(Snippet::text).collect(Collectors.joining("\n"));
    }

    @Override
    public String toString() {
        return name;
    }
}
