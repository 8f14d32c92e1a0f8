package org.catwalk.ajp;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.catwalk.ajp.hosts.LogCapture;

/**
 * Starts a Tomcat with our connector and answers what an operator sees: the connector's {@code state}; as {@code refused} why, one entry
 * for each root cause; as {@code log} the other lines from WARNING on.
 */
public final class StartProbe implements Supplier<Map<String, Object>> {

    @Override
    public Map<String, Object> get() {
        try (LogCapture log = LogCapture.of("org", Level.WARNING)) {
            Path base = Files.createTempDirectory("start-probe");
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(base.toString());
            tomcat.getHost();
            Connector connector = new Connector("org.catwalk.ajp.AjpProtocol");
            connector.setPort(0);
            connector.setProperty("secret", JmxProbe.SECRET);
            tomcat.getService().addConnector(connector);
            tomcat.start();
            String state = connector.getState().name();
            tomcat.stop();
            tomcat.destroy();
            Files.deleteIfExists(base);
            return Map.of("state", state, "refused", log.causes(), "log", withoutCause(log));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> withoutCause(LogCapture log) {
        List<String> lines = new ArrayList<>(log.lines());
        lines.removeIf(line -> line.startsWith("SEVERE"));
        return lines;
    }
}
