package org.catwalk.it.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.servlet.AsyncContext;
import javax.servlet.ReadListener;
import javax.servlet.ServletInputStream;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.HttpSession;

/**
 * Reads the request's body to its end and answers with {@code ?size=N} bytes of {@link Payload} that belong to {@code &id=ID}, with a
 * Content-Length if {@code &length=true}. Headers of the response: {@value #ID} and {@value #NODE}, {@value #RECEIVED} with the checksum of the
 * request's body, and with {@code &session=1} {@value #SESSION} and {@value #COUNT}, which begin anew after {@code &session=end}.
 *
 * <p>{@code &how=} tells in which way: {@code blocking}, {@code async} (completed by another thread after {@code &hold=MILLIS}),
 * {@code dispatch} (dispatched back here after that), {@code non-blocking} (with listeners), or {@code events}: {@code &size=N} server-sent
 * events, one each {@code &hold=MILLIS}.
 *
 * <p>With {@code &sent=N} the request is entered in the ledger of the fleet; and a second time, as damaged, if its body seemed complete
 * and was not the N bytes that the client meant to send.
 */
@WebServlet(urlPatterns = "/traffic", asyncSupported = true)
public class TrafficServlet extends HttpServlet {

    public static final String ID = "X-Traffic-Id";
    public static final String NODE = "X-Node";
    public static final String RECEIVED = "X-Received";
    public static final String SESSION = "X-Session";
    public static final String COUNT = "X-Count";

    private static final int PIECE = 16 * 1024;
    private static final String DISPATCHED = "traffic.dispatched";

    private ScheduledExecutorService background;

    @Override
    public void init() {
        background = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "traffic-servlet");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void destroy() {
        background.shutdownNow();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getAttribute(DISPATCHED) != null) {
            sendBody(request, response);
            return;
        }
        if (request.getParameter("sent") != null) {
            RunLedger.enter(request.getParameter("id"));
        }
        response.setHeader(ID, request.getParameter("id"));
        response.setHeader(NODE, RunLedger.NODE);
        response.setContentType("application/octet-stream");
        session(request, response);
        String how = request.getParameter("how");
        if ("non-blocking".equals(how)) {
            new Listeners(request, response).start();
            return;
        }
        received(request, response, checksum(request.getInputStream()));
        switch (how == null ? "blocking" : how) {
            case "async", "dispatch" -> goAsynchronous(request, response, how.equals("dispatch"));
            case "events" -> sendEvents(request, response);
            default -> sendBody(request, response);
        }
    }

    private static void session(HttpServletRequest request, HttpServletResponse response) {
        String wanted = request.getParameter("session");
        if (wanted == null) {
            return;
        }
        HttpSession session = request.getSession();
        Integer before = (Integer) session.getAttribute("count");
        int count = before == null ? 1 : before + 1;
        session.setAttribute("count", count);
        response.setHeader(SESSION, session.getId());
        response.setIntHeader(COUNT, count);
        if (wanted.equals("end")) {
            session.invalidate();
        }
    }

    private static String checksum(InputStream body) throws IOException {
        Payload.Checksum checksum = new Payload.Checksum();
        byte[] buffer = new byte[PIECE];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            checksum.add(buffer, 0, n);
        }
        return checksum.value();
    }

    private static void received(HttpServletRequest request, HttpServletResponse response, String checksum) throws IOException {
        response.setHeader(RECEIVED, checksum);
        String sent = request.getParameter("sent");
        String id = request.getParameter("id");
        if (sent != null && !checksum.equals(Payload.checksum(Payload.startOf(id), Long.parseLong(sent)))) {
            RunLedger.enter(id + Payload.DAMAGED);
        }
    }

    private static int number(HttpServletRequest request, String parameter) {
        String given = request.getParameter(parameter);
        return given == null ? 0 : Integer.parseInt(given);
    }

    private static void announceLength(HttpServletRequest request, HttpServletResponse response) {
        if (Boolean.parseBoolean(request.getParameter("length"))) {
            response.setContentLength(number(request, "size"));
        }
    }

    private static void sendBody(HttpServletRequest request, HttpServletResponse response) throws IOException {
        announceLength(request, response);
        int start = Payload.startOf(request.getParameter("id"));
        int size = number(request, "size");
        byte[] piece = new byte[Math.min(size, PIECE)];
        for (int position = 0; position < size; position += piece.length) {
            int length = Math.min(piece.length, size - position);
            Payload.fill(piece, 0, length, start + position);
            response.getOutputStream().write(piece, 0, length);
        }
    }

    private static void sendEvents(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/event-stream");
        String id = request.getParameter("id");
        int count = number(request, "size");
        for (int i = 0; i < count; i++) {
            response.getOutputStream().write(Payload.event(id, i).getBytes(StandardCharsets.US_ASCII));
            response.flushBuffer();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(number(request, "hold")));
        }
    }

    private void goAsynchronous(HttpServletRequest request, HttpServletResponse response, boolean dispatch) {
        AsyncContext async = request.startAsync();
        background.schedule(() -> {
            if (dispatch) {
                request.setAttribute(DISPATCHED, true);
                async.dispatch();
                return;
            }
            try {
                sendBody(request, response);
            } catch (IOException e) {
                log("The client of " + request.getParameter("id") + " has gone");
            } finally {
                async.complete();
            }
        }, number(request, "hold"), TimeUnit.MILLISECONDS);
    }

    /** Reads and writes when there is something to read, and room to write. */
    private static final class Listeners implements ReadListener, WriteListener {

        private final HttpServletRequest request;
        private final HttpServletResponse response;
        private final AsyncContext async;
        private final ServletInputStream in;
        private final ServletOutputStream out;
        private final Payload.Checksum checksum = new Payload.Checksum();
        private final byte[] buffer = new byte[4096];
        private final int start;
        private final int size;
        private int position;

        Listeners(HttpServletRequest request, HttpServletResponse response) throws IOException {
            this.request = request;
            this.response = response;
            async = request.startAsync();
            async.setTimeout(60_000);
            in = request.getInputStream();
            out = response.getOutputStream();
            start = Payload.startOf(request.getParameter("id"));
            size = number(request, "size");
        }

        void start() {
            in.setReadListener(this);
        }

        @Override
        public void onDataAvailable() throws IOException {
            while (in.isReady()) {
                int count = in.read(buffer);
                if (count < 0) {
                    return;
                }
                checksum.add(buffer, 0, count);
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            received(request, response, checksum.value());
            announceLength(request, response);
            out.setWriteListener(this);
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (position == size) {
                    async.complete();
                    return;
                }
                // A fresh array each time: the container may still be busy with the last one.
                byte[] piece = Payload.bytes(start + position, Math.min(PIECE, size - position));
                position += piece.length;
                out.write(piece);
            }
        }

        @Override
        public void onError(Throwable failure) {
            async.complete();
        }
    }
}
