package org.catwalk.ajp;

import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.apache.catalina.startup.Catalina;
import org.catwalk.ajp.hosts.LogCapture;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Has Tomcat read a server.xml with one Connector that carries every attribute the stock connector accepts and those that some stock
 * connector has or had, and one with an attribute that nobody knows. Answers what Tomcat warns about, by {@code stock}, {@code ours} and
 * {@code mistake}.
 */
public final class ServerXmlProbe implements Supplier<Map<String, List<String>>> {

    private final Map<String, List<String>> warnings = new LinkedHashMap<>();

    @Override
    public Map<String, List<String>> get() {
        try {
            Map<String, String> attributes = new LinkedHashMap<>();
            new AttributeProbe().get().forEach((name, answer) -> attributes.put(name, (String) answer.get("value")));
            warnings.put("stock", warningsAbout(AttributeProbe.STOCK, attributes));
            AttributesWithoutEffect.names().forEach(name -> attributes.putIfAbsent(name, "1"));
            warnings.put("ours", warningsAbout(AttributeProbe.OURS, attributes));
            warnings.put("mistake", warningsAbout(AttributeProbe.OURS, Map.of("packetSise", "8192")));
            return warnings;
        } catch (IOException | SAXException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> warningsAbout(String protocol, Map<String, String> attributes) throws IOException, SAXException {
        StringBuilder xml = new StringBuilder("<Server port='-1'><Service name='Catalina'><Connector protocol='" + protocol + "'");
        attributes.forEach((name, value) -> xml.append(' ').append(name).append("='").append(value).append('\''));
        xml.append("/></Service></Server>");
        try (LogCapture log = LogCapture.of("org", Level.WARNING)) {
            new Reader().read(xml.toString());
            // About sslImplementationName Tomcat warns in other words, whatever the AJP connector.
            return log.lines().stream().filter(line -> line.contains("property")).toList();
        }
    }

    /** Gets at the rules by which Tomcat reads its server.xml. */
    private static final class Reader extends Catalina {

        void read(String xml) throws IOException, SAXException {
            var digester = createStartDigester();
            digester.push(this);
            digester.parse(new InputSource(new StringReader(xml)));
        }
    }
}
