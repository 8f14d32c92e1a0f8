package org.catwalk.ajp.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the operator configured on the Connector, checked once and then never changed. Every request reads one snapshot.
 *
 * <p>Build it with {@link #builder()}: one setter per attribute, named as in server.xml. {@link Builder#build()} throws an
 * {@link IllegalArgumentException} that names the attribute, its value and what would be legal; a secret is never in a message.
 */
public final class AjpSettings {

    /** The smallest packet size of AJP 1.3 and the default, in bytes, header included. */
    public static final int MIN_PACKET_SIZE = 8192;
    /** The largest packet size, in bytes, header included. */
    public static final int MAX_PACKET_SIZE = 65536;
    /** No limit, no time-out. */
    public static final int UNLIMITED = -1;

    private static final long DEFAULT_WRITE_TIMEOUT_MILLIS = 60_000;

    private final Builder from;
    private final int packetSize;
    private final List<byte[]> secrets;
    private final Path secretFile;
    private final Pattern allowedRequestAttributesPattern;
    private final Set<String> allowedRequestAttributes;
    private final UnknownAttributes unknownAttributes;
    private final List<Cidr> allowedPeers;
    private final long connectionTimeoutMillis;
    private final long keepAliveTimeoutMillis;
    private final long writeTimeoutMillis;
    private final CpingMode cping;
    private final Set<GrammarRule> strict;
    private final List<String> warnings;

    private AjpSettings(Builder builder) {
        from = builder.copy();
        List<String> found = new ArrayList<>(from.warnings);
        packetSize = packetSize(from.packetSize, found);
        secrets = secrets(from);
        secretFile = secretFile(from.secretFile, found);
        requireSecret(from.secretRequired, secrets, secretFile);
        allowedRequestAttributesPattern = pattern(from.allowedRequestAttributesPattern);
        allowedRequestAttributes = Collections.unmodifiableSet(new TreeSet<>(list("allowedRequestAttributes", from.allowedRequestAttributes)));
        unknownAttributes = word("unknownAttributes", from.unknownAttributes, UnknownAttributes.class);
        allowedPeers = peers(from.allowedPeers);
        connectionTimeoutMillis = endless(from.connectionTimeout);
        keepAliveTimeoutMillis = from.keepAliveTimeout == null ? connectionTimeoutMillis : endless(from.keepAliveTimeout);
        writeTimeoutMillis = range("writeTimeout", from.writeTimeout(), 1, Integer.MAX_VALUE, "milliseconds");
        cping = word("cping", from.cping, CpingMode.class);
        strict = Collections.unmodifiableSet(GrammarRule.parse(from.strict));
        limit("maxConnectionsPerPeer", from.maxConnectionsPerPeer);
        limit("maxUnadmittedConnections", from.maxUnadmittedConnections);
        range("packetTimeout", from.packetTimeout, 1, Integer.MAX_VALUE, "milliseconds");
        range("bodyWindow", from.bodyWindow, 1, 64, "packets");
        range("drainTimeout", from.drainTimeout, 0, Integer.MAX_VALUE, "milliseconds");
        warnings = List.copyOf(found);
    }

    /** A builder with every default in place. Note that the defaults want a secret: {@code secretRequired} is true. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these settings. */
    public Builder toBuilder() {
        return from.copy();
    }

    /** Largest packet that is sent, in bytes, header included: 8192 to 65536. Inbound packets may be up to 65536 bytes whatever this says. */
    public int packetSize() {
        return packetSize;
    }

    /** Whether a flush of the application sends a flush packet to the web server. */
    public boolean ajpFlush() {
        return from.ajpFlush;
    }

    /** Whether Tomcat authenticates; if not, the user that the web server names is taken over. */
    public boolean tomcatAuthentication() {
        return from.tomcatAuthentication;
    }

    /** Whether the web server authenticates and Tomcat authorizes; implies that the user that the web server names is taken over. */
    public boolean tomcatAuthorization() {
        return from.tomcatAuthorization;
    }

    public boolean secretRequired() {
        return from.secretRequired;
    }

    /** The secrets of the attributes {@code secret} and {@code secrets}, in this order, as UTF-8; copies. Those of the file are not here. */
    public List<byte[]> secrets() {
        return secrets.stream().map(byte[]::clone).toList();
    }

    /** Where each of {@link #secrets()} is configured, such as {@code secret} or {@code secrets[2]}, counted from 1. */
    public List<String> secretSources() {
        boolean hasSecret = from.secret != null && !from.secret.isEmpty();
        List<String> sources = new ArrayList<>();
        for (int i = 0; i < secrets.size(); i++) {
            sources.add(hasSecret && i == 0 ? "secret" : "secrets[" + (hasSecret ? i : i + 1) + "]");
        }
        return sources;
    }

    /** The file with more secrets, absolute; it was readable and held at least one when the settings were built. */
    public Optional<Path> secretFile() {
        return Optional.ofNullable(secretFile);
    }

    /** Names of request attributes that may reach the application; null if none was given. */
    public Pattern allowedRequestAttributesPattern() {
        return allowedRequestAttributesPattern;
    }

    /** Plain names of request attributes that may reach the application, beside the pattern. */
    public Set<String> allowedRequestAttributes() {
        return allowedRequestAttributes;
    }

    public UnknownAttributes unknownAttributes() {
        return unknownAttributes;
    }

    /** The address blocks that may connect; empty means any. */
    public List<Cidr> allowedPeers() {
        return allowedPeers;
    }

    /** Connections that one address may have open; {@link #UNLIMITED} or at least 1. */
    public int maxConnectionsPerPeer() {
        return from.maxConnectionsPerPeer;
    }

    /** Connections that may be open without having sent a valid request; {@link #UNLIMITED} or at least 1. */
    public int maxUnadmittedConnections() {
        return from.maxUnadmittedConnections;
    }

    /** Request headers of one request; negative means no limit. */
    public int maxHeaderCount() {
        return from.maxHeaderCount;
    }

    /** Total time for one packet from its first byte, in milliseconds. */
    public long packetTimeoutMillis() {
        return from.packetTimeout;
    }

    /** Total time without progress of a write, in milliseconds: as {@code connectionTimeout} if that is finite, else 60 s. */
    public long writeTimeoutMillis() {
        return writeTimeoutMillis;
    }

    /** Time until the first packet of a connection begins, and for each wait for a body packet; -1 is endless. */
    public long connectionTimeoutMillis() {
        return connectionTimeoutMillis;
    }

    /** Time between two requests, -1 is endless; as {@code connectionTimeout} unless set. */
    public long keepAliveTimeoutMillis() {
        return keepAliveTimeoutMillis;
    }

    /** Packets of a request body that may be asked for ahead. */
    public int bodyWindow() {
        return from.bodyWindow;
    }

    public CpingMode cping() {
        return cping;
    }

    /** How long pause and stop keep answering on open connections, in milliseconds. */
    public long drainTimeoutMillis() {
        return from.drainTimeout;
    }

    /** The grammar rules that are on; cannot be changed. */
    public Set<GrammarRule> strict() {
        return strict;
    }

    /** What the operator should know about the configuration although it is legal; to be logged once at start. */
    public List<String> warnings() {
        return warnings;
    }

    /** The effective configuration, one line, without secrets. */
    @Override
    public String toString() {
        return "packetSize=" + packetSize + ", ajpFlush=" + from.ajpFlush + ", tomcatAuthentication=" + from.tomcatAuthentication
                + ", tomcatAuthorization=" + from.tomcatAuthorization + ", secretRequired=" + from.secretRequired
                + ", secrets=" + secrets.size() + " configured, secretFile=" + secretFile
                + ", allowedRequestAttributesPattern=" + allowedRequestAttributesPattern
                + ", allowedRequestAttributes=" + allowedRequestAttributes + ", unknownAttributes=" + lower(unknownAttributes)
                + ", allowedPeers=" + (allowedPeers.isEmpty() ? "any" : allowedPeers.toString())
                + ", maxConnectionsPerPeer=" + from.maxConnectionsPerPeer
                + ", maxUnadmittedConnections=" + from.maxUnadmittedConnections + ", maxHeaderCount=" + from.maxHeaderCount
                + ", connectionTimeout=" + connectionTimeoutMillis + ", keepAliveTimeout=" + keepAliveTimeoutMillis
                + ", packetTimeout=" + from.packetTimeout + ", writeTimeout=" + writeTimeoutMillis + ", bodyWindow=" + from.bodyWindow
                + ", cping=" + lower(cping) + ", drainTimeout=" + from.drainTimeout + ", strict=" + GrammarRule.format(strict);
    }

    // ---- what each attribute's text means

    private static int packetSize(int configured, List<String> warnings) {
        if (configured > MAX_PACKET_SIZE) {
            throw refused("packetSize", configured, MIN_PACKET_SIZE + " to " + MAX_PACKET_SIZE + " bytes, the same as max_packet_size in "
                    + "workers.properties or ProxyIOBufferSize in httpd.conf");
        }
        if (configured < MIN_PACKET_SIZE) {
            warnings.add("packetSize=\"" + configured + "\" on the AJP Connector was raised to " + MIN_PACKET_SIZE
                    + ", the smallest that AJP knows.");
            return MIN_PACKET_SIZE;
        }
        return configured;
    }

    private static List<byte[]> secrets(Builder from) {
        List<byte[]> secrets = new ArrayList<>();
        if (from.secret != null && !from.secret.isEmpty()) {
            secrets.add(secretBytes("secret", from.secret));
        }
        if (from.secrets != null && !from.secrets.isBlank()) {
            String[] entries = from.secrets.split(",", -1);
            for (int i = 0; i < entries.length; i++) {
                String entry = entries[i].strip();
                if (entry.isEmpty()) {
                    throw new IllegalArgumentException("secrets on the AJP Connector: entry " + (i + 1) + " of " + entries.length
                            + " is empty; expected secrets with commas between them (one that holds a comma goes into secret or secretFile)");
                }
                secrets.add(secretBytes("secrets, entry " + (i + 1) + ",", entry));
            }
        }
        return secrets;
    }

    private static byte[] secretBytes(String what, String secret) {
        if (secret.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            throw new IllegalArgumentException(what + " on the AJP Connector holds a control character, which no web server can send: "
                    + "expected printable text");
        }
        return secret.getBytes(StandardCharsets.UTF_8);
    }

    private static Path secretFile(String configured, List<String> warnings) {
        if (configured == null || configured.isBlank()) {
            return null;
        }
        // Relative to CATALINA_BASE, as every other file that server.xml names.
        Path path = Path.of(System.getProperty("catalina.base", "")).resolve(configured.strip()).toAbsolutePath().normalize();
        try {
            SecretFile.read(path).exposure().ifPresent(warnings::add);
        } catch (NoSuchFileException e) {
            throw refused("secretFile", configured, "a file with one secret a line; there is none at " + path, e);
        } catch (IOException e) {
            throw refused("secretFile", configured, "a readable file with one secret a line: " + e.getMessage(), e);
        }
        return path;
    }

    private static void requireSecret(boolean required, List<byte[]> secrets, Path secretFile) {
        if (required && secrets.isEmpty() && secretFile == null) {
            throw new IllegalArgumentException("The AJP Connector has secretRequired=\"true\" (the default) but no secret: set secret, "
                    + "secrets or secretFile here and the same secret in workers.properties (worker.NAME.secret=...) or on ProxyPass "
                    + "(secret=...), or say secretRequired=\"false\" if only trusted peers can connect.");
        }
    }

    private static Pattern pattern(String configured) {
        if (configured == null || configured.isEmpty()) {
            return null;
        }
        try {
            return Pattern.compile(configured);
        } catch (PatternSyntaxException e) {
            throw refused("allowedRequestAttributesPattern", configured, "a regular expression: " + e.getDescription() + " at index "
                    + e.getIndex(), e);
        }
    }

    private static List<Cidr> peers(String configured) {
        List<Cidr> peers = new ArrayList<>();
        for (String entry : list("allowedPeers", configured)) {
            try {
                peers.add(Cidr.parse(entry));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("allowedPeers=\"" + configured + "\" on the AJP Connector: " + e.getMessage() + ".", e);
            }
        }
        return List.copyOf(peers);
    }

    private static List<String> list(String attribute, String configured) {
        if (configured == null || configured.isBlank()) {
            return List.of();
        }
        List<String> entries = Stream.of(configured.split(",", -1)).map(String::strip).toList();
        if (entries.contains("")) {
            throw refused(attribute, configured, "entries with commas between them; entry " + (entries.indexOf("") + 1) + " is empty");
        }
        return entries;
    }

    private static <E extends Enum<E>> E word(String attribute, String configured, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (configured != null && lower(constant).equals(configured.strip().toLowerCase(Locale.ROOT))) {
                return constant;
            }
        }
        throw refused(attribute, configured,
                Stream.of(type.getEnumConstants()).map(AjpSettings::lower).collect(Collectors.joining(" or ")));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Tomcat takes zero and all negative time-outs for "endless". */
    private static long endless(long millis) {
        return millis <= 0 ? UNLIMITED : millis;
    }

    private static long range(String attribute, long value, long min, long max, String unit) {
        if (value < min || value > max) {
            throw refused(attribute, value, min + " to " + max + " " + unit);
        }
        return value;
    }

    private static void limit(String attribute, int value) {
        if (value != UNLIMITED) {
            range(attribute, value, 1, Integer.MAX_VALUE, "connections, or -1 for no limit");
        }
    }

    private static IllegalArgumentException refused(String attribute, Object value, String expected) {
        return refused(attribute, value, expected, null);
    }

    private static IllegalArgumentException refused(String attribute, Object value, String expected, Exception cause) {
        return new IllegalArgumentException(attribute + "=\"" + value + "\" on the AJP Connector: expected " + expected + ".", cause);
    }

    /** Collects the attributes as server.xml has them, and shows all of them but the secrets. Not thread-safe. */
    public static final class Builder {

        private int packetSize = MIN_PACKET_SIZE;
        private boolean ajpFlush = true;
        private boolean tomcatAuthentication = true;
        private boolean tomcatAuthorization;
        private boolean secretRequired = true;
        private String secret;
        private String secrets;
        private String secretFile;
        private String allowedRequestAttributesPattern;
        private String allowedRequestAttributes;
        private String unknownAttributes = "reject";
        private String allowedPeers;
        private int maxConnectionsPerPeer = UNLIMITED;
        private int maxUnadmittedConnections = 1024;
        private int maxHeaderCount = 100;
        private long packetTimeout = 20_000;
        private Long writeTimeout;
        private long connectionTimeout = UNLIMITED;
        private Long keepAliveTimeout;
        private int bodyWindow = 8;
        private String cping = "alive";
        private long drainTimeout = 5_000;
        private String strict = "all";
        private final Set<String> warnings = new TreeSet<>();

        private Builder() {
        }

        /** Bytes; smaller than 8192 is raised to it, larger than 65536 refused. */
        public Builder packetSize(int bytes) {
            packetSize = bytes;
            return this;
        }

        public Builder ajpFlush(boolean on) {
            ajpFlush = on;
            return this;
        }

        public Builder tomcatAuthentication(boolean on) {
            tomcatAuthentication = on;
            return this;
        }

        public Builder tomcatAuthorization(boolean on) {
            tomcatAuthorization = on;
            return this;
        }

        public Builder secretRequired(boolean on) {
            secretRequired = on;
            return this;
        }

        /** One secret; null or empty means none, as in the stock connector. */
        public Builder secret(String text) {
            secret = text;
            return this;
        }

        /** The name that {@code secret} once had: taken for it, with a warning. */
        public Builder requiredSecret(String text) {
            warnings.add("requiredSecret on the AJP Connector is the old name of secret: rename it.");
            return secret(text);
        }

        /** Further secrets, commas between them. */
        public Builder secrets(String list) {
            secrets = list;
            return this;
        }

        /** A file with further secrets, relative to CATALINA_BASE. */
        public Builder secretFile(String path) {
            secretFile = path;
            return this;
        }

        public Builder allowedRequestAttributesPattern(String regex) {
            allowedRequestAttributesPattern = regex;
            return this;
        }

        /** Plain names, commas between them. */
        public Builder allowedRequestAttributes(String names) {
            allowedRequestAttributes = names;
            return this;
        }

        /** {@code reject}, {@code ignore} or {@code log}. */
        public Builder unknownAttributes(String word) {
            unknownAttributes = word;
            return this;
        }

        /** Address blocks, commas between them; null or blank means any. */
        public Builder allowedPeers(String list) {
            allowedPeers = list;
            return this;
        }

        public Builder maxConnectionsPerPeer(int connections) {
            maxConnectionsPerPeer = connections;
            return this;
        }

        public Builder maxUnadmittedConnections(int connections) {
            maxUnadmittedConnections = connections;
            return this;
        }

        public Builder maxHeaderCount(int headers) {
            maxHeaderCount = headers;
            return this;
        }

        /** Milliseconds, at least 1: half a packet never waits for ever. */
        public Builder packetTimeout(long millis) {
            packetTimeout = millis;
            return this;
        }

        /** Milliseconds, at least 1. */
        public Builder writeTimeout(long millis) {
            writeTimeout = millis;
            return this;
        }

        /** Milliseconds; zero and less are endless. */
        public Builder connectionTimeout(long millis) {
            connectionTimeout = millis;
            return this;
        }

        /** Milliseconds; zero and less are endless. */
        public Builder keepAliveTimeout(long millis) {
            keepAliveTimeout = millis;
            return this;
        }

        /** Packets, 1 to 64. */
        public Builder bodyWindow(int packets) {
            bodyWindow = packets;
            return this;
        }

        /** {@code alive} or {@code ready}. */
        public Builder cping(String word) {
            cping = word;
            return this;
        }

        /** Milliseconds; zero closes at once. */
        public Builder drainTimeout(long millis) {
            drainTimeout = millis;
            return this;
        }

        /** See {@link GrammarRule}. */
        public Builder strict(String text) {
            strict = text;
            return this;
        }

        /**
         * Checks everything and makes the snapshot.
         *
         * @throws IllegalArgumentException naming attribute, value and what is legal
         */
        public AjpSettings build() {
            return new AjpSettings(this);
        }

        // ---- what is configured now, not checked yet

        public int packetSize() {
            return packetSize;
        }

        public boolean ajpFlush() {
            return ajpFlush;
        }

        public boolean tomcatAuthentication() {
            return tomcatAuthentication;
        }

        public boolean tomcatAuthorization() {
            return tomcatAuthorization;
        }

        public boolean secretRequired() {
            return secretRequired;
        }

        public String secretFile() {
            return secretFile;
        }

        public String allowedRequestAttributesPattern() {
            return allowedRequestAttributesPattern;
        }

        public String allowedRequestAttributes() {
            return allowedRequestAttributes;
        }

        public String unknownAttributes() {
            return unknownAttributes;
        }

        public String allowedPeers() {
            return allowedPeers;
        }

        public int maxConnectionsPerPeer() {
            return maxConnectionsPerPeer;
        }

        public int maxUnadmittedConnections() {
            return maxUnadmittedConnections;
        }

        public long packetTimeout() {
            return packetTimeout;
        }

        /** As {@code connectionTimeout} if that is finite, else 60 s, unless it was set. */
        public long writeTimeout() {
            if (writeTimeout != null) {
                return writeTimeout;
            }
            return connectionTimeout > 0 ? connectionTimeout : DEFAULT_WRITE_TIMEOUT_MILLIS;
        }

        public int bodyWindow() {
            return bodyWindow;
        }

        public String cping() {
            return cping;
        }

        public long drainTimeout() {
            return drainTimeout;
        }

        public String strict() {
            return strict;
        }

        private Builder copy() {
            Builder copy = new Builder();
            copy.packetSize = packetSize;
            copy.ajpFlush = ajpFlush;
            copy.tomcatAuthentication = tomcatAuthentication;
            copy.tomcatAuthorization = tomcatAuthorization;
            copy.secretRequired = secretRequired;
            copy.secret = secret;
            copy.secrets = secrets;
            copy.secretFile = secretFile;
            copy.allowedRequestAttributesPattern = allowedRequestAttributesPattern;
            copy.allowedRequestAttributes = allowedRequestAttributes;
            copy.unknownAttributes = unknownAttributes;
            copy.allowedPeers = allowedPeers;
            copy.maxConnectionsPerPeer = maxConnectionsPerPeer;
            copy.maxUnadmittedConnections = maxUnadmittedConnections;
            copy.maxHeaderCount = maxHeaderCount;
            copy.packetTimeout = packetTimeout;
            copy.writeTimeout = writeTimeout;
            copy.connectionTimeout = connectionTimeout;
            copy.keepAliveTimeout = keepAliveTimeout;
            copy.bodyWindow = bodyWindow;
            copy.cping = cping;
            copy.drainTimeout = drainTimeout;
            copy.strict = strict;
            copy.warnings.addAll(warnings);
            return copy;
        }
    }
}
