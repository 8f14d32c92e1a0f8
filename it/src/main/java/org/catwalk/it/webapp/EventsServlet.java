package org.catwalk.it.webapp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.servlet.ServletOutputStream;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Server-sent events on the test's command: {@code GET /events?id=ID&count=N} sends one event and flushes; each
 * {@code POST /events?id=ID} lets it send the next. A client that has not received event n cannot ask for n + 1, so that an event
 * that is held back shows as a time-out.
 */
@WebServlet("/events")
public class EventsServlet extends HttpServlet {

    private static final int PATIENCE_SECONDS = 20;

    private final Map<String, Semaphore> permits = new ConcurrentHashMap<>();

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        permits(request).release();
        new Answer().put("released", true).sendTo(response);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int count = Integer.parseInt(request.getParameter("count"));
        response.setContentType("text/event-stream");
        ServletOutputStream out = response.getOutputStream();
        for (int i = 0; i < count; i++) {
            if (i > 0 && !mayGoOn(permits(request))) {
                return;
            }
            out.write(("data: event " + i + "\n\n").getBytes(StandardCharsets.US_ASCII));
            response.flushBuffer();
        }
        permits.remove(request.getParameter("id"));
    }

    private Semaphore permits(HttpServletRequest request) {
        return permits.computeIfAbsent(request.getParameter("id"), ignored -> new Semaphore(0));
    }

    private static boolean mayGoOn(Semaphore permits) {
        try {
            return permits.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
