package org.catwalk.ajp.tool.doctor;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a web server was told about one Tomcat: a worker of mod_jk, or a ProxyPass or BalancerMember of mod_proxy_ajp.
 *
 * @param frontEnd which of the two
 * @param name the worker's name, or the URL
 * @param host as configured; a name or an address
 * @param port 1 to 65535, or 0 if it is not known
 * @param declared the line to name when a parameter is not there yet
 * @param parameters by the front end's own names, such as {@code max_packet_size} or {@code ProxyIOBufferSize}
 * @param balancer its balancer's name, or null
 */
record Backend(FrontEnd frontEnd, String name, String host, int port, Setting declared, Map<String, Setting> parameters, String balancer) {

    /** The smallest packet size and the default of both front ends, in bytes. */
    static final int DEFAULT_PACKET_SIZE = 8192;
    private static final int LARGEST_PACKET_SIZE = 65536;
    private static final int PACKET_SIZE_STEP = 1024;

    /** What both front ends have, by names of their own. */
    enum Parameter {
        SECRET(List.of("secret"), List.of("secret")),
        PACKET_SIZE(List.of("max_packet_size"), List.of("iobuffersize", "ProxyIOBufferSize")),
        POOL_SIZE(List.of("connection_pool_size", "cachesize"), List.of("max")),
        /** In seconds, both. */
        IDLE_TIMEOUT(List.of("connection_pool_timeout", "cache_timeout"), List.of("ttl")),
        PING(List.of("ping_mode", "connect_timeout", "prepost_timeout"), List.of("ping")),
        ROUTE(List.of("route", "jvm_route"), List.of("route"));

        private final List<String> inModJk;
        private final List<String> inModProxy;

        Parameter(List<String> inModJk, List<String> inModProxy) {
            this.inModJk = inModJk;
            this.inModProxy = inModProxy;
        }

        List<String> names(FrontEnd frontEnd) {
            return frontEnd == FrontEnd.MOD_JK ? inModJk : inModProxy;
        }
    }

    Optional<Setting> get(Parameter parameter) {
        return parameter.names(frontEnd).stream().map(parameters::get).filter(found -> found != null).findFirst();
    }

    /** @return nothing if it is not set or not known */
    OptionalInt number(Parameter parameter) {
        Optional<Setting> setting = get(parameter).filter(Setting::isKnown);
        return setting.isPresent() ? setting.get().number() : OptionalInt.empty();
    }

    /** The packet size in force, in bytes: both front ends round up to 1024 and stay between 8192 and 65536. */
    OptionalInt packetSize() {
        if (get(Parameter.PACKET_SIZE).isEmpty()) {
            return OptionalInt.of(DEFAULT_PACKET_SIZE);
        }
        OptionalInt said = number(Parameter.PACKET_SIZE);
        if (said.isEmpty()) {
            return said;
        }
        int rounded = (Math.max(0, said.getAsInt()) + PACKET_SIZE_STEP - 1) / PACKET_SIZE_STEP * PACKET_SIZE_STEP;
        return OptionalInt.of(Math.min(Math.max(rounded, DEFAULT_PACKET_SIZE), LARGEST_PACKET_SIZE));
    }

    /** What the front end writes behind the dot of a session id: mod_jk takes the worker's name unless told otherwise. */
    Optional<String> route() {
        Optional<Setting> said = get(Parameter.ROUTE);
        if (said.isPresent()) {
            return said.filter(Setting::isKnown).map(Setting::value);
        }
        return frontEnd == FrontEnd.MOD_JK ? Optional.of(name) : Optional.empty();
    }

    /** The line to write, and where: what is there is to be changed, what is not is to be added. */
    String change(Parameter parameter, String value) {
        Optional<Setting> there = get(parameter);
        String text = assignment(parameter, there.map(Setting::name), value);
        return there.map(Setting::place).orElse(declared.file() + ", with line " + declared.line()) + ": " + text;
    }

    private String assignment(Parameter parameter, Optional<String> named, String value) {
        if (frontEnd == FrontEnd.MOD_JK) {
            return "worker." + name + "." + named.map(full -> full.substring(full.lastIndexOf('.') + 1))
                    .orElse(parameter.inModJk.get(0)) + "=" + value;
        }
        if (parameter == Parameter.PACKET_SIZE && !named.orElse("").equals("iobuffersize")) {
            return "ProxyIOBufferSize " + value;
        }
        return parameter.inModProxy.get(0) + "=" + value + " behind \"" + name + "\"";
    }

    @Override
    public String toString() {
        return (frontEnd == FrontEnd.MOD_JK ? "worker " : "") + name + " (" + declared.place() + ")";
    }
}
