package org.catwalk.ajp.tool.console;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.catwalk.ajp.tool.client.AjpFailure;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what a command throws into one line and an exit code; a stack trace only if the system property catwalk.debug is set. */
public final class OneLineErrors implements IExecutionExceptionHandler, IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        print(command, e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        if (Boolean.getBoolean("catwalk.debug")) {
            e.printStackTrace(command.getErr());
        }
        if (e instanceof ToolException expected) {
            print(command, e.getMessage());
            return expected.exitCode();
        }
        if (e instanceof AjpFailure failure) {
            print(command, e.getMessage());
            return failure.kind() == AjpFailure.Kind.REQUEST_TOO_LARGE ? ExitCode.USAGE : ExitCode.NO_ANSWER;
        }
        if (e instanceof IOException io) {
            print(command, describe(io));
            return ExitCode.USAGE;
        }
        print(command, "unexpected " + e + "; this is a fault of the tool, -Dcatwalk.debug=true shows where");
        return ExitCode.USAGE;
    }

    /** @return what happened to which file, where the JDK's message is only the file's name */
    public static String describe(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "No such file: " + e.getMessage();
        }
        if (e instanceof AccessDeniedException) {
            return "Not permitted: " + e.getMessage();
        }
        if (e instanceof FileAlreadyExistsException) {
            return "Already there: " + e.getMessage();
        }
        return String.valueOf(e.getMessage());
    }

    private static void print(CommandLine command, String message) {
        command.getErr().println(command.getColorScheme().errorText(
                command.getCommandSpec().qualifiedName() + ": " + message.lines().findFirst().orElse("failed")));
    }
}
