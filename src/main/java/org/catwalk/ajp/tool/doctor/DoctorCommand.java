package org.catwalk.ajp.tool.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.catwalk.ajp.tool.client.ServerAddress;
import org.catwalk.ajp.tool.console.ExitCode;
import org.catwalk.ajp.tool.console.SecretOptions;
import org.catwalk.ajp.tool.console.ToolException;
import org.catwalk.ajp.tool.doctor.Backend.Parameter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks for what is wrong between a web server and a connector; to be run where the web server is. */
@Command(name = "doctor",
        description = {"Finds out why web server and Tomcat do not work together, and says what to change where.", "",
            "Tries every address, sends a CPING and requests, and compares the files that you name. Run it on the web server's host; on Tomcat's own "
                    + "host it also sees which connections Tomcat has not accepted."},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:healthy",
            "1:broken",
            "2:the command line, or a file that it names, cannot be used",
            "3:no answer: no address, no connection, or no CPONG",
            "4:works, with warnings"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  catwalk-ajp doctor tomcat1",
            "  catwalk-ajp doctor 127.0.0.1:8009 --workers /etc/httpd/conf/workers.properties --server-xml server.xml",
            "  catwalk-ajp doctor tomcat1 --httpd-conf /etc/httpd/conf/httpd.conf --jk-log /var/log/httpd/mod_jk.log",
            "  tail -100 mod_jk.log | catwalk-ajp doctor tomcat1 --jk-log - --json"})
public final class DoctorCommand implements Callable<Integer> {

    /** Beside the exit codes of all commands: there is something to do, and not at once. */
    static final int WARNINGS = 4;

    /** What of a log is read: its end. */
    private static final long LOG_BYTES = 4 << 20;

    @Parameters(paramLabel = "HOST[:PORT]", description = "Where the connector listens; the port is 8009 unless said.")
    private ServerAddress server;

    @Mixin
    private SecretOptions secret = new SecretOptions();

    @Option(names = "--workers", paramLabel = "FILE", description = "mod_jk's workers.properties, to be compared; its secret is used.")
    private Path workers;

    @Option(names = "--httpd-conf", paramLabel = "FILE",
            description = "httpd.conf, to be compared with all that it includes; the JkWorkersFile that it names is read too.")
    private Path httpdConf;

    @Option(names = "--server-xml", paramLabel = "FILE", description = "Tomcat's server.xml, to be compared.")
    private Path serverXml;

    @Option(names = "--jk-log", paramLabel = "FILE",
            description = "A mod_jk.log (or httpd's error log) to be explained; - for standard input.")
    private String log;

    @Option(names = "--uri", paramLabel = "URI", defaultValue = "/", description = "Path of the real request. Default: ${DEFAULT-VALUE}.")
    private String uri;

    @Option(names = "--attribute", paramLabel = "NAME",
            description = "Ask whether the connector allows this request attribute; may be repeated.")
    private List<String> attributes = List.of();

    @Option(names = {"-W", "--timeout"}, paramLabel = "TIME", defaultValue = "2",
            description = "Seconds to wait in each step. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private Host host = Host.local();

    @Override
    public Integer call() throws IOException, ToolException {
        Configuration configuration = Configuration.read(workers, httpdConf, serverXml);
        Optional<String> chosenSecret = secret.secret().or(() -> secretOf(configuration));
        // semanage takes a second of its own.
        CompletableFuture<Section> selinux = CompletableFuture.supplyAsync(() -> Selinux.look(host, server.port()));
        List<Section> sections = new ArrayList<>();
        boolean answered = live(configuration, chosenSecret, sections);
        if (!configuration.isEmpty()) {
            sections.add(comparison(configuration));
        }
        progress("Asking SELinux ...");
        sections.add(selinux.join());
        if (log != null) {
            sections.add(log());
        }
        progress("");
        Report report = new Report(server.toString(), answered, sections);
        print(report);
        return exitCode(report);
    }

    /** One line that overwrites itself, on terminals only; each step may take as long as its time-out. */
    private void progress(String step) {
        if (!json && spec.commandLine().getColorScheme().ansi().enabled()) {
            PrintWriter err = spec.commandLine().getErr();
            err.print("\r\u001b[K" + step);
            err.flush();
        }
    }

    private boolean live(Configuration configuration, Optional<String> chosenSecret, List<Section> sections) {
        progress("Trying the addresses of " + server.host() + " ...");
        Addresses.Result addresses = Addresses.tryAll(server, timeout, host);
        sections.add(addresses.section());
        if (addresses.open().isEmpty()) {
            return false;
        }
        progress("Talking AJP with " + Addresses.text(addresses.open().get(0)) + " ...");
        Conversation.Result conversation = Conversation.with(addresses.open().get(0), new Conversation.Script(uri, chosenSecret,
                attributes(configuration), frontPacketSize(configuration), timeout), host);
        sections.add(conversation.section());
        return conversation.answered();
    }

    /** The one that the web server sends: whether the connector takes just this one is the question. */
    private Optional<String> secretOf(Configuration configuration) {
        List<Backend> backends = configuration.backendsFor(server.host(), server.port());
        if (!backends.isEmpty()) {
            return backends.stream().flatMap(each -> each.get(Parameter.SECRET).stream()).filter(Setting::isKnown).map(Setting::value)
                    .findFirst();
        }
        return configuration.connectorAt(server.port()).flatMap(each -> each.get("secret")).filter(Setting::isKnown).map(Setting::value);
    }

    private List<Setting> attributes(Configuration configuration) {
        return Stream.concat(attributes.stream().map(name -> new Setting("--attribute", name, "", 0)),
                configuration.httpd().stream().flatMap(each -> each.forwardedAttributes().stream()).filter(Setting::isKnown)).toList();
    }

    private OptionalInt frontPacketSize(Configuration configuration) {
        return configuration.backendsFor(server.host(), server.port()).stream().map(Backend::packetSize)
                .flatMapToInt(OptionalInt::stream).max();
    }

    private Section comparison(Configuration configuration) {
        Section section = new Section("Configuration");
        configuration.backendsFor(server.host(), server.port()).forEach(backend -> section.fact("web server: " + backend));
        configuration.httpd().flatMap(HttpdConf::processPool).ifPresent(pool -> section.fact("httpd: " + pool));
        configuration.connectorAt(server.port()).ifPresent(connector -> section.fact("Tomcat: " + connector));
        return section.findings(Comparison.of(configuration, server.host(), server.port()));
    }

    private Section log() throws IOException {
        LogExplainer explainer = new LogExplainer();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(openLog(), StandardCharsets.ISO_8859_1))) {
            explainer.read(lines);
        }
        return new Section("Log " + (log.equals("-") ? "from standard input" : log))
                .fact(explainer.lines() + " lines, " + explainer.explained() + " of them explained")
                .findings(explainer.findings());
    }

    private InputStream openLog() throws IOException {
        if (log.equals("-")) {
            return System.in;
        }
        SeekableByteChannel channel = Files.newByteChannel(Path.of(log));
        try {
            channel.position(Math.max(0, channel.size() - LOG_BYTES));
            return Channels.newInputStream(channel);
        } catch (IOException | UncheckedIOException e) {
            channel.close();
            throw e;
        }
    }

    private void print(Report report) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? JsonReport.of(report, exitCode(report)) : TextReport.of(report,
                new Colours(spec.commandLine().getColorScheme().ansi())));
        out.flush();
    }

    private static int exitCode(Report report) {
        return switch (report.verdict()) {
            case HEALTHY -> ExitCode.OK;
            case BROKEN -> ExitCode.NOT_GOOD;
            case NO_ANSWER -> ExitCode.NO_ANSWER;
            case WARNINGS -> WARNINGS;
        };
    }

    /** Only on terminals: picocli knows. */
    private record Colours(Ansi ansi) implements TextReport.Style {

        @Override
        public String heading(String text) {
            return styled("bold", text);
        }

        @Override
        public String severity(Severity severity, String text) {
            return styled(switch (severity) {
                case NOTE -> "cyan";
                case WARNING -> "yellow";
                case BROKEN -> "red";
            }, text);
        }

        @Override
        public String verdict(Report.Verdict verdict, String text) {
            return styled(switch (verdict) {
                case HEALTHY -> "bold,green";
                case WARNINGS -> "bold,yellow";
                case BROKEN, NO_ANSWER -> "bold,red";
            }, text);
        }

        private String styled(String style, String text) {
            // Not through picocli's markup: what we print may hold characters of it.
            return ansi.enabled() ? Ansi.Style.on(Ansi.Style.parse(style)) + text + Ansi.Style.off(Ansi.Style.parse(style)) : text;
        }
    }
}
