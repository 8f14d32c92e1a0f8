package org.catwalk.ajp.tool;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Properties;
import org.catwalk.ajp.tool.client.ServerAddress;
import org.catwalk.ajp.tool.console.OneLineErrors;
import org.catwalk.ajp.tool.console.SecondsConverter;
import org.catwalk.ajp.tool.decode.DecodeCommand;
import org.catwalk.ajp.tool.doctor.DoctorCommand;
import org.catwalk.ajp.tool.generate.GenerateCommand;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The top command; each command is a class of its own. */
@Command(name = Main.NAME,
        description = "Looks at AJP connectors from where the web server is.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {PingCommand.class, RequestCommand.class, DecodeCommand.class, DoctorCommand.class, GenerateCommand.class},
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:All is well.",
            "1:There was an answer, and it is not a good one.",
            "2:The command line, or a file that it names, cannot be used.",
            "3:There was no answer.",
            "4:Nothing is broken, and something will not work one day (doctor)."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar catwalk-ajp.jar ping tomcat1",
            "  java -jar catwalk-ajp.jar COMMAND --help",
            "  alias catwalk-ajp='java -jar /usr/local/lib/catwalk-ajp.jar'"})
public final class Main implements Runnable {

    static final String NAME = "catwalk-ajp";

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
    private boolean version;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** @return ready to execute; writes to standard output and error unless told otherwise */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        OneLineErrors errors = new OneLineErrors();
        commandLine.registerConverter(ServerAddress.class, orComplaint(ServerAddress::parse));
        commandLine.registerConverter(Duration.class, new SecondsConverter());
        commandLine.setExecutionExceptionHandler(errors);
        commandLine.setParameterExceptionHandler(errors);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setUsageHelpLongOptionsMaxWidth(30);
        return commandLine;
    }

    private static <T> ITypeConverter<T> orComplaint(ITypeConverter<T> converter) {
        return text -> {
            try {
                return converter.convert(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a COMMAND is missing");
    }

    @Command(name = "completion",
            description = "Prints a script that completes commands and options in bash and zsh.",
            footerHeading = "%nExample:%n",
            footer = "  source <(catwalk-ajp completion)")
    int completion() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(AutoComplete.bash(NAME, spec.commandLine()));
        out.print('\n');
        out.flush();
        return 0;
    }

    /** The version that the build wrote down beside the connector. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() throws IOException {
            Properties properties = new Properties();
            try (InputStream in = Main.class.getResourceAsStream("/org/catwalk/ajp/version.properties")) {
                if (in != null) {
                    properties.load(in);
                }
            }
            return new String[] {"Catwalk AJP " + properties.getProperty("version", "of unknown version")};
        }
    }
}
