package org.catwalk.ajp.tool.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** A file with a secret in it. */
final class OwnerOnlyFile {

    private OwnerOnlyFile() {
    }

    /**
     * Writes a file that only its owner can read from the first byte on, and replaces what was there. Directories are made as needed.
     *
     * @throws IOException if it cannot be written; what was there before is then untouched
     */
    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path draft = Files.createTempFile(file.getParent(), file.getFileName() + ".", ".new", ownerOnly(file.getParent()));
        try {
            Files.writeString(draft, text);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path directory) {
        boolean isPosix = Files.getFileAttributeView(directory, java.nio.file.attribute.PosixFileAttributeView.class,
                LinkOption.NOFOLLOW_LINKS) != null;
        return isPosix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
    }
}
