package org.catwalk.ajp.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.servlet.AsyncContext;
import javax.servlet.DispatcherType;
import javax.servlet.ReadListener;
import javax.servlet.ServletException;
import javax.servlet.ServletInputStream;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

import org.catwalk.ajp.testing.Application;

/** An application that does with its request whatever the URI says, and remembers that it was asked. */
final class FuzzApplication implements Application, AutoCloseable {

    /** What an application may do to a connector. */
    private enum Task {
        ECHO, IGNORE, HALF, LATE, THROW, THROW_LATE, SHORT, LONG, BIG, FLUSHES, PARAMETERS, EVERYTHING, ERROR, HEAD_TOO_LARGE, REDIRECT,
        HEADERS, NO_CONTENT, NOT_MODIFIED, ASYNC, ASYNC_LATE, ASYNC_DISPATCH, READ_LISTENER, READ_LISTENER_LEAVES, READ_LISTENER_IDLE,
        READ_LISTENER_THROWS, WRITE_LISTENER
    }

    private static final String PREFIX = "/task/";
    private static final byte[] LINE = "0123456789abcdef".repeat(64).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int BIG_LINES = 100;

    private final List<String> runs = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService others = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "fuzz-application");
        thread.setDaemon(true);
        return thread;
    });
    private volatile String secretSeen;

    /** What the application throws of its own accord. */
    static final class Deliberate extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Deliberate() {
            super("Deliberate", null, false, false);
        }
    }

    /** The URI of the task with this number, any number. */
    static String uri(int number) {
        return PREFIX + Task.values()[number % Task.values().length];
    }

    static int tasks() {
        return Task.values().length;
    }

    /** The raw URIs of the requests that it was asked to serve since the last call. */
    List<String> takeRuns() {
        synchronized (runs) {
            List<String> taken = List.copyOf(runs);
            runs.clear();
            return taken;
        }
    }

    /** A value in which an application found a secret since the last call; null if none did. */
    String takeSecretSeen() {
        String seen = secretSeen;
        secretSeen = null;
        return seen;
    }

    @Override
    public void close() {
        others.shutdownNow();
    }

    @Override
    public void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            response.getOutputStream().print("dispatched");
            return;
        }
        runs.add(request.getRequestURI());
        lookForSecret(request);
        run(task(request), request, response);
    }

    private static Task task(HttpServletRequest request) {
        String uri = request.getRequestURI();
        if (uri.startsWith(PREFIX)) {
            for (Task task : Task.values()) {
                if (uri.startsWith(task.name(), PREFIX.length())) {
                    return task;
                }
            }
        }
        return Task.ECHO;
    }

    private void lookForSecret(HttpServletRequest request) {
        check(request.getRequestURI());
        check(request.getQueryString());
        check(request.getRemoteUser());
        Collections.list(request.getHeaderNames()).forEach(name -> Collections.list(request.getHeaders(name)).forEach(this::check));
        Collections.list(request.getAttributeNames()).forEach(name -> {
            check(name);
            check(String.valueOf(request.getAttribute(name)));
        });
    }

    private void check(String value) {
        if (value != null && Sesame.isIn(value)) {
            secretSeen = value;
        }
    }

    private void run(Task task, HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        ServletOutputStream out = response.getOutputStream();
        switch (task) {
            case ECHO -> out.print("read " + readAll(request.getInputStream()));
            case IGNORE -> out.print("ignored");
            case HALF -> out.print("first byte " + request.getInputStream().read());
            case LATE -> {
                response.flushBuffer();
                out.print("read " + readAll(request.getInputStream()));
            }
            case THROW -> throw new Deliberate();
            case THROW_LATE -> {
                out.write(LINE);
                response.flushBuffer();
                throw new Deliberate();
            }
            case SHORT -> {
                response.setContentLength(100);
                out.write(LINE, 0, 10);
            }
            case LONG -> {
                response.setContentLength(10);
                out.write(LINE, 0, 100);
            }
            case BIG -> writeBig(out);
            case FLUSHES -> {
                for (int i = 0; i < 20; i++) {
                    out.write(LINE, 0, i);
                    out.flush();
                }
            }
            case PARAMETERS -> out.print("parameters " + request.getParameterMap().size());
            case EVERYTHING -> out.print("everything " + lookAtEverything(request));
            case ERROR -> response.sendError(418);
            case HEAD_TOO_LARGE -> {
                response.setHeader("X-Large", "x".repeat(9000));
                out.print("never sent");
            }
            case REDIRECT -> response.sendRedirect("/elsewhere?" + request.getQueryString());
            case HEADERS -> {
                Collections.list(request.getHeaderNames()).forEach(name -> response.setHeader("X-" + name, request.getHeader(name)));
                response.addHeader("X-Query", request.getQueryString());
            }
            case NO_CONTENT -> {
                response.setStatus(204);
                out.print("nobody sees this");
            }
            case NOT_MODIFIED -> response.setStatus(304);
            case ASYNC -> request.startAsync().complete();
            case ASYNC_LATE -> {
                AsyncContext async = request.startAsync();
                others.execute(() -> finish(async));
            }
            case ASYNC_DISPATCH -> request.startAsync().dispatch();
            case READ_LISTENER, READ_LISTENER_LEAVES, READ_LISTENER_IDLE, READ_LISTENER_THROWS ->
                    request.getInputStream().setReadListener(new Reading(task, request.startAsync()));
            case WRITE_LISTENER -> out.setWriteListener(new Writing(request.startAsync()));
            default -> throw new IllegalStateException(task.name());
        }
    }

    private static void finish(AsyncContext async) {
        try {
            async.getResponse().getOutputStream().print("late");
        } catch (IOException gone) {
            // The web server left; complete() is due all the same.
        } finally {
            async.complete();
        }
    }

    private static void writeBig(ServletOutputStream out) throws IOException {
        for (int i = 0; i < BIG_LINES; i++) {
            out.write(LINE);
        }
    }

    private static long readAll(InputStream in) throws IOException {
        byte[] buffer = new byte[1000];
        long total = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            total += n;
        }
        return total;
    }

    /** Everything that an application can ask for, for what the connector does lazily. */
    private static int lookAtEverything(HttpServletRequest request) {
        List<Object> seen = new ArrayList<>(List.of(request.getMethod(), request.getProtocol(), request.getScheme(),
                request.getServerName(), request.getServerPort(), request.getRequestURL(), request.isSecure(),
                request.getRemotePort(), request.getLocalPort(), request.getLocale(), request.getContentLengthLong()));
        Collections.addAll(seen, request.getRemoteAddr(), request.getRemoteHost(), request.getLocalAddr(), request.getLocalName(),
                request.getRemoteUser(), request.getAuthType(), request.getContentType(), request.getCharacterEncoding(),
                request.getCookies(), request.getRequestedSessionId(), request.getPathInfo(), request.getUserPrincipal(),
                request.getAttribute("javax.servlet.request.X509Certificate"),
                request.getAttribute("javax.servlet.request.cipher_suite"), request.getAttribute("javax.servlet.request.key_size"));
        return seen.size();
    }

    /** Reads what comes, to its end or not. */
    private static final class Reading implements ReadListener {

        private final Task task;
        private final AsyncContext async;
        private final ServletInputStream in;
        private final byte[] buffer = new byte[100];
        private boolean completed;

        Reading(Task task, AsyncContext async) throws IOException {
            this.task = task;
            this.async = async;
            in = async.getRequest().getInputStream();
        }

        @Override
        public void onDataAvailable() throws IOException {
            if (task == Task.READ_LISTENER_THROWS) {
                throw new Deliberate();
            }
            while (task != Task.READ_LISTENER_IDLE && in.isReady() && !in.isFinished()) {
                if (in.read(buffer) > 0 && task == Task.READ_LISTENER_LEAVES) {
                    break;
                }
            }
            if (task == Task.READ_LISTENER_IDLE || task == Task.READ_LISTENER_LEAVES) {
                complete();
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            async.getResponse().getOutputStream().print("all read");
            complete();
        }

        @Override
        public void onError(Throwable t) {
            complete();
        }

        private void complete() {
            if (!completed) {
                completed = true;
                async.complete();
            }
        }
    }

    /** Writes as much as the connector takes, each time. */
    private static final class Writing implements WriteListener {

        private final AsyncContext async;
        private final ServletOutputStream out;
        private int lines;

        Writing(AsyncContext async) throws IOException {
            this.async = async;
            out = async.getResponse().getOutputStream();
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (lines++ == 3 * BIG_LINES) {
                    async.complete();
                    return;
                }
                out.write(LINE);
            }
        }

        @Override
        public void onError(Throwable t) {
            async.complete();
        }
    }
}
