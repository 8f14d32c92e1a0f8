package org.catwalk.ajp.tool.doctor;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/** The connectors and routes of a server.xml. Nothing outside of the file is fetched; properties ({@code ${...}}) stay unknown. */
final class ServerXml {

    /**
     * An element.
     *
     * @param name such as Connector
     * @param line where it begins, from 1
     * @param attributes by name, each with the line on which it stands
     */
    record Element(String name, int line, Map<String, Setting> attributes) {

        Optional<Setting> get(String attribute) {
            return Optional.ofNullable(attributes.get(attribute));
        }

        /** @return nothing if it is absent, unknown or no number */
        OptionalInt number(String attribute) {
            Setting setting = attributes.get(attribute);
            return setting == null || !setting.isKnown() ? OptionalInt.empty() : setting.number();
        }
    }

    private final String file;
    private final List<AjpConnector> connectors = new ArrayList<>();
    private final List<Element> others = new ArrayList<>();

    private ServerXml(String file) {
        this.file = file;
    }

    /** @throws IOException if it cannot be read or is not well formed; says where */
    static ServerXml read(Path path) throws IOException {
        return parse(path.toString(), text(Files.readAllBytes(path)));
    }

    /** As UTF-8, with or without a mark in front; whatever else it is, what is looked for is ASCII. */
    private static String text(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            text = new String(bytes, StandardCharsets.ISO_8859_1);
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    static ServerXml parse(String file, String text) throws IOException {
        Reader reader = new Reader(file, text);
        try {
            SAXParserFactory factory = SAXParserFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            factory.newSAXParser().parse(new InputSource(new StringReader(text)), reader);
        } catch (SAXParseException e) {
            throw new IOException(file + ", line " + e.getLineNumber() + " is no well-formed XML: " + e.getMessage(), e);
        } catch (SAXException | ParserConfigurationException e) {
            throw new IOException(file + " cannot be read as XML: " + e.getMessage(), e);
        }
        return reader.result();
    }

    String file() {
        return file;
    }

    /** Connectors that speak AJP, whichever class does it. */
    List<AjpConnector> ajpConnectors() {
        return List.copyOf(connectors);
    }

    /** The connector with that port that speaks something else. */
    Optional<Element> otherConnectorAt(int port) {
        return others.stream().filter(each -> each.number("port").orElse(-1) == port).findFirst();
    }

    /** One pass; a connector learns of its executor and engine only at the end of its Service. */
    private static final class Reader extends DefaultHandler {

        private final ServerXml result;
        private final String text;
        private Locator locator;
        private Element server;
        private Element engine;
        private final List<Element> inService = new ArrayList<>();
        private final Map<String, Element> executors = new LinkedHashMap<>();

        Reader(String file, String text) {
            this.result = new ServerXml(file);
            this.text = text;
        }

        ServerXml result() {
            return result;
        }

        @Override
        public void setDocumentLocator(Locator locator) {
            this.locator = locator;
        }

        /** Whatever stands outside of the file is nothing to us. */
        @Override
        public InputSource resolveEntity(String publicId, String systemId) {
            return new InputSource(new StringReader(""));
        }

        @Override
        public void startElement(String uri, String localName, String name, Attributes attributes) {
            switch (name) {
                case "Server" -> server = element(name, attributes);
                case "Engine" -> engine = element(name, attributes);
                case "Connector" -> inService.add(element(name, attributes));
                case "Executor" -> {
                    Element executor = element(name, attributes);
                    executor.get("name").ifPresent(key -> executors.put(key.value(), executor));
                }
                default -> {
                    // nothing that AJP depends on
                }
            }
        }

        private Element element(String name, Attributes attributes) {
            // The parser says where a tag ends; people look for where an attribute stands.
            int end = offsetOf(locator.getLineNumber(), locator.getColumnNumber());
            int start = Math.max(0, text.lastIndexOf("<" + name, end));
            Map<String, Setting> map = new LinkedHashMap<>();
            for (int i = 0; i < attributes.getLength(); i++) {
                String attribute = attributes.getQName(i);
                Matcher written = Pattern.compile("\\s" + Pattern.quote(attribute) + "\\s*=").matcher(text).region(start, end);
                int line = lineOf(written.find() ? written.start() + 1 : start);
                map.put(attribute, new Setting(attribute, attributes.getValue(i), result.file, line));
            }
            return new Element(name, lineOf(start), map);
        }

        private int offsetOf(int line, int column) {
            int offset = 0;
            for (int i = 1; i < line; i++) {
                offset = text.indexOf('\n', offset) + 1;
            }
            return Math.min(text.length(), offset + Math.max(0, column - 1));
        }

        private int lineOf(int offset) {
            return 1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
        }

        @Override
        public void endElement(String uri, String localName, String name) {
            if (name.equals("Service")) {
                inService.forEach(this::place);
                inService.clear();
                executors.clear();
                engine = null;
            }
        }

        private void place(Element connector) {
            if (speaksAjp(connector)) {
                int offset = server == null ? 0 : server.number("portOffset").orElse(0);
                Element executor = connector.get("executor").map(named -> executors.get(named.value())).orElse(null);
                result.connectors.add(new AjpConnector(result.file, connector, engine, executor, offset));
            } else {
                result.others.add(connector);
            }
        }

        private static boolean speaksAjp(Element connector) {
            return connector.get("protocol").map(Setting::value).orElse("").toLowerCase(Locale.ROOT).contains("ajp");
        }
    }
}
