package org.catwalk.ajp;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** Which release of the connector this is. */
final class ConnectorVersion {

    private static final String RESOURCE = "version.properties";

    private ConnectorVersion() {
    }

    /** As the build wrote it down, such as "0.1.0"; "unknown" if somebody repacked the jar without it. */
    static String get() {
        Properties properties = new Properties();
        try (InputStream in = ConnectorVersion.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException unreadable) {
            // Shown and nothing else: no reason not to start.
            return "unknown";
        }
        return properties.getProperty("version", "unknown");
    }
}
