package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.CommandLine;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.HttpdInstance;
import org.catwalk.it.harness.ItDirectory;
import org.catwalk.it.harness.Reply;
import org.catwalk.it.harness.TomcatInstance;
import org.catwalk.it.webapp.Payload;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@code generate} writes, unmodified, in two Tomcats and in httpd with mod_jk and mod_proxy_ajp. Of httpd.conf only what it leaves to
 * its user is ours: modules, Listen, Include. The test that kills a Tomcat comes last.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GeneratedConfigurationTest {

    private static final int JK = 0;
    private static final int PROXY = 1;
    private static final int FIRST_TOMCAT = 2;

    private static List<Integer> ports;
    private static Path directory;
    private static TomcatInstance one;
    private static TomcatInstance two;
    private static HttpdInstance httpd;

    private final Client client = Client.plain();
    /** A thread for each request: the common pool has as many as there are processors. */
    private final Executor requests = task -> new Thread(task, "request").start();

    @BeforeAll
    static void start() throws IOException {
        ports = freePorts(4);
        directory = ItDirectory.empty("generated");
        generate("jk", JK);
        generate("proxy", PROXY, "--secret-file", secretOf(directory.resolve("jk/httpd/workers.properties")).toString());
        one = tomcat("one");
        two = tomcat("two");
        httpd = HttpdInstance.named("httpd-generated").withoutModJkDirectives()
                .module("slotmem_shm").module("proxy_balancer").module("lbmethod_byrequests")
                .directive("Listen 127.0.0.1:" + ports.get(JK)).directive("Listen 127.0.0.1:" + ports.get(PROXY))
                .directive("Include \"" + directory.resolve("jk/httpd/mod_jk.conf") + "\"")
                .directive("Include \"" + directory.resolve("proxy/httpd/mod_proxy_ajp.conf") + "\"")
                .start();
    }

    private static TomcatInstance tomcat(String name) {
        return TomcatInstance.named("generated-" + name).serverXml(directory.resolve("jk/tomcat-" + name + "/server.xml")).start();
    }

    private static void generate(String name, int listen, String... more) {
        List<String> arguments = new ArrayList<>(List.of("generate",
                "--tomcat", "one=127.0.0.1:" + ports.get(FIRST_TOMCAT), "--tomcat", "two=127.0.0.1:" + ports.get(FIRST_TOMCAT + 1),
                "--host-name", "localhost", "--host-name", "127.0.0.1", "--listen", "127.0.0.1:" + ports.get(listen), "--mount", "/app"));
        arguments.addAll(List.of(more));
        arguments.add(directory.resolve(name).toString());
        CommandLine generate = CommandLine.run(arguments.toArray(String[]::new));
        assertThat(generate.exitCode()).as(generate.output()).isZero();
    }

    /** Both runs get the same one, as both front ends talk to the same Tomcats. */
    private static Path secretOf(Path workers) throws IOException {
        String line = Files.readAllLines(workers).stream().filter(each -> each.startsWith("worker.template.secret=")).findFirst().orElseThrow();
        return Files.writeString(directory.resolve("ajp.secret"), line.substring(line.indexOf('=') + 1) + "\n");
    }

    /** httpd and the generated files have to be told a port; somebody may be quicker, which no test of ours is. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            held.add(socket);
            found.add(socket.getLocalPort());
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
        return found;
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable started : new AutoCloseable[] {httpd, one, two}) {
            try {
                if (started != null) {
                    started.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void servesThroughBothTomcats(FrontEnd frontEnd) {
        Set<String> answered = new TreeSet<>();
        for (int i = 0; i < 10; i++) {
            Reply reply = client.get(at(frontEnd, "/app/session"));
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
            answered.add(routeOf(reply));
        }
        assertThat(answered).containsExactly("one", "two");
    }

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void keepsASessionInItsTomcat(FrontEnd frontEnd) {
        Reply first = client.get(at(frontEnd, "/app/session"));
        String cookie = first.header("set-cookie").replaceFirst(";.*", "");
        assertThat(cookie).matches("JSESSIONID=\\w+\\.(one|two)");

        for (int visit = 2; visit <= 9; visit++) {
            Reply next = client.send(Client.request(at(frontEnd, "/app/session")).header("Cookie", cookie));
            assertThat(next.fields().get("visits")).isEqualTo(Integer.toString(visit));
            assertThat(routeOf(next)).isEqualTo(routeOf(first));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void carriesUploadsLargeHeadersAndErrors(FrontEnd frontEnd) {
        int length = 3_000_000;
        Reply upload = client.send(Client.request(at(frontEnd, "/app/upload")).POST(HttpRequest.BodyPublishers.ofByteArray(Payload.bytes(length))));
        assertThat(upload.status()).as(upload.toString()).isEqualTo(200);
        assertThat(upload.fields().get("checksum")).isEqualTo(Payload.checksum(length));

        // Does not fit into the 8 KB that are everybody's default.
        String large = "x".repeat(30_000);
        Reply echo = client.send(Client.request(at(frontEnd, "/app/echo")).header("X-Large", large));
        assertThat(echo.fields().get("header.x-large")).isEqualTo(large);

        assertThat(client.get(at(frontEnd, "/app/no-such-page")).text()).contains("HTTP Status 404");
    }

    @ParameterizedTest
    @EnumSource
    @Order(1)
    void leavesOtherPathsToHttpd(FrontEnd frontEnd) {
        for (String path : new String[] {"/other", "/application"}) {
            assertThat(client.get(at(frontEnd, path)).text()).contains("was not found on this server");
        }
    }

    @Test
    @Order(1)
    void letsNobodyInWithoutTheSecret() {
        CommandLine without = CommandLine.run("request", "127.0.0.1:" + ports.get(FIRST_TOMCAT), "/app/echo");
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.output()).contains("403");

        assertThat(CommandLine.run("request", "--secret-file", directory.resolve("ajp.secret").toString(),
                "127.0.0.1:" + ports.get(FIRST_TOMCAT), "/app/echo").output()).contains("requestUri=%2Fapp%2Fecho");
        assertThat(CommandLine.run("ping", "-q", "-c", "1", "127.0.0.1:" + ports.get(FIRST_TOMCAT)).exitCode()).isZero();
    }

    /** Stopped with a signal under load: no request is lost; started again, it gets some again. */
    @Test
    @Order(2)
    void losesNothingWhenATomcatIsStoppedAndStarted() {
        AtomicBoolean ends = new AtomicBoolean();
        List<CompletableFuture<List<String>>> users = new ArrayList<>();
        for (FrontEnd frontEnd : FrontEnd.values()) {
            for (int i = 0; i < 3; i++) {
                users.add(CompletableFuture.supplyAsync(() -> askUntil(ends, at(frontEnd, "/app/session")), requests));
            }
        }
        one.close();
        assertServedByTheOther();
        ends.set(true);
        for (CompletableFuture<List<String>> user : users) {
            assertThat(user.join()).as("answers other than 200").isEmpty();
        }
        one = tomcat("one");
        for (FrontEnd frontEnd : FrontEnd.values()) {
            Awaitility.await("requests for the Tomcat that is back").atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofSeconds(1))
                    .until(() -> routeOf(client.get(at(frontEnd, "/app/session"))).equals("one"));
        }
    }

    private List<String> askUntil(AtomicBoolean ends, URI uri) {
        List<String> lost = new ArrayList<>();
        while (!ends.get()) {
            Reply reply = client.get(uri);
            if (reply.status() != 200) {
                lost.add(reply.toString());
            }
        }
        return lost;
    }

    /** Killed with requests in it: the other Tomcat answers mod_jk's GETs, no POST runs twice. */
    @Test
    @Order(3)
    void repeatsNoPostWhenATomcatIsKilled() {
        List<String> gets = new ArrayList<>();
        List<String> posts = new ArrayList<>();
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            gets.add(Client.newRequestId());
            replies.add(send(gets.get(i), "GET", FrontEnd.MOD_JK));
        }
        for (FrontEnd frontEnd : FrontEnd.values()) {
            for (int i = 0; i < 4; i++) {
                posts.add(Client.newRequestId());
                send(posts.get(posts.size() - 1), "POST", frontEnd);
            }
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(gets).allMatch(id -> runs(id) == 1);
            assertThat(posts).allMatch(id -> runs(id) == 1);
        });
        List<String> inOne = posts.stream().filter(id -> one.log().text().contains("holding " + id)).toList();
        assertThat(inOne).as("POSTs in the Tomcat that is to be killed").isNotEmpty();

        ProcessHandle.of(one.pid()).orElseThrow().destroyForcibly();

        for (CompletableFuture<Reply> reply : replies) {
            assertThat(reply.join().status()).as(reply.join().toString()).isEqualTo(200);
        }
        assertServedByTheOther();
        assertThat(posts).as("POSTs that ran twice").noneMatch(id -> runs(id) > 1);
    }

    private CompletableFuture<Reply> send(String id, String method, FrontEnd frontEnd) {
        return CompletableFuture.supplyAsync(() -> client.send(Client.request(at(frontEnd, "/app/session?hold=8000"))
                .header("X-Request-Id", id).method(method, HttpRequest.BodyPublishers.noBody())), requests);
    }

    private static int runs(String id) {
        return (one.log().text() + two.log().text()).split("holding " + id, -1).length - 1;
    }

    private void assertServedByTheOther() {
        for (FrontEnd frontEnd : FrontEnd.values()) {
            for (int i = 0; i < 10; i++) {
                Reply reply = client.get(at(frontEnd, "/app/session"));
                assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
                assertThat(routeOf(reply)).isEqualTo("two");
            }
        }
    }

    private static String routeOf(Reply reply) {
        String id = reply.fields().get("id");
        return id.substring(id.indexOf('.') + 1);
    }

    private static URI at(FrontEnd frontEnd, String path) {
        return URI.create("http://localhost:" + ports.get(frontEnd == FrontEnd.MOD_JK ? JK : PROXY) + path);
    }
}
