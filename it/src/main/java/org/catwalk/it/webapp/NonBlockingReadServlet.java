package org.catwalk.it.webapp;

import java.io.IOException;
import javax.servlet.AsyncContext;
import javax.servlet.ReadListener;
import javax.servlet.ServletInputStream;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** As {@link UploadServlet}, with a ReadListener: no thread waits for the client. */
@WebServlet(urlPatterns = "/non-blocking/upload", asyncSupported = true)
public class NonBlockingReadServlet extends HttpServlet {

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        AsyncContext async = request.startAsync();
        async.setTimeout(60_000);
        ServletInputStream in = request.getInputStream();
        RequestRecords records = RequestRecords.of(request);
        in.setReadListener(new ReadListener() {

            private final Payload.Checksum checksum = new Payload.Checksum();
            private final byte[] buffer = new byte[4096];
            private int callbacks;

            @Override
            public void onDataAvailable() throws IOException {
                callbacks++;
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
                new Answer().put("checksum", checksum.value()).put("callbacks", callbacks).sendTo(response);
                async.complete();
            }

            @Override
            public void onError(Throwable failure) {
                records.note("read failed after " + checksum.length() + ": " + failure.getClass().getName());
                async.complete();
            }
        });
    }
}
