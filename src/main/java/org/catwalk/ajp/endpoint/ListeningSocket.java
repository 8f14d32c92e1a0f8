package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

import org.apache.tomcat.util.net.SocketProperties;

/**
 * The socket that web servers connect to: TCP, a unix domain socket, or one inherited from the process's parent. Whoever
 * waits for a connection can be woken without one, so that nobody has to connect to himself for that.
 */
final class ListeningSocket {

    private final ServerSocketChannel channel;
    private final Path unixPath;
    private final boolean inherited;
    private final Selector selector;

    private ListeningSocket(ServerSocketChannel channel, Path unixPath, boolean inherited) throws IOException {
        this.channel = channel;
        this.unixPath = unixPath;
        this.inherited = inherited;
        selector = Selector.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_ACCEPT);
    }

    static ListeningSocket tcp(InetSocketAddress address, int backlog, SocketProperties properties) throws IOException {
        ServerSocketChannel ch = ServerSocketChannel.open();
        try {
            properties.setProperties(ch.socket());
            ch.bind(address, backlog);
            return new ListeningSocket(ch, null, false);
        } catch (IOException | RuntimeException e) {
            ch.close();
            throw e;
        }
    }

    /**
     * @param permissions such as {@code rw-rw----}, or null to leave what the umask gives
     */
    static ListeningSocket unix(Path path, String permissions, int backlog) throws IOException {
        removeStale(path);
        ServerSocketChannel ch = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            ch.bind(UnixDomainSocketAddress.of(path), backlog);
            if (permissions != null) {
                PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
                if (view != null) {
                    view.setPermissions(PosixFilePermissions.fromString(permissions));
                }
            }
            return new ListeningSocket(ch, path, false);
        } catch (IOException | RuntimeException e) {
            ch.close();
            throw e;
        }
    }

    static ListeningSocket inherited() throws IOException {
        Channel ch = System.inheritedChannel();
        if (ch instanceof ServerSocketChannel) {
            return new ListeningSocket((ServerSocketChannel) ch, null, true);
        }
        throw new IllegalArgumentException(
                "useInheritedChannel=\"true\", but the process has no listening socket from its parent");
    }

    /** A socket file that nobody listens on is what a killed process leaves behind; one in use is left alone. */
    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        if (Files.isRegularFile(path) || Files.isDirectory(path)) {
            throw new IOException("unixDomainSocketPath " + path + " exists and is no socket");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException nobodyListens) {
            Files.deleteIfExists(path);
            return;
        }
        throw new IOException("unixDomainSocketPath " + path + " is in use by another process");
    }

    /**
     * Waits for a connection.
     *
     * @return null after {@link #wakeup()}
     */
    SocketChannel accept() throws IOException {
        try {
            SocketChannel accepted = channel.accept();
            if (accepted != null) {
                return accepted;
            }
            selector.select(key -> { });
            return channel.accept();
        } catch (ClosedSelectorException e) {
            throw new ClosedChannelException();
        }
    }

    /** @return a connection that waits in the backlog, null if none does. */
    SocketChannel acceptNow() throws IOException {
        return channel.accept();
    }

    void wakeup() {
        selector.wakeup();
    }

    /** @return whether another socket can take this one's place later. */
    boolean canReopen() {
        return !inherited;
    }

    InetSocketAddress localAddress() throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress
                ? (InetSocketAddress) channel.getLocalAddress() : null;
    }

    void close() throws IOException {
        if (inherited) {
            // Registered no longer, so that a start after this stop can register it again.
            selector.close();
            return;
        }
        try {
            channel.close();
            // Until the selector lets go of it, the port is not free.
            selector.close();
        } finally {
            if (unixPath != null) {
                Files.deleteIfExists(unixPath);
            }
        }
    }
}
