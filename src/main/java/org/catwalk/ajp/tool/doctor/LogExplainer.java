package org.catwalk.ajp.tool.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Counts what a log says and puts it into words: one finding for each kind of message and errno, the latest first. */
final class LogExplainer {

    private static final Pattern TIME = Pattern.compile("^\\[(\\w{3} \\w{3} +\\d+ [\\d:.]+ \\d{4})]");
    private static final Pattern ERRNO = Pattern.compile("errno=(\\d{1,4})\\b|: \\((\\d{1,4})\\)[A-Z]|\\((\\d{1,4})\\)(?:Permission|Connection|No route)");
    private static final Pattern WORKER = Pattern.compile("::\\w+\\.c \\(\\d+\\): (?:\\(([^)\\s]+)\\)|worker (\\S+) )");
    private static final int LONGEST_LINE = 8192;
    private static final int LONGEST_SHOWN = 200;

    private record Kind(KnownMessage message, int errno) {
    }

    private static final class Seen {
        private int count;
        private String last = "";
        private String time = "";
        private int order;
        private final List<String> workers = new ArrayList<>();
    }

    private final Map<Kind, Seen> seen = new LinkedHashMap<>();
    private int lines;
    private int explained;

    /** Reads to the end. */
    void read(BufferedReader log) throws IOException {
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            take(line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line);
        }
    }

    void take(String line) {
        lines++;
        Arrays.stream(KnownMessage.values()).filter(each -> each.matches(line)).findFirst().ifPresent(message -> count(message, line));
    }

    private void count(KnownMessage message, String line) {
        explained++;
        Seen kind = seen.computeIfAbsent(new Kind(message, message.isAboutConnection() ? errno(line) : 0), ignored -> new Seen());
        kind.count++;
        kind.last = line;
        kind.order = lines;
        Matcher time = TIME.matcher(line);
        kind.time = time.find() ? time.group(1) : kind.time;
        Matcher worker = WORKER.matcher(line);
        if (worker.find()) {
            String name = worker.group(1) != null ? worker.group(1) : worker.group(2);
            if (!kind.workers.contains(name)) {
                kind.workers.add(name);
            }
        }
    }

    private static int errno(String line) {
        Matcher errno = ERRNO.matcher(line);
        if (!errno.find()) {
            return 0;
        }
        for (int group = 1; group <= errno.groupCount(); group++) {
            if (errno.group(group) != null) {
                return Integer.parseInt(errno.group(group));
            }
        }
        return 0;
    }

    int lines() {
        return lines;
    }

    int explained() {
        return explained;
    }

    /** Notes, because a log tells of the past: whether it is so still is for the live checks to say. */
    List<Finding> findings() {
        return seen.entrySet().stream()
                .filter(each -> each.getKey().message() != KnownMessage.STARTED)
                .sorted(Comparator.comparing(each -> -each.getValue().order))
                .map(each -> finding(each.getKey(), each.getValue())).toList();
    }

    private static Finding finding(Kind kind, Seen seen) {
        Optional<Errno> errno = Errno.of(kind.errno());
        String what = seen.count + " x " + kind.message() + (kind.errno() == 0 ? "" : " (" + errno.map(Errno::toString)
                .orElse("errno " + kind.errno()) + ")")
                + (seen.workers.isEmpty() ? "" : ", worker " + String.join(", ", seen.workers))
                + (seen.time.isEmpty() ? "" : ", last " + seen.time) + ": " + shortened(seen.last);
        String effect = kind.message().meaning() + errno.map(each -> ". " + each.cause()).orElse("");
        List<String> cure = Stream.concat(errno.map(Errno::cure).stream(), Stream.of(kind.message().cure())).toList();
        return new Finding(Severity.NOTE, "LOG_" + kind.message(), what, effect, cure);
    }

    /** The message behind time, process and level, escaped: a log holds what strangers sent. */
    private static String shortened(String line) {
        String text = line.replaceFirst("^(?:\\[[^]]*] ){3}", "").replaceAll("[\\p{Cntrl}]", "?");
        return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
    }
}
