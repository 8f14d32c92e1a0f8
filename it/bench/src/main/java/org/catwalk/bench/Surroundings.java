package org.catwalk.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Properties;
import org.apache.catalina.util.ServerInfo;

/** What a figure means nothing without. Each line is one fact. */
public record Surroundings(List<String> lines) {

    static Surroundings of(Options options) throws IOException {
        Schedule schedule = options.schedule();
        return new Surroundings(List.of(
                "Date: " + LocalDate.now(),
                "Machine: " + Runtime.getRuntime().availableProcessors() + " processors (" + processor() + "), "
                        + System.getProperty("os.name") + " " + System.getProperty("os.version") + "; load average at the start "
                        + Files.readString(Path.of("/proc/loadavg")).split(" ")[0],
                "TCP congestion control: " + Files.readString(Path.of("/proc/sys/net/ipv4/tcp_congestion_control")).strip(),
                "Servers: JDK " + release(options.jdk()) + ", -Xmx1g; " + ServerInfo.getServerInfo() + "; Undertow "
                        + io.undertow.Version.getVersionString() + "; Catwalk " + options.catwalkJar().getFileName()
                        + commit(options.catwalkJar().getParent()),
                "Load: one thread of the same machine over loopback, the requests that mod_jk sends; " + schedule.rounds()
                        + " alternating rounds of " + schedule.round().toMillis() / 1000.0 + " s unless said otherwise, medians"));
    }

    /** Of the jar that was built here. */
    private static String commit(Path directory) throws IOException {
        Process git = new ProcessBuilder("git", "-C", directory.toString(), "describe", "--always", "--dirty", "--exclude=*")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return commit.isEmpty() ? "" : " at commit " + commit;
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name")).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("unknown");
    }

    private static String release(Path jdk) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(jdk.resolve("release"))) {
            properties.load(in);
        }
        return properties.getProperty("JAVA_VERSION", "unknown").replace("\"", "");
    }
}
