package org.catwalk.it.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The files that stand in for those which the pages name. */
record TrialFiles(Path directory) {

    /** The secret that all pages use, so that all of their blocks fit together. */
    static final String SECRET = "CHANGE-ME";

    Path secretFile() {
        Path file = directory.resolve("secret");
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(file, SECRET + "\n");
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In a directory where httpd's children, who are not root, can get to. */
    Path socket(String written) {
        return directory.resolve(written.replace('/', '_'));
    }

    /** A directive that names a file, with the one that an instance of httpd has. */
    static String directive(String name) {
        return name + " " + switch (name) {
            case "JkWorkersFile" -> "conf/workers.properties";
            case "JkShmFile" -> "run/mod_jk.shm";
            case "JkLogFile" -> "logs/mod_jk.log";
            case "ErrorLog" -> "logs/error.log";
            default -> "logs/access.log";
        };
    }
}
