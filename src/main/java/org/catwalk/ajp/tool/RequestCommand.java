package org.catwalk.ajp.tool;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.catwalk.ajp.tool.client.AjpConnection;
import org.catwalk.ajp.tool.client.AjpRequest;
import org.catwalk.ajp.tool.client.AjpResponse;
import org.catwalk.ajp.tool.client.ServerAddress;
import org.catwalk.ajp.tool.console.ExitCode;
import org.catwalk.ajp.tool.console.SecretOptions;
import org.catwalk.ajp.tool.decode.Conversation;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.RequestAttributes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One AJP request. */
@Command(name = "request",
        description = "Sends one request as a web server would, and writes the response's body to standard output.",
        footerHeading = "%nExit codes: 0 a status below 400, 1 a status of 400 or more, 2 the command line or a file, 3 no whole answer.%n%nExamples:%n",
        footer = {
            "  catwalk-ajp request --secret-file ajp.secret tomcat1 /app/health",
            "  catwalk-ajp request -v --secret-env AJP_SECRET tomcat1:8010 '/app/search?q=1'",
            "  catwalk-ajp request -i -H 'Content-Type: application/json' -d order.json tomcat1 /app/orders",
            "  catwalk-ajp request -A remote_user=alice -A AJP_REMOTE_PORT=40000 tomcat1 /app/whoami"})
final class RequestCommand implements Callable<Integer> {

    private static final int FIRST_BAD_STATUS = 400;

    @Parameters(index = "0", paramLabel = "HOST[:PORT]", description = "Where the connector listens; the port is 8009 unless said.")
    private ServerAddress server;

    @Parameters(index = "1", paramLabel = "URI", description = "Path, and query string if there is one.")
    private String uri;

    @Option(names = {"-X", "--method"}, description = "Default: GET, or POST with --data-file.")
    private String method;

    @Option(names = {"-H", "--header"}, paramLabel = "'NAME: VALUE'", description = "A header field; may be given several times.")
    private List<String> headers = List.of();

    @Option(names = {"-A", "--attribute"}, paramLabel = "NAME=VALUE",
            description = "A request attribute: remote_user, auth_type, jvm_route, ssl_cert, ssl_cipher, ssl_session or a name of its own; "
                    + "may be given several times.")
    private Map<String, String> attributes = new LinkedHashMap<>();

    @Option(names = {"-d", "--data-file"}, paramLabel = "FILE", description = "The request's body.")
    private Path dataFile;

    @Mixin
    private SecretOptions secretOptions;

    @Option(names = "--packet-size", paramLabel = "BYTES", defaultValue = "8192",
            description = "The largest packet to send, 8192 to 65536. Default: ${DEFAULT-VALUE}.")
    private int packetSize;

    @Option(names = "--tls", description = "Say that the client speaks TLS with the web server.")
    private boolean isSecure;

    @Option(names = "--remote-addr", paramLabel = "IP", defaultValue = "127.0.0.1",
            description = "The client's address. Default: ${DEFAULT-VALUE}.")
    private String remoteAddr;

    @Option(names = {"-W", "--timeout"}, paramLabel = "TIME", defaultValue = "30",
            description = "Seconds for the connection, and again for the whole answer. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = {"-i", "--include"}, description = "Write the response's status and header fields before the body.")
    private boolean showsHead;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Write the body there.")
    private Path output;

    @Option(names = {"-v", "--verbose"}, description = "Show the packets, decoded, on standard error; secrets are masked.")
    private boolean verbose;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        AjpRequest request = request();
        Optional<String> secret = secretOptions.secret();
        secret.ifPresent(request::secret);
        request.packet(); // too large for one packet is said before anybody is bothered
        try (AjpConnection connection = AjpConnection.open(server, timeout)) {
            if (verbose) {
                show(connection);
            }
            AjpResponse response = showsHead ? withHead(connection, request) : bodyOnly(connection, request);
            if (response.status() >= FIRST_BAD_STATUS) {
                complain(response, secret.isPresent());
                return ExitCode.NOT_GOOD;
            }
            return ExitCode.OK;
        }
    }

    private AjpRequest request() throws IOException {
        if (packetSize < Packets.MIN_PACKET_SIZE || packetSize > Packets.MAX_PACKET_SIZE) {
            throw new ParameterException(spec.commandLine(), "--packet-size is from 8192 to 65536, not " + packetSize);
        }
        if (!uri.startsWith("/") && !uri.equals("*")) {
            throw new ParameterException(spec.commandLine(), "a URI begins with a slash, '" + uri + "' does not");
        }
        AjpRequest request = AjpRequest.of(method != null ? method : dataFile != null ? "POST" : "GET", uri)
                .packetSize(packetSize).remoteAddr(remoteAddr).server(server.host(), isSecure ? 443 : 80, isSecure);
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new ParameterException(spec.commandLine(), "--header wants 'NAME: VALUE', not '" + header + "'");
            }
            request.header(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
        }
        attributes.forEach((name, value) -> addAttribute(request, name, value));
        if (dataFile != null) {
            request.body(Files.readAllBytes(dataFile));
        }
        return request;
    }

    private void addAttribute(AjpRequest request, String name, String value) {
        if (name.equals(RequestAttributes.nameOf(RequestAttributes.SECRET))) {
            throw new ParameterException(spec.commandLine(),
                    "a secret on the command line can be read by every user of this host: use --secret-file or --secret-env");
        }
        for (int code = RequestAttributes.CONTEXT; code <= RequestAttributes.SSL_SESSION; code++) {
            if (RequestAttributes.nameOf(code).equals(name)) {
                request.attribute(code, value);
                return;
            }
        }
        request.requestAttribute(name, value);
    }

    private void show(AjpConnection connection) {
        PrintWriter err = spec.commandLine().getErr();
        Conversation conversation = new Conversation(false);
        err.println("Connected with " + AjpConnection.text(connection.address()));
        connection.listener((sender, packet) -> err.println(conversation.describe(sender, packet)));
    }

    private AjpResponse bodyOnly(AjpConnection connection, AjpRequest request) throws IOException {
        try (OutputStream body = body()) {
            AjpResponse response = connection.request(request, timeout, body);
            body.flush();
            return response;
        }
    }

    private AjpResponse withHead(AjpConnection connection, AjpRequest request) throws IOException {
        AjpResponse response = connection.request(request, timeout);
        PrintWriter out = spec.commandLine().getOut();
        out.println(response.status() + " " + response.reason());
        response.headers().forEach(field -> out.println(field.name() + ": " + field.value()));
        out.println();
        out.flush();
        try (OutputStream body = body()) {
            body.write(response.body());
            body.flush();
        }
        return response;
    }

    private OutputStream body() throws IOException {
        return output != null ? Files.newOutputStream(output) : new UnclosedOutput(System.out);
    }

    private void complain(AjpResponse response, boolean hadSecret) {
        String hint = response.status() == 403 && !hadSecret ? "; if the connector wants a secret, give --secret-file or --secret-env" : "";
        spec.commandLine().getErr().println(spec.qualifiedName() + ": the answer is " + response.status() + " " + response.reason() + hint);
    }
}
