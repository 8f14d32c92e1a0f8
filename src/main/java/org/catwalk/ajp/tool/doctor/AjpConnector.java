package org.catwalk.ajp.tool.doctor;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * An AJP {@code <Connector>} of server.xml, with what Tomcat fills in where it says nothing.
 *
 * @param file the server.xml, as the operator called it
 * @param element the Connector
 * @param engine the Engine of its Service; null if there is none
 * @param executor the Executor that it names; null if it has threads of its own
 * @param portOffset of the Server
 */
record AjpConnector(String file, ServerXml.Element element, ServerXml.Element engine, ServerXml.Element executor, int portOffset) {

    static final int DEFAULT_MAX_CONNECTIONS = 8192;
    static final int DEFAULT_MAX_THREADS = 200;
    static final int DEFAULT_PACKET_SIZE = 8192;

    boolean isCatwalk() {
        return element.get("protocol").map(Setting::value).orElse("").startsWith("org.catwalk.");
    }

    /** The port that it listens on; nothing if it is unknown or left to the system. */
    OptionalInt port() {
        OptionalInt said = element.number("port");
        if (said.isEmpty() || said.getAsInt() <= 0) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(said.getAsInt() + portOffset + element.number("portOffset").orElse(0));
    }

    Optional<Setting> get(String attribute) {
        return element.get(attribute);
    }

    /** The attribute, or the other value if it is not there; nothing if it is there and unknown. */
    OptionalInt number(String attribute, int otherwise) {
        return element.get(attribute).isPresent() ? element.number(attribute) : OptionalInt.of(otherwise);
    }

    /** In bytes. Smaller values than 8192 are raised by Tomcat. */
    OptionalInt packetSize() {
        OptionalInt said = number("packetSize", DEFAULT_PACKET_SIZE);
        return said.isEmpty() ? said : OptionalInt.of(Math.max(said.getAsInt(), DEFAULT_PACKET_SIZE));
    }

    OptionalInt maxConnections() {
        return number("maxConnections", DEFAULT_MAX_CONNECTIONS);
    }

    OptionalInt maxThreads() {
        if (executor != null) {
            return executor.get("maxThreads").isPresent() ? executor.number("maxThreads") : OptionalInt.of(DEFAULT_MAX_THREADS);
        }
        return number("maxThreads", DEFAULT_MAX_THREADS);
    }

    /** How long an idle connection stays open, in milliseconds; -1 for ever: Tomcat's default for AJP. */
    OptionalInt idleTimeoutMillis() {
        return element.get("keepAliveTimeout").isPresent() ? element.number("keepAliveTimeout") : number("connectionTimeout", -1);
    }

    /** The attribute to change for {@link #idleTimeoutMillis}. */
    String idleTimeoutAttribute() {
        return element.get("keepAliveTimeout").isPresent() || element.get("connectionTimeout").isEmpty() ? "keepAliveTimeout"
                : "connectionTimeout";
    }

    Optional<Setting> jvmRoute() {
        return engine == null ? Optional.empty() : engine.get("jvmRoute");
    }

    /** The attribute that brings secrets; {@code requiredSecret} is its old name. */
    Optional<Setting> secret() {
        return get("secret").or(() -> get("requiredSecret")).or(() -> get("secrets")).or(() -> get("secretFile"))
                .filter(setting -> !setting.value().isEmpty());
    }

    /** Whether Tomcat starts it without a secret. */
    boolean secretRequired() {
        return !get("secretRequired").map(Setting::value).orElse("true").equals("false");
    }

    /** The line to change, and what to write there. */
    String change(String attribute, String value) {
        String where = get(attribute).map(Setting::place).orElse(place());
        return where + ": " + attribute + "=\"" + value + "\" on <Connector port=\""
                + element.get("port").map(Setting::value).orElse("?") + "\">";
    }

    String place() {
        return file + ", line " + element.line();
    }

    @Override
    public String toString() {
        return "the AJP Connector (" + place() + ")";
    }
}
