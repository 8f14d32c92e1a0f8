package org.catwalk.ajp.tool.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Where a connector listens, as a user writes it.
 *
 * @param host name or address, without brackets
 * @param port 1..65535
 */
public record ServerAddress(String host, int port) {

    /** Where connectors listen by convention. */
    public static final int DEFAULT_PORT = 8009;

    /**
     * @param text {@code HOST}, {@code HOST:PORT}, {@code [IPV6]}, {@code [IPV6]:PORT} or {@code IPV6}
     * @return with {@link #DEFAULT_PORT} if there is no port
     * @throws IllegalArgumentException if it is none of these; the message is for the user
     */
    public static ServerAddress parse(String text) {
        int lastColon = text.lastIndexOf(':');
        if (text.startsWith("[")) {
            int bracket = text.indexOf(']');
            if (bracket < 0 || bracket + 1 < text.length() && bracket + 1 != lastColon) {
                throw expected(text);
            }
            return new ServerAddress(text.substring(1, bracket),
                    bracket + 1 == text.length() ? DEFAULT_PORT : port(text, text.substring(bracket + 2)));
        }
        boolean isBareIpv6 = lastColon != text.indexOf(':');
        if (lastColon < 0 || isBareIpv6) {
            return new ServerAddress(text, DEFAULT_PORT);
        }
        return new ServerAddress(text.substring(0, lastColon), port(text, text.substring(lastColon + 1)));
    }

    public ServerAddress {
        if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || c == '/')) {
            throw expected(host + ":" + port);
        }
    }

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // As for a number out of range.
        }
        throw expected(text);
    }

    private static IllegalArgumentException expected(String text) {
        return new IllegalArgumentException("expected HOST, HOST:PORT or [IPV6]:PORT with a port from 1 to 65535, found '" + text + "'");
    }

    /**
     * @return every address of the host, in the order of the system's resolver
     * @throws AjpFailure UNKNOWN_HOST
     */
    public List<InetSocketAddress> resolve() throws AjpFailure {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).map(address -> new InetSocketAddress(address, port)).toList();
        } catch (UnknownHostException e) {
            throw new AjpFailure(AjpFailure.Kind.UNKNOWN_HOST, "No address is known for the host name " + host
                    + ": look at its spelling, at /etc/hosts and at the name server", e);
        }
    }

    /** As it can be parsed again, with the port. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
