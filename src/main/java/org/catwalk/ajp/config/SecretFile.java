package org.catwalk.ajp.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file that {@code secretFile} names: one secret a line; empty lines and lines that begin with {@code #} do not count; white space
 * around a secret is no part of it. Bytes are taken as they are.
 *
 * @param path as configured, made absolute
 * @param entries the secrets in the order of the file, at least one; not copied, not to be changed
 * @param exposure a warning if others than the owner may read the file
 */
public record SecretFile(Path path, List<Entry> entries, Optional<String> exposure) {

    /** Nobody keeps so many secrets; a larger file is some other file. */
    static final int MAX_BYTES = 64 * 1024;

    /**
     * One secret.
     *
     * @param line its line in the file, from 1
     * @param secret its bytes
     */
    public record Entry(int line, byte[] secret) {

        @Override
        public String toString() {
            return "line " + line;
        }
    }

    /**
     * Reads the file.
     *
     * @throws IOException if it cannot be read, is over 64 KiB, or holds no secret or an unusable one; names the file and the line,
     *         never the secret
     */
    public static SecretFile read(Path path) throws IOException {
        byte[] bytes = content(path);
        List<Entry> entries = new ArrayList<>();
        int line = 1;
        for (int from = 0; from < bytes.length; line++) {
            int end = from;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            add(entries, path, line, trimmed(bytes, from, end));
            from = end + 1;
        }
        if (entries.isEmpty()) {
            throw new IOException("secretFile " + path + " holds no secret: expected one on a line of its own");
        }
        return new SecretFile(path, List.copyOf(entries), exposure(path));
    }

    private static byte[] content(Path path) throws IOException {
        try (var in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("secretFile " + path + " is larger than " + MAX_BYTES + " bytes: expected one secret a line");
            }
            return bytes;
        }
    }

    private static void add(List<Entry> entries, Path path, int line, byte[] secret) throws IOException {
        if (secret.length == 0 || secret[0] == '#') {
            return;
        }
        for (byte b : secret) {
            if (b >= 0 && b < ' ' || b == 0x7F) {
                throw new IOException("secretFile " + path + " has a control character in the secret on line " + line);
            }
        }
        entries.add(new Entry(line, secret));
    }

    private static byte[] trimmed(byte[] bytes, int from, int end) {
        int first = from;
        int last = end;
        while (first < last && isBlank(bytes[first])) {
            first++;
        }
        while (last > first && isBlank(bytes[last - 1])) {
            last--;
        }
        return Arrays.copyOfRange(bytes, first, last);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    private static Optional<String> exposure(Path path) throws IOException {
        Set<PosixFilePermission> permissions;
        try {
            permissions = Files.getPosixFilePermissions(path);
        } catch (UnsupportedOperationException e) {
            // Not a POSIX file system: its access lists cannot be judged from here.
            return Optional.empty();
        }
        if (permissions.contains(PosixFilePermission.GROUP_READ) || permissions.contains(PosixFilePermission.OTHERS_READ)) {
            return Optional.of("secretFile " + path + " can be read by others than its owner (" + PosixFilePermissions.toString(permissions)
                    + "): make it readable for the account that runs Tomcat only, chmod 600 " + path);
        }
        return Optional.empty();
    }
}
