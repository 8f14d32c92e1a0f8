package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

import org.apache.tomcat.util.net.SocketProperties;

/** The socket that web servers connect to: TCP, a unix domain socket, or one inherited from the process's parent. */
final class ListeningSocket {

    private final ServerSocketChannel channel;
    private final Path unixPath;
    private final boolean inherited;

    private ListeningSocket(ServerSocketChannel channel, Path unixPath, boolean inherited) {
        this.channel = channel;
        this.unixPath = unixPath;
        this.inherited = inherited;
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
        } catch (IOException refused) {
            Files.deleteIfExists(path);
            return;
        }
        throw new IOException("unixDomainSocketPath " + path + " is in use by another process");
    }

    SocketChannel accept() throws IOException {
        return channel.accept();
    }

    /** @return a connection that waits in the backlog, null if none does; afterwards this socket no longer blocks. */
    SocketChannel acceptNow() throws IOException {
        channel.configureBlocking(false);
        return channel.accept();
    }

    /** @return whether another socket can take this one's place later. */
    boolean canReopen() {
        return !inherited;
    }

    boolean isUnix() {
        return unixPath != null;
    }

    Path unixPath() {
        return unixPath;
    }

    InetSocketAddress localAddress() throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress
                ? (InetSocketAddress) channel.getLocalAddress() : null;
    }

    void close() throws IOException {
        if (inherited) {
            return;
        }
        try {
            channel.close();
        } finally {
            if (unixPath != null) {
                Files.deleteIfExists(unixPath);
            }
        }
    }
}
