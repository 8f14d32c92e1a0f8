package org.catwalk.ajp.compat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.Acceptor;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * The Tomcat that this connector finds itself in: one method for each thing that Tomcat versions do differently.
 *
 * <p>Everything is resolved when the class is initialised, which never fails; {@link #check()} then says whether the host will do. The
 * handles are static and final, so that the JIT compiler treats them as direct calls.
 */
public final class Tomcat {

    private static final String UNKNOWN = "unknown";
    private static final List<String> MISSING = new ArrayList<>();

    private static final MethodHandle MARK_REQUEST_START = required(
            HostMethods.markRequestStart(Request.class),
            MethodType.methodType(void.class, Request.class),
            "org.apache.coyote.Request.markStartTime()");
    private static final MethodHandle SET_METHOD = required(
            HostMethods.setMethod(Request.class),
            MethodType.methodType(void.class, Request.class, String.class),
            "org.apache.coyote.Request.setMethod(String)");
    private static final MethodHandle GET_METHOD = required(
            HostMethods.getMethod(Request.class),
            MethodType.methodType(String.class, Request.class),
            "org.apache.coyote.Request.getMethod()");
    private static final MethodHandle READ_LISTENER = required(
            HostMethods.getter(Request.class, "getReadListener"),
            MethodType.methodType(Object.class, Request.class),
            "org.apache.coyote.Request.getReadListener()");
    private static final MethodHandle WRITE_LISTENER = required(
            HostMethods.getter(Response.class, "getWriteListener"),
            MethodType.methodType(Object.class, Response.class),
            "org.apache.coyote.Response.getWriteListener()");
    private static final MethodHandle STOP_ACCEPTOR = required(
            stopAcceptor(),
            MethodType.methodType(void.class, Acceptor.class, int.class),
            "org.apache.tomcat.util.net.Acceptor.stopMillis(int)");
    private static final String SERVLET_PREFIX = findServletPrefix();
    private static final MethodHandle SERVLET_CONNECTION = findServletConnection();
    private static final TlsAttributeNames TLS_ATTRIBUTES = findTlsAttributes();
    private static final Optional<String> JAR_VERSION = findJarVersion();
    private static final String SHOWN_VERSION = JAR_VERSION.orElseGet(Tomcat::findShownVersion);

    static {
        noteWhatIsMissing();
    }

    private Tomcat() {}

    /** The host's version as it names itself, such as "11.0.24"; "unknown" if it does not tell. */
    public static String version() {
        return SHOWN_VERSION;
    }

    /** True if {@link #check()} would pass. */
    public static boolean isSupported() {
        return problem().isEmpty();
    }

    /**
     * Refuses a host that the connector cannot run in. To be called once, before the connector opens its port.
     *
     * @throws UnsupportedTomcatException with the version found, what is missing in it, and the versions supported
     */
    public static void check() {
        problem().ifPresent(problem -> {
            throw new UnsupportedTomcatException(problem);
        });
    }

    /** One line for the log if the host has all that is needed but is older or newer than what the connector is tested with. */
    public static Optional<String> warning() {
        return isSupported() ? warning(JAR_VERSION) : Optional.empty();
    }

    static Optional<String> warning(Optional<String> jarVersion) {
        if (jarVersion.flatMap(TomcatVersion::parse).filter(version -> !version.isTested()).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("Tomcat " + jarVersion.get() + " has everything that the AJP connector needs, but the connector is not tested with it. "
                + "Tested are " + supportedVersions() + ".");
    }

    /** Notes that the request begins now. Without it, the statistics count from the start of the machine. */
    public static void markRequestStart(Request request) {
        try {
            MARK_REQUEST_START.invokeExact(request);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** Sets the request method, such as "GET"; null clears it. */
    public static void setMethod(Request request, String method) {
        try {
            SET_METHOD.invokeExact(request, method);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** The request method, null if none was set. */
    public static String getMethod(Request request) {
        try {
            return (String) GET_METHOD.invokeExact(request);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** The application's {@code ReadListener} of whichever servlet API; null if it has registered none. */
    public static Object readListener(Request request) {
        try {
            return READ_LISTENER.invokeExact(request);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** The application's {@code WriteListener} of whichever servlet API; null if it has registered none. */
    public static Object writeListener(Response response) {
        try {
            return WRITE_LISTENER.invokeExact(response);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /**
     * The {@code jakarta.servlet.ServletConnection} of a connection: always the same object for the same connection.
     *
     * @param protocol             what {@code ServletConnection.getProtocol()} answers, "ajp" for us
     * @param protocolConnectionId what {@code getProtocolConnectionId()} answers; AJP has no such id: ""
     * @return null on Tomcat 9.0, whose servlet API has no such type
     */
    public static Object servletConnection(SocketWrapperBase<?> wrapper, String protocol, String protocolConnectionId) {
        try {
            return SERVLET_CONNECTION.invokeExact((SocketWrapperBase<?>) wrapper, protocol, protocolConnectionId);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /**
     * Tells the acceptor to stop.
     *
     * @param waitMillis how long to wait until it has; 0 or less for no wait. Hosts that know seconds only wait up to the next one.
     */
    public static void stopAcceptor(Acceptor<?> acceptor, int waitMillis) {
        try {
            STOP_ACCEPTOR.invokeExact((Acceptor<?>) acceptor, waitMillis);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    /** "javax.servlet." or "jakarta.servlet.", with the dot: how this host's servlet attribute and class names begin. */
    public static String servletAttributePrefix() {
        return SERVLET_PREFIX;
    }

    /** The names of the request attributes that describe the client's TLS connection. */
    public static TlsAttributeNames tlsAttributeNames() {
        return TLS_ATTRIBUTES;
    }

    static String supportedVersions() {
        List<String> lines = new ArrayList<>();
        for (TomcatVersion floor : TomcatVersion.FLOORS) {
            lines.add(floor.major() + "." + floor.minor() + " from " + floor);
        }
        return String.join(", ", lines);
    }

    private static Optional<String> problem() {
        return problem(JAR_VERSION, SHOWN_VERSION, MISSING);
    }

    static Optional<String> problem(Optional<String> jarVersion, String shownVersion, List<String> missing) {
        boolean strangeLine = jarVersion.flatMap(TomcatVersion::parse).filter(version -> !version.isOfSupportedLine()).isPresent();
        if (missing.isEmpty() && !strangeLine) {
            return Optional.empty();
        }
        return Optional.of("The AJP connector cannot run in this Tomcat: found version " + shownVersion + ", supported are "
                + supportedVersions() + "." + (missing.isEmpty() ? "" : " Missing here: " + String.join(", ", missing) + ".")
                + " Install a supported Tomcat, or set protocol=\"AJP/1.3\" on the Connector to use Tomcat's own.");
    }

    /**
     * What our other classes link to directly and only releases before the floors lack. Nobody would notice before a request needs it.
     */
    private static void noteWhatIsMissing() {
        if (HostMethods.getter(AbstractEndpoint.class, "getUseVirtualThreads") == null) {
            MISSING.add("org.apache.tomcat.util.net.AbstractEndpoint.getUseVirtualThreads()");
        }
        try {
            Class.forName("org.apache.coyote.BadRequestException", false, Request.class.getClassLoader());
        } catch (ClassNotFoundException absentHere) {
            MISSING.add("org.apache.coyote.BadRequestException");
        }
    }

    private static MethodHandle required(MethodHandle found, MethodType type, String missing) {
        if (found != null) {
            return found.asType(type);
        }
        MISSING.add(missing);
        // Nobody gets here after check(); whoever did not call it hears what is wrong instead of a NullPointerException.
        MethodHandle refuse = MethodHandles.throwException(type.returnType(), UnsupportedTomcatException.class)
                .bindTo(new UnsupportedTomcatException("This Tomcat has no " + missing + "; call Tomcat.check() first"));
        return MethodHandles.dropArguments(refuse, 0, type.parameterList());
    }

    private static MethodHandle stopAcceptor() {
        try {
            return HostMethods.stopAcceptor(Acceptor.class);
        } catch (NoClassDefFoundError beforeTomcat9) {
            return null;
        }
    }

    /** The listener's package is the servlet API that the host was compiled against, whatever else is on the class path. */
    private static String findServletPrefix() {
        try {
            return Request.class.getMethod("getReadListener").getReturnType().getPackageName() + ".";
        } catch (NoSuchMethodException alreadyNotedAsMissing) {
            return "jakarta.servlet.";
        }
    }

    private static MethodHandle findServletConnection() {
        MethodType type = MethodType.methodType(Object.class, SocketWrapperBase.class, String.class, String.class);
        MethodHandle found = HostMethods.servletConnection(SocketWrapperBase.class);
        boolean expected = SERVLET_PREFIX.startsWith("jakarta.");
        if (found == null && !expected) {
            return MethodHandles.empty(type);
        }
        return required(found, type, "org.apache.tomcat.util.net.SocketWrapperBase.getServletConnection(String, String)");
    }

    private static TlsAttributeNames findTlsAttributes() {
        String prefix = SERVLET_PREFIX + "request.";
        Set<String> protocol = new LinkedHashSet<>();
        tlsConstant("SECURE_PROTOCOL_KEY").ifPresent(protocol::add);
        tlsConstant("PROTOCOL_VERSION_KEY").ifPresent(protocol::add);
        if (protocol.isEmpty()) {
            protocol.add(prefix + "secure_protocol");
        }
        return new TlsAttributeNames(
                tlsConstant("CIPHER_SUITE_KEY").orElse(prefix + "cipher_suite"),
                tlsConstant("KEY_SIZE_KEY").orElse(prefix + "key_size"),
                tlsConstant("CERTIFICATE_KEY").orElse(prefix + "X509Certificate"),
                tlsConstant("SESSION_ID_KEY").orElse(prefix + "ssl_session_id"),
                List.copyOf(protocol));
    }

    /** Reads the constant from the host: named in the source, javac would copy the value of the version compiled against. */
    private static Optional<String> tlsConstant(String name) {
        try {
            Class<?> owner = Class.forName("org.apache.tomcat.util.net.SSLSupport", false, Request.class.getClassLoader());
            return Optional.of((String) owner.getField(name).get(null));
        } catch (ReflectiveOperationException | LinkageError | ClassCastException absentHere) {
            return Optional.empty();
        }
    }

    /**
     * What Tomcat's own jar says. Judged only if the jar is Tomcat's: in an application packed into one jar, the manifest is the
     * application's.
     */
    private static Optional<String> findJarVersion() {
        Package jar = Request.class.getPackage();
        boolean tomcats = jar.getImplementationTitle() != null && jar.getImplementationTitle().contains("Tomcat");
        return Optional.ofNullable(tomcats ? jar.getImplementationVersion() : null);
    }

    /** What ServerInfo.properties says, which operators overwrite to hide the version: good enough to be shown, not to be judged. */
    private static String findShownVersion() {
        try {
            Class<?> info = Class.forName("org.apache.catalina.util.ServerInfo", true, Request.class.getClassLoader());
            return Objects.requireNonNullElse((String) info.getMethod("getServerNumber").invoke(null), UNKNOWN);
        } catch (ReflectiveOperationException | LinkageError absentHere) {
            return UNKNOWN;
        }
    }

    /** None of the host's methods declares a checked exception. */
    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException runtime ? runtime : new UndeclaredThrowableException(thrown);
    }
}
