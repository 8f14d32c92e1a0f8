package org.catwalk.bench.server;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** What this JVM has on its heap and what it allocates. */
final class Allocation {

    /** The packages of each connector and of the socket layer below it; what is called from them in the JDK counts as theirs. */
    private static final List<String> CONNECTORS = List.of("org.catwalk.", "org.apache.coyote.ajp.", "org.apache.tomcat.util.net.",
            "io.undertow.server.protocol.ajp.", "org.xnio.");
    private static final List<String> JDK = List.of("java.", "sun.", "jdk.");

    private Recording recording;

    String heapAndDirectBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
        return least + " " + direct;
    }

    String allocatedBytes() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long total = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            total += Math.max(bytes, 0);
        }
        return Long.toString(total);
    }

    String startSampling() {
        recording = new Recording();
        recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s").withStackTrace();
        recording.start();
        return "sampling";
    }

    /**
     * The weight of a sample is what its thread has allocated since its previous one, so that the weights add up to all of it. A thread's
     * first one is left out, for it stands for everything that the thread has ever allocated.
     */
    String stopSampling() throws IOException {
        recording.stop();
        Path file = Files.createTempFile("catwalk-bench-", ".jfr");
        Map<String, Long> byClass = new TreeMap<>();
        try {
            recording.dump(file);
            Set<Long> seenThreads = new HashSet<>();
            List<RecordedEvent> samples = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("jdk.ObjectAllocationSample") && event.getThread() != null)
                    .sorted(Comparator.comparing(RecordedEvent::getStartTime)).toList();
            for (RecordedEvent event : samples) {
                boolean first = seenThreads.add(event.getThread().getId());
                if (!first && isTheConnectors(event)) {
                    byClass.merge(((RecordedClass) event.getValue("objectClass")).getName(), event.getLong("weight"), Long::sum);
                }
            }
        } finally {
            recording.close();
            Files.delete(file);
        }
        return byClass.values().stream().mapToLong(Long::longValue).sum() + byClass.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(6)
                .map(each -> " " + each.getKey() + ":" + each.getValue()).collect(Collectors.joining());
    }

    /** Whether the first frame that is not the JDK's is in a connector's package. */
    private static boolean isTheConnectors(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return false;
        }
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            String type = frame.getMethod().getType().getName();
            if (JDK.stream().noneMatch(type::startsWith)) {
                return CONNECTORS.stream().anyMatch(type::startsWith);
            }
        }
        return false;
    }
}
