package org.catwalk.ajp.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Every read and write that the container makes on one connection, as the JDK itself records them (Flight Recorder's jdk.SocketRead and
 * jdk.SocketWrite, one for each call of a channel). Nothing of our own is in the way, and the product needs no hook for it.
 */
public final class SocketCalls implements AutoCloseable {

    private final Recording recording = new Recording();

    /** One call. */
    public record Call(boolean write, long bytes, String thread) {
    }

    public static SocketCalls record() {
        return new SocketCalls();
    }

    private SocketCalls() {
        for (String event : List.of("jdk.SocketRead", "jdk.SocketWrite")) {
            // The JDKs that know no throttle ignore it.
            recording.enable(event).withThreshold(Duration.ZERO).withoutStackTrace().with("throttle", "off");
        }
        recording.start();
    }

    /** Ends the recording. @return the calls that the container made on the connection that has this port at our end, in their order. */
    public List<Call> onConnectionFrom(int peerPort) {
        try {
            recording.stop();
            Path file = Files.createTempFile("socket-calls", ".jfr");
            try {
                recording.dump(file);
                List<RecordedEvent> events = new ArrayList<>(RecordingFile.readAllEvents(file));
                events.removeIf(e -> e.getInt("port") != peerPort);
                events.sort((a, b) -> a.getStartTime().compareTo(b.getStartTime()));
                return events.stream().map(SocketCalls::call).toList();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Call call(RecordedEvent event) {
        boolean write = event.getEventType().getName().equals("jdk.SocketWrite");
        return new Call(write, event.getLong(write ? "bytesWritten" : "bytesRead"), event.getThread().getJavaName());
    }

    @Override
    public void close() {
        recording.close();
    }
}
