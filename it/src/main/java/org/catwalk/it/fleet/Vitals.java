package org.catwalk.it.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.catwalk.it.harness.Jmx;
import org.catwalk.it.harness.TomcatInstance;

/** What a node holds at a moment: of its JVM, of its process, and of Catwalk, by JMX and /proc. */
public final class Vitals {

    /** As in org.apache.coyote.Constants. */
    private static final int STAGE_NEW = 0;
    private static final int STAGE_KEEPALIVE = 6;

    /** Number, instances, bytes, class. */
    private static final Pattern CLASS_LINE = Pattern.compile("(?m)^ *[0-9]+: +[0-9]+ +([0-9]+) +(\\S+)");

    private final Jmx jmx;
    private final ObjectName memory;
    private final ObjectName threads;
    private final ObjectName directBuffers;
    private final ObjectName statistics;
    private final String processors;
    private final long pid;

    /** @param node that is up, and stays the same process */
    public Vitals(Node node) {
        this(node.tomcat(), Fleet.CONNECTOR);
    }

    /** @param connector name of the AJP connector that it is about */
    public Vitals(TomcatInstance tomcat, String connector) {
        jmx = tomcat.jmx();
        memory = jmx.only("java.lang:type=Memory");
        threads = jmx.only("java.lang:type=Threading");
        directBuffers = jmx.only("java.nio:type=BufferPool,name=direct");
        statistics = tomcat.statisticsBean(connector);
        // A connector that has found a port has it in this name, and only in this one.
        processors = "Catalina:type=RequestProcessor,worker=\"" + tomcat.protocolName(connector) + "*\",*";
        pid = tomcat.pid();
    }

    /** Bytes in the heap that are left by a full garbage collection, which it does. */
    public long liveHeap() {
        jmx.invoke(memory, "gc");
        return (Long) ((CompositeData) jmx.attribute(memory, "HeapMemoryUsage")).get("used");
    }

    /** Bytes in the heap that are alive, by class; a full garbage collection goes before. */
    public Map<String, Long> heapByClass() {
        Map<String, Long> bytes = new HashMap<>();
        Matcher line = CLASS_LINE.matcher(jmx.diagnose("gcClassHistogram"));
        while (line.find()) {
            bytes.merge(line.group(2), Long.parseLong(line.group(1)), Long::sum);
        }
        return bytes;
    }

    public int threads() {
        return (Integer) jmx.attribute(threads, "ThreadCount");
    }

    /** Bytes. */
    public long directMemory() {
        return (Long) jmx.attribute(directBuffers, "MemoryUsed");
    }

    public int descriptors() {
        return descriptors(pid);
    }

    /** Bytes of the process that are in memory. */
    public long resident() {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            String line = lines.filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
            return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Open files of a process that is ours, and sockets; 0 if it has gone. */
    public static int descriptors(long pid) {
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return (int) all.count();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Catwalk's connections: all of them, or only those with a request. */
    public int connections(boolean activeOnly) {
        CompositeData states = (CompositeData) jmx.attribute(statistics, "connections");
        return states.getCompositeType().keySet().stream().filter(state -> !activeOnly || !state.equals("idle"))
                .mapToInt(state -> ((Number) states.get(state)).intValue()).sum();
    }

    /** Catwalk's buffers: {@code inUse} by requests, or {@code kept} for the next. */
    public int buffers(String which) {
        TabularData kinds = (TabularData) jmx.attribute(statistics, "buffers");
        return kinds.values().stream().mapToInt(kind -> ((Number) ((CompositeData) kind).get(which)).intValue()).sum();
    }

    /** Tomcat's request processors, those that wait to be used again included. */
    public int processors() {
        return jmx.query(processors).size();
    }

    /** Those of them that are in the midst of a request. */
    public int busyProcessors() {
        return (int) jmx.query(processors).stream().map(each -> (Integer) jmx.attribute(each, "stage"))
                .filter(stage -> stage > STAGE_NEW && stage < STAGE_KEEPALIVE).count();
    }
}
