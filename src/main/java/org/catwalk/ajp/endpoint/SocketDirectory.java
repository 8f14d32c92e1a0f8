package org.catwalk.ajp.endpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a unix domain socket. The socket file gets its permissions only after it exists, so that what keeps
 * strangers out from the first moment on is the directory.
 *
 * @param permissions that it may have at the most, such as {@code rwxr-x---}; null allows any
 * @param owner who may own it beside the user who runs Tomcat; null or empty allows anybody if there are no permissions
 *         either
 */
record SocketDirectory(String permissions, String owner) {

    private static final Logger LOG = LoggerFactory.getLogger(SocketDirectory.class);

    /**
     * Creates the directory if it is missing, and checks it.
     *
     * @param socket where the socket file will be
     * @param socketPermissions of the socket file, from which those of a new directory follow unless there are any; null
     *         leaves them to the umask
     * @throws IllegalArgumentException if permissions are no permissions
     * @throws IOException if it cannot be created, allows more than it may, or belongs to somebody else
     */
    void prepare(Path socket, String socketPermissions) throws IOException {
        Path directory = socket.toAbsolutePath().getParent();
        if (directory == null) {
            return;
        }
        boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!Files.exists(directory)) {
            create(directory, posix ? permissionsOfNew(socketPermissions) : null);
        }
        if (permissions != null && !posix) {
            LOG.warn("unixDomainSocketParentPermissions=\"{}\" cannot be checked: {} is on a file system without POSIX permissions",
                    permissions, directory);
        }
        if (permissions != null && posix) {
            checkPermissions(directory);
        }
        if (permissions != null || owner != null && !owner.isEmpty()) {
            checkOwner(directory);
        }
    }

    private Set<PosixFilePermission> permissionsOfNew(String socketPermissions) {
        if (permissions != null) {
            return parse("unixDomainSocketParentPermissions", permissions);
        }
        return socketPermissions == null ? null : enterable(parse("unixDomainSocketPathPermissions", socketPermissions));
    }

    /** Who may use the socket may enter its directory; only its owner may change what is in it. */
    private static Set<PosixFilePermission> enterable(Set<PosixFilePermission> socket) {
        Set<PosixFilePermission> directory = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission each : socket) {
            switch (each) {
                case OWNER_READ, OWNER_WRITE -> directory.addAll(PosixFilePermissions.fromString("rwx------"));
                case GROUP_READ, GROUP_WRITE -> directory.addAll(PosixFilePermissions.fromString("---r-x---"));
                case OTHERS_READ, OTHERS_WRITE -> directory.addAll(PosixFilePermissions.fromString("------r-x"));
                default -> { }
            }
        }
        return directory;
    }

    private static Set<PosixFilePermission> parse(String attribute, String text) {
        try {
            return PosixFilePermissions.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(attribute + "=\"" + text
                    + "\" on the AJP Connector: expected nine letters such as rwxr-x---", e);
        }
    }

    private static void create(Path directory, Set<PosixFilePermission> wanted) throws IOException {
        if (wanted == null) {
            Files.createDirectories(directory);
            return;
        }
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(wanted));
        // The umask may have taken some away.
        Files.setPosixFilePermissions(directory, wanted);
    }

    private void checkPermissions(Path directory) throws IOException {
        Set<PosixFilePermission> found = Files.getPosixFilePermissions(directory);
        if (!parse("unixDomainSocketParentPermissions", permissions).containsAll(found)) {
            throw new IOException("The directory " + directory + " of the AJP Connector's socket has the permissions "
                    + PosixFilePermissions.toString(found) + ", which is more than unixDomainSocketParentPermissions=\"" + permissions
                    + "\" allows: take them away with chmod, or allow them there");
        }
    }

    private void checkOwner(Path directory) throws IOException {
        String found = Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).getName();
        String self = System.getProperty("user.name");
        if (!found.equals(self) && !found.equals(owner)) {
            throw new IOException("The directory " + directory + " of the AJP Connector's socket belongs to " + found + "; expected "
                    + self + (owner == null || owner.isEmpty() ? "" : " or " + owner)
                    + ": change its owner with chown, or name it in unixDomainSocketParentOwner");
        }
    }
}
