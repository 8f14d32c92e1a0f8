package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.catwalk.ajp.tool.doctor.Backend.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpdConfTest {

    private static HttpdConf parse(String text) {
        return HttpdConf.parse("httpd.conf", text.lines().toList());
    }

    @Test
    void readsMountsAndTheWorkersFile() {
        HttpdConf conf = parse("""
                JkWorkersFile "conf/workers.properties"
                JkMount /app/* node1
                <Location /other>
                  jkmount node2
                </Location>
                """);
        assertThat(conf.workersFile()).map(Setting::value).hasValue("conf/workers.properties");
        assertThat(conf.mounts()).extracting(Setting::name).containsExactly("/app/*", "/other");
        assertThat(conf.mounts()).extracting(Setting::value).containsExactly("node1", "node2");
        assertThat(conf.mounts()).extracting(Setting::line).containsExactly(2, 4);
    }

    @Test
    void readsProxyPassWithItsParameters() {
        HttpdConf conf = parse("""
                ProxyPass "/" "ajp://tomcat1:8010/" secret=hush max=20 \\
                    ttl=60 ping=1
                ProxyPass /http http://tomcat1:8080/
                """);
        assertThat(conf.backends()).hasSize(1);
        Backend backend = conf.backends().get(0);
        assertThat(backend.host()).isEqualTo("tomcat1");
        assertThat(backend.port()).isEqualTo(8010);
        assertThat(backend.number(Parameter.POOL_SIZE)).hasValue(20);
        assertThat(backend.number(Parameter.IDLE_TIMEOUT)).hasValue(60);
        assertThat(backend.get(Parameter.SECRET)).map(Setting::value).hasValue("hush");
        assertThat(backend.route()).isEmpty();
        assertThat(backend.declared().line()).isEqualTo(1);
    }

    @Test
    void readsBalancerMembersInAndOutsideOfTheirSection() {
        HttpdConf conf = parse("""
                <Proxy "balancer://cluster">
                  BalancerMember "ajp://10.0.0.1:8009" route=node1
                </Proxy>
                BalancerMember balancer://other ajp://10.0.0.2
                """);
        assertThat(conf.backends()).extracting(Backend::balancer).containsExactly("balancer://cluster", "balancer://other");
        assertThat(conf.backends().get(0).route()).hasValue("node1");
        assertThat(conf.backends().get(1).port()).isEqualTo(8009);
    }

    @Test
    void takesThePacketSizeOfTheVirtualHost() {
        HttpdConf conf = parse("""
                ProxyIOBufferSize 16384
                ProxyPass /main ajp://a:8009/
                <VirtualHost *:443>
                  ProxyPass /host ajp://b:8009/
                  ProxyIOBufferSize 65536
                </VirtualHost>
                <VirtualHost *:444>
                  ProxyPass /own ajp://c:8009/ iobuffersize=8192
                </VirtualHost>
                """);
        assertThat(conf.backends()).extracting(backend -> backend.packetSize().getAsInt()).containsExactly(16384, 65536, 8192);
    }

    @Test
    void countsProcessesAndThreadsOfTheMpmThatIsLoaded() {
        assertThat(parse("""
                LoadModule mpm_event_module modules/mod_mpm_event.so
                <IfModule mpm_prefork_module>
                  MaxRequestWorkers 10
                </IfModule>
                <IfModule mpm_event_module>
                  ThreadsPerChild 64
                  MaxRequestWorkers 1024
                </IfModule>
                """).processPool()).hasValue(new ProcessPool("event", 16, 64));
        assertThat(parse("LoadModule mpm_prefork_module x.so\nMaxClients 150\n").processPool())
                .hasValue(new ProcessPool("prefork", 150, 1));
        assertThat(parse("LoadModule mpm_worker_module x.so\n").processPool()).hasValue(new ProcessPool("worker", 16, 25));
        assertThat(parse("ThreadsPerChild 64\n").processPool()).as("MPM unknown").isEmpty();
        assertThat(parse("LoadModule mpm_event_module x.so\nThreadsPerChild ${THREADS}\n").processPool()).as("number unknown").isEmpty();
    }

    @Test
    void readsAttributesThatAreSentAndWhereUsersAreAsked() {
        HttpdConf conf = parse("""
                JkEnvVar COLOUR blue
                SetEnv AJP_SHAPE round
                SetEnv OTHER thing
                <Location /private>
                  AuthType Basic
                </Location>
                """);
        assertThat(conf.forwardedAttributes()).extracting(Setting::value).containsExactly("COLOUR", "SHAPE");
        assertThat(conf.authentication()).map(Setting::line).hasValue(5);
    }

    @Test
    void fillsInDefinesAndLeavesWhatItDoesNotKnow() {
        HttpdConf conf = parse("""
                Define tomcat 10.0.0.9
                ProxyPass / ajp://${tomcat}:8009/ secret=${SECRET}
                """);
        assertThat(conf.backends().get(0).host()).isEqualTo("10.0.0.9");
        assertThat(conf.backends().get(0).get(Parameter.SECRET)).hasValueSatisfying(setting -> assertThat(setting.isKnown()).isFalse());
    }

    @Test
    void followsIncludesWithWildcardsAndPassesOverWhatIsNotThere(@TempDir Path root) throws IOException {
        Files.createDirectories(root.resolve("conf.d"));
        Files.writeString(root.resolve("conf.d/a.conf"), "JkMount /a node1\n");
        Files.writeString(root.resolve("conf.d/b.conf"), "JkMount /b node2\nInclude httpd.conf\n");
        Files.writeString(root.resolve("conf.d/c.txt"), "JkMount /c node3\n");
        Path file = root.resolve("httpd.conf");
        Files.writeString(file, "IncludeOptional conf.d/*.conf\nInclude nothing/*.conf\n");

        assertThat(HttpdConf.read(file).mounts()).extracting(Setting::name).contains("/a", "/b").doesNotContain("/c");
    }

    @Test
    void takesTheDirectoryAboveConfForTheServerRootIfNothingIsSaid(@TempDir Path root) throws IOException {
        Files.createDirectories(root.resolve("conf"));
        Path file = root.resolve("conf/httpd.conf");
        Files.writeString(file, "JkWorkersFile conf/workers.properties\n");
        assertThat(HttpdConf.read(file).workersPath()).hasValue(root.resolve("conf/workers.properties"));
    }

    @Test
    void namesTheWorkersFileFromTheServerRoot(@TempDir Path root) throws IOException {
        Path file = root.resolve("httpd.conf");
        Files.writeString(file, "ServerRoot " + root.resolve("srv") + "\nJkWorkersFile conf/workers.properties\n");
        assertThat(HttpdConf.read(file).workersPath()).hasValue(root.resolve("srv/conf/workers.properties"));
    }
}
