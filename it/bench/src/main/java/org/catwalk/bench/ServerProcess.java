package org.catwalk.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A contestant's server in its own JVM. It ends when its standard input does, so at the latest with this JVM. */
final class ServerProcess implements AutoCloseable {

    private static final long ANSWER_SECONDS = 60;
    private static final int WARM_UPS = 10;
    /** Seconds a second that the compiler may still use in a server that counts as warm. */
    private static final double COMPILING = .03;

    private final Contestant contestant;
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "answers");
        thread.setDaemon(true);
        return thread;
    });
    private final int port;

    private ServerProcess(Contestant contestant, Process process, Path log) throws IOException {
        this.contestant = contestant;
        this.process = process;
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        commands = process.outputWriter(StandardCharsets.UTF_8);
        String ready = answer();
        // The JVM itself may have something to say first.
        while (ready != null && !ready.startsWith("READY ")) {
            ready = answer();
        }
        if (ready == null) {
            close();
            throw new IOException("The server for " + contestant.name() + " did not start, see " + log);
        }
        port = Integer.parseInt(ready.substring("READY ".length()));
    }

    /** @param logs directory for what the server prints */
    static ServerProcess start(Contestant contestant, Path jdk, Path logs) throws IOException {
        return start(contestant, contestant.kind().protocol() == null ? "UndertowServer" : "TomcatServer", List.of(), jdk, logs);
    }

    /** Without a container; not for Undertow. Its threads' allocation buffers are small, for each of them gives one sample. */
    static ServerProcess startBare(Contestant contestant, Path jdk, Path logs) throws IOException {
        return start(contestant, "BareServer", List.of("-XX:TLABSize=32k", "-XX:-ResizeTLAB"), jdk, logs);
    }

    private static ServerProcess start(Contestant contestant, String main, List<String> jvmArguments, Path jdk, Path logs) throws IOException {
        List<String> command = new ArrayList<>(List.of(jdk.resolve("bin/java").toString(), "-Xms1g", "-Xmx1g"));
        command.addAll(jvmArguments);
        command.addAll(contestant.jvmArguments());
        command.add("-cp");
        command.add((contestant.jar() == null ? "" : contestant.jar() + File.pathSeparator) + System.getProperty("java.class.path"));
        command.add("org.catwalk.bench.server." + main);
        if (contestant.kind().protocol() != null) {
            command.add(contestant.kind().protocol());
            contestant.attributes().forEach((name, value) -> command.add(name + "=" + value));
        }
        Files.createDirectories(logs);
        Path log = logs.resolve(contestant.name() + ".log");
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
        return new ServerProcess(contestant, process, log);
    }

    Contestant contestant() {
        return contestant;
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** One of the commands in {@code server.Commands}; returns its answer. */
    String command(String name) throws IOException {
        commands.write(name + "\n");
        commands.flush();
        String answer = answer();
        if (answer == null) {
            throw new IOException("The server for " + contestant.name() + " has ended");
        }
        return answer;
    }

    private String answer() throws IOException {
        try {
            return reader.submit(answers::readLine).get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
            throw new IOException("No answer from the server for " + contestant.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** User and system time that the whole process has used, to 10 ms. */
    double cpuSeconds() {
        return ProcessTime.seconds(pid());
    }

    /** What its JIT compiler has used of that. */
    double compilerSeconds() {
        return ProcessTime.ofCompilers(pid());
    }

    /** A load that lasts for some time. */
    interface Load {
        void run() throws IOException;
    }

    /**
     * Carries a load as often as it takes until the JIT compiler is done with it, at most {@value #WARM_UPS} times: with two processors
     * compiling would count as a third of the CPU of a row.
     */
    void carryUntilCompiled(Duration each, Load load) throws IOException {
        double compiled = compilerSeconds();
        for (int i = 0; i < WARM_UPS; i++) {
            load.run();
            double before = compiled;
            compiled = compilerSeconds();
            if (compiled - before < COMPILING * each.toMillis() / 1000) {
                break;
            }
        }
    }

    @Override
    public void close() {
        try {
            commands.close();
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroy();
            }
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        reader.shutdownNow();
    }
}
