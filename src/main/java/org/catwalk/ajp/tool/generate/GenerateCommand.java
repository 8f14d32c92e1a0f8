package org.catwalk.ajp.tool.generate;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.catwalk.ajp.tool.console.ExitCode;
import org.catwalk.ajp.tool.console.SecretOptions;
import org.catwalk.ajp.tool.console.Terminal;
import org.catwalk.ajp.tool.console.ToolException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes configuration for web server and Tomcats. */
@Command(name = "generate",
        description = {
            "Writes configuration that fits together, each line explained: a server.xml for each Tomcat, workers.properties and httpd "
                    + "configuration for mod_jk, httpd configuration for mod_proxy_ajp.",
            "Asks on a terminal if no Tomcat is named. Files are readable by their owner only, as they hold the secret."},
        footerHeading = "%nExit codes: 0 written, 2 nothing was written.%n%nExamples:%n",
        footer = {
            "  catwalk-ajp generate ajp-config",
            "  catwalk-ajp generate --tomcat t1=127.0.0.1:8009 --host-name www.example.com ajp-config",
            "  catwalk-ajp generate --tomcat t1=192.0.2.21:8009 --tomcat t2=192.0.2.22:8009 \\",
            "      --host-name www.example.com --host-name example.com --mount /shop \\",
            "      --web-server 192.0.2.10 --conf-dir /etc/httpd/conf.d/catwalk ajp-config"})
public final class GenerateCommand implements Callable<Integer> {

    /** 43 characters of base64. */
    private static final int SECRET_BYTES = 32;
    private static final int DEFAULT_PACKET_SIZE = 65536;

    @Parameters(paramLabel = "DIRECTORY", description = "Where to write; made if it is not there.")
    private Path directory;

    @Option(names = {"-t", "--tomcat"}, paramLabel = "NAME=HOST:PORT",
            description = "A Tomcat: its name is worker name and jvmRoute; the address is where its connector is to listen. Once for each.")
    private List<String> tomcats = List.of();

    @Option(names = {"-n", "--host-name"}, paramLabel = "NAME", description = "A name of the web server; the first is ServerName. Default: localhost.")
    private List<String> hostNames = List.of();

    @Option(names = {"-m", "--mount"}, paramLabel = "PATH", description = "A path that goes to Tomcat, such as / or /app. Default: /.")
    private List<String> mounts = List.of();

    @Option(names = "--listen", paramLabel = "ADDRESS:PORT", defaultValue = "*:80", description = "Of the virtual host. Default: ${DEFAULT-VALUE}.")
    private String listen;

    @Option(names = "--web-server", paramLabel = "IP", description = "A web server's address; others are not let in. Once for each.")
    private List<String> webServers = List.of();

    @Option(names = "--packet-size", paramLabel = "BYTES", description = "For both sides, 8192 to 65536. Default: 65536.")
    private Integer packetSize;

    @Mixin
    private SecretOptions secretOptions;

    @Option(names = "--conf-dir", paramLabel = "PATH",
            description = "Where workers.properties will be on the web server. Default: where it is written now.")
    private String configurationDirectory;

    @Option(names = "--log-dir", paramLabel = "PATH", defaultValue = "logs",
            description = "Where mod_jk writes its log, absolute or below ServerRoot. Default: ${DEFAULT-VALUE}.")
    private String logDirectory;

    @Option(names = {"-f", "--force"}, description = "Replace files that are there.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, ToolException {
        String secret = secretOptions.secret().orElseGet(GenerateCommand::newSecret);
        if (tomcats.isEmpty()) {
            if (!Terminal.isThere()) {
                throw new ParameterException(spec.commandLine(), "no Tomcat is named, and there is no terminal to ask on: --tomcat NAME=HOST:PORT");
            }
            Console console = System.console();
            ask(new Questions(new BufferedReader(console.reader()), console.writer()));
        }
        Map<Path, String> files = files(deployment(secret));
        refuseToReplace(files);
        PrintWriter out = spec.commandLine().getOut();
        for (Map.Entry<Path, String> file : files.entrySet()) {
            OwnerOnlyFile.write(file.getKey(), file.getValue());
            out.println("Wrote " + file.getKey());
        }
        out.println("Next: each server.xml to its Tomcat's conf/, catwalk-ajp.jar to its lib/; Include httpd/mod_jk.conf or");
        out.println("httpd/mod_proxy_ajp.conf in httpd.conf; then `catwalk-ajp doctor` looks at what runs.");
        return ExitCode.OK;
    }

    void ask(Questions questions) throws IOException {
        tomcats = questions.tomcats().stream().map(tomcat -> tomcat.name() + "=" + tomcat.address()).toList();
        hostNames = questions.words("Names of the web server", hostNames.isEmpty() ? "localhost" : String.join(" ", hostNames));
        mounts = questions.words("Paths that go to Tomcat", mounts.isEmpty() ? "/" : String.join(" ", mounts));
        webServers = questions.words("Addresses of web servers on other hosts, or nothing", String.join(" ", webServers));
        packetSize = questions.number("Packet size in bytes", packetSize == null ? DEFAULT_PACKET_SIZE : packetSize);
    }

    private Deployment deployment(String secret) {
        try {
            return new Deployment(tomcats.stream().map(TomcatNode::parse).toList(), hostNames.isEmpty() ? List.of("localhost") : hostNames, listen,
                    secret, packetSize == null ? DEFAULT_PACKET_SIZE : packetSize, mounts.isEmpty() ? List.of("/") : mounts, webServers,
                    configurationDirectory != null ? configurationDirectory : httpd().toAbsolutePath().normalize().toString(), logDirectory);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private Map<Path, String> files(Deployment deployment) {
        Map<Path, String> files = new LinkedHashMap<>();
        deployment.tomcats().forEach(tomcat ->
                files.put(directory.resolve("tomcat-" + tomcat.name()).resolve("server.xml"), ServerXml.of(deployment, tomcat)));
        files.put(httpd().resolve("workers.properties"), WorkersProperties.of(deployment));
        files.put(httpd().resolve("mod_jk.conf"), ModJkConf.of(deployment));
        files.put(httpd().resolve("mod_proxy_ajp.conf"), ModProxyAjpConf.of(deployment));
        return files;
    }

    private Path httpd() {
        return directory.resolve("httpd");
    }

    private void refuseToReplace(Map<Path, String> files) throws ToolException {
        for (Path file : files.keySet()) {
            if (!force && Files.exists(file)) {
                throw new ToolException(ExitCode.USAGE, "Already there: " + file + "; give another directory, or --force to replace it");
            }
        }
    }

    private static String newSecret() {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}
