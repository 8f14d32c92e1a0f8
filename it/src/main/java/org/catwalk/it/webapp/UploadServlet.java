package org.catwalk.it.webapp;

import java.io.IOException;
import java.io.InputStream;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** Reads the body, or only the first {@code ?read=N} bytes of it, and tells length and checksum of what it read. */
@WebServlet("/upload")
public class UploadServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String wanted = request.getParameter("read");
        long limit = wanted == null ? Long.MAX_VALUE : Long.parseLong(wanted);
        Payload.Checksum checksum = new Payload.Checksum();
        try {
            read(request.getInputStream(), limit, checksum);
        } catch (IOException e) {
            RequestRecords.of(request).note("read failed after " + checksum.length() + ": " + e.getClass().getName());
            throw e;
        }
        RequestRecords.of(request).note("read " + checksum.length());
        new Answer().put("method", request.getMethod()).put("contentLength", request.getContentLengthLong())
                .put("checksum", checksum.value()).sendTo(response);
    }

    private static void read(InputStream in, long limit, Payload.Checksum checksum) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        while (checksum.length() < limit) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, limit - checksum.length()));
            if (count < 0) {
                return;
            }
            checksum.add(buffer, 0, count);
        }
    }
}
