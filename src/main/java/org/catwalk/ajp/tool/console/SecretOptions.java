package org.catwalk.ajp.tool.console;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.catwalk.ajp.config.SecretFile;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where the secret comes from. Never the command line itself, which every user of the host can read. */
public final class SecretOptions {

    @ArgGroup
    private Source source;

    private static final class Source {

        @Option(names = "--secret-file", paramLabel = "FILE",
                description = "Take the secret from FILE: the first line that is not empty and does not begin with #.")
        private Path file;

        @Option(names = "--secret-env", paramLabel = "NAME", description = "Take the secret from the environment variable NAME.")
        private String variable;
    }

    /**
     * @return the secret's bytes as ISO-8859-1 text; empty if none was asked for
     * @throws ToolException if it cannot be had; the message names file or variable, never the secret
     */
    public Optional<String> secret() throws ToolException {
        if (source == null) {
            return Optional.empty();
        }
        return Optional.of(source.file != null ? fromFile(source.file) : fromEnvironment(source.variable));
    }

    private static String fromFile(Path file) throws ToolException {
        try {
            return new String(SecretFile.read(file).entries().get(0).secret(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new ToolException(ExitCode.USAGE, OneLineErrors.describe(e));
        }
    }

    private static String fromEnvironment(String variable) throws ToolException {
        String secret = System.getenv(variable);
        if (secret == null || secret.isBlank()) {
            throw new ToolException(ExitCode.USAGE, "The environment variable " + variable + " is not set, or empty: it has to hold the secret");
        }
        return new String(secret.strip().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
