package org.catwalk.it.harness;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One {@code <Connector>} in server.xml.
 *
 * @param name how tests refer to it; Tomcat does not see it
 * @param attributes in the order in which they are written
 */
public record ConnectorSpec(String name, Map<String, String> attributes) {

    /** An AJP connector of {@link Connector#underTest()}, on any free port of 127.0.0.1. */
    public static ConnectorSpec ajp(String name) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("protocol", Connector.underTest().protocol());
        attributes.put("address", "127.0.0.1");
        attributes.put("port", "0");
        return new ConnectorSpec(name, attributes);
    }

    /** A copy with one attribute set; null takes it away. */
    public ConnectorSpec with(String attribute, String value) {
        Map<String, String> changed = new LinkedHashMap<>(attributes);
        if (value == null) {
            changed.remove(attribute);
        } else {
            changed.put(attribute, value);
        }
        return new ConnectorSpec(name, changed);
    }

    public ConnectorSpec with(Map<String, String> more) {
        Map<String, String> changed = new LinkedHashMap<>(attributes);
        changed.putAll(more);
        return new ConnectorSpec(name, changed);
    }

    String xml() {
        StringBuilder xml = new StringBuilder("    <Connector");
        attributes.forEach((name, value) -> xml.append("\n        ").append(name).append("=\"").append(escape(value)).append('"'));
        return xml.append("/>\n").toString();
    }

    private static String escape(String value) {
        return value.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
