package org.catwalk.ajp;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.catalina.connector.Connector;

/** Every attribute that our connector accepts, each with its default as text; "none" if it is unset or is not shown. */
public final class OurAttributesProbe implements Supplier<Map<String, String>> {

    @Override
    public Map<String, String> get() {
        try {
            Map<String, String> defaults = new TreeMap<>();
            Connector connector = new Connector(AttributeProbe.OURS);
            for (String name : AttributeProbe.attributes(AttributeProbe.OURS).keySet()) {
                defaults.put(name, text(AttributeProbe.read(connector, name)));
            }
            for (String name : AttributesWithoutEffect.names()) {
                defaults.put(name, text(AttributeProbe.read(connector, name)));
            }
            return defaults;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Object value) {
        return value == null ? "none" : value.toString();
    }
}
