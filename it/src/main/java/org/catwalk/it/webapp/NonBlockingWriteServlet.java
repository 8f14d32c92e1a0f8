package org.catwalk.it.webapp;

import java.io.IOException;
import javax.servlet.AsyncContext;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** Sends {@code ?size=N} bytes of {@link Payload} with a WriteListener: no thread waits for the client. */
@WebServlet(urlPatterns = "/non-blocking/download", asyncSupported = true)
public class NonBlockingWriteServlet extends HttpServlet {

    private static final int PIECE = 32 * 1024;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long size = Long.parseLong(request.getParameter("size"));
        AsyncContext async = request.startAsync();
        async.setTimeout(60_000);
        response.setContentType("application/octet-stream");
        ServletOutputStream out = response.getOutputStream();
        RequestRecords records = RequestRecords.of(request);
        out.setWriteListener(new WriteListener() {

            private long position;
            private int callbacks;

            @Override
            public void onWritePossible() throws IOException {
                callbacks++;
                while (out.isReady()) {
                    if (position == size) {
                        records.note("callbacks " + callbacks);
                        async.complete();
                        return;
                    }
                    // A fresh array each time: the container may still be busy with the last one.
                    byte[] piece = new byte[(int) Math.min(PIECE, size - position)];
                    Payload.fill(piece, 0, piece.length, position);
                    position += piece.length;
                    out.write(piece);
                }
            }

            @Override
            public void onError(Throwable failure) {
                records.note("write failed: " + failure.getClass().getName());
                async.complete();
            }
        });
    }
}
