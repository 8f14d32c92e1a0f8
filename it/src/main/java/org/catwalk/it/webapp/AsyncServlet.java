package org.catwalk.it.webapp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.servlet.AsyncContext;
import javax.servlet.AsyncEvent;
import javax.servlet.AsyncListener;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Goes asynchronous and ends as {@code ?how} says: {@code complete} from another thread, {@code dispatch} back to this servlet,
 * {@code dispatch-away} to /echo, {@code timeout} answered by the listener, {@code timeout-default} left to the container,
 * {@code error} thrown by the dispatched run, {@code immediate} complete() within service().
 */
@WebServlet(urlPatterns = "/async", asyncSupported = true)
public class AsyncServlet extends HttpServlet {

    private ExecutorService background;

    @Override
    public void init() {
        background = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "async-servlet");
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
        String how = request.getParameter("how");
        if (request.getAttribute("dispatched") != null) {
            if (how.equals("error")) {
                throw new IllegalStateException("in the dispatched run, as asked");
            }
            new Answer().put("ended", "dispatch").put("thread", Thread.currentThread().getName()).sendTo(response);
            return;
        }
        AsyncContext async = request.startAsync();
        async.setTimeout(how.startsWith("timeout") ? 300 : 20_000);
        RequestRecords records = RequestRecords.of(request);
        async.addListener(new Notes(records, how.equals("timeout")));
        switch (how) {
            case "complete" -> background.execute(() -> answerAndComplete(async));
            case "immediate" -> answerAndComplete(async);
            case "dispatch", "error" -> background.execute(() -> {
                request.setAttribute("dispatched", true);
                async.dispatch();
            });
            case "dispatch-away" -> background.execute(() -> async.dispatch("/echo/from-async"));
            default -> {
                // the time-outs: nobody ends it
            }
        }
    }

    private static void answerAndComplete(AsyncContext async) {
        try {
            new Answer().put("ended", "complete").put("thread", Thread.currentThread().getName()).sendTo(async.getResponse());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            async.complete();
        }
    }

    private static final class Notes implements AsyncListener {

        private final RequestRecords records;
        private final boolean answersTimeout;

        Notes(RequestRecords records, boolean answersTimeout) {
            this.records = records;
            this.answersTimeout = answersTimeout;
        }

        @Override
        public void onComplete(AsyncEvent event) {
            records.note("onComplete");
        }

        @Override
        public void onTimeout(AsyncEvent event) throws IOException {
            records.note("onTimeout");
            if (answersTimeout) {
                new Answer().put("ended", "timeout").sendTo(event.getSuppliedResponse() == null
                        ? event.getAsyncContext().getResponse() : event.getSuppliedResponse());
                event.getAsyncContext().complete();
            }
        }

        @Override
        public void onError(AsyncEvent event) {
            records.note("onError");
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            records.note("onStartAsync");
        }
    }
}
