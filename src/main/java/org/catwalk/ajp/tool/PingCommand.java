package org.catwalk.ajp.tool;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.catwalk.ajp.tool.client.AjpConnection;
import org.catwalk.ajp.tool.client.AjpFailure;
import org.catwalk.ajp.tool.client.ServerAddress;
import org.catwalk.ajp.tool.console.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** CPINGs to connectors, with statistics like those of ping(8). */
@Command(name = "ping",
        description = "Sends CPINGs to connectors, as mod_jk and mod_proxy_ajp do before they send a request. No secret is needed.",
        footerHeading = "%nExit codes: 0 every ping was answered, 1 some were, 3 none was.%n%nExamples:%n",
        footer = {
            "  catwalk-ajp ping tomcat1",
            "  catwalk-ajp ping -c 1 -q -W 2 tomcat1 tomcat2:8010     for monitoring",
            "  catwalk-ajp ping -c 0 -i 0.2 [::1]:8009                until Ctrl-C"})
final class PingCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "HOST[:PORT]", description = "Where the connectors listen; the port is 8009 unless said.")
    private List<ServerAddress> servers;

    @Option(names = {"-c", "--count"}, paramLabel = "N", defaultValue = "5",
            description = "Pings for each; 0 means until Ctrl-C. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(names = {"-i", "--interval"}, paramLabel = "TIME", defaultValue = "1",
            description = "Seconds between two pings. Default: ${DEFAULT-VALUE}.")
    private Duration interval;

    @Option(names = {"-W", "--timeout"}, paramLabel = "TIME", defaultValue = "5",
            description = "Seconds to wait, for a connection and for a CPONG. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = {"-n", "--new-connection"}, description = "Connect anew for each ping instead of keeping the connection.")
    private boolean connectsAnew;

    @Option(names = {"-q", "--quiet"}, description = "Show the statistics only.")
    private boolean quiet;

    @Spec
    private CommandSpec spec;

    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException {
        if (count < 0) {
            throw new ParameterException(spec.commandLine(), "--count is 0 or more, not " + count);
        }
        CountDownLatch done = new CountDownLatch(1);
        Thread onInterrupt = new Thread(() -> stopAndWait(done), "catwalk-ajp ping stop");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            return ping();
        } finally {
            done.countDown();
            if (stopped.getCount() > 0) {
                Runtime.getRuntime().removeShutdownHook(onInterrupt);
            }
        }
    }

    /** After Ctrl-C the statistics are still printed. */
    private void stopAndWait(CountDownLatch done) {
        stopped.countDown();
        try {
            done.await(2 * timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int ping() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        List<Target> targets = servers.stream().map(Target::new).toList();
        long start = System.nanoTime();
        long next = start;
        for (int sequence = 1; count == 0 || sequence <= count; sequence++) {
            for (Target target : targets) {
                target.ping(sequence, out);
            }
            out.flush();
            next += interval.toNanos();
            boolean isLast = sequence == count;
            if (isLast || stopped.await(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                break;
            }
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        targets.forEach(target -> target.report(time, out));
        out.flush();
        return exitCode(targets);
    }

    private static int exitCode(List<Target> targets) {
        int sent = targets.stream().mapToInt(target -> target.statistics.sent()).sum();
        int answered = targets.stream().mapToInt(target -> target.statistics.answered()).sum();
        if (answered == sent) {
            return ExitCode.OK;
        }
        return answered > 0 ? ExitCode.NOT_GOOD : ExitCode.NO_ANSWER;
    }

    private final class Target {

        private final ServerAddress server;
        private final PingStatistics statistics = new PingStatistics();
        private AjpConnection connection;

        Target(ServerAddress server) {
            this.server = server;
        }

        void ping(int sequence, PrintWriter out) {
            try {
                if (connection == null) {
                    connection = AjpConnection.open(server, timeout);
                }
                Duration time = connection.cping(timeout);
                statistics.answered(time);
                if (!quiet) {
                    out.printf(Locale.ROOT, "CPONG from %s (%s): seq=%d time=%.3f ms%n",
                            server, AjpConnection.text(connection.address()), sequence, time.toNanos() / 1e6);
                }
                if (connectsAnew) {
                    disconnect();
                }
            } catch (AjpFailure e) {
                statistics.lost();
                disconnect();
                if (!quiet) {
                    out.println(spec.commandLine().getColorScheme().ansi().text(
                            "@|red No CPONG from " + server + "|@: seq=" + sequence + " " + e.getMessage()));
                }
            }
        }

        private void disconnect() {
            if (connection != null) {
                connection.close();
                connection = null;
            }
        }

        void report(Duration time, PrintWriter out) {
            disconnect();
            out.println("--- " + server + " cping statistics ---");
            out.println(statistics.counts() + ", time " + time.toMillis() + " ms");
            if (statistics.answered() > 0) {
                out.println(statistics.times());
            }
        }
    }
}
