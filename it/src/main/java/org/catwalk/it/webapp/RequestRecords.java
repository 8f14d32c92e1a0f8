package org.catwalk.it.webapp;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.servlet.http.HttpServletRequest;

/** What happened to requests that carry {@code X-Request-Id}: how often they ran, and what servlets noted about them. */
final class RequestRecords {

    static final String HEADER = "X-Request-Id";

    private static final Map<String, RequestRecords> BY_ID = new ConcurrentHashMap<>();

    private final AtomicInteger runs = new AtomicInteger();
    private final List<String> notes = new CopyOnWriteArrayList<>();

    private RequestRecords() {
    }

    static RequestRecords of(String id) {
        return BY_ID.computeIfAbsent(id, ignored -> new RequestRecords());
    }

    static RequestRecords of(HttpServletRequest request) {
        String id = request.getHeader(HEADER);
        return id == null ? new RequestRecords() : of(id);
    }

    void ran() {
        runs.incrementAndGet();
    }

    void note(String text) {
        notes.add(text);
    }

    int runs() {
        return runs.get();
    }

    String notes() {
        return String.join("\n", notes);
    }
}
