package org.catwalk.it.webapp;

import java.io.IOException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Sends {@code ?size=N} bytes of {@link Payload}, with a Content-Length if {@code &length=true}, in writes of {@code &piece=N}
 * bytes (default 16384). Notes whether that succeeded.
 */
@WebServlet("/download")
public class DownloadServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long size = Long.parseLong(request.getParameter("size"));
        String piece = request.getParameter("piece");
        response.setContentType("application/octet-stream");
        if (Boolean.parseBoolean(request.getParameter("length"))) {
            response.setContentLengthLong(size);
        }
        try {
            Payload.write(response.getOutputStream(), size, piece == null ? 16 * 1024 : Integer.parseInt(piece));
            response.flushBuffer();
        } catch (IOException e) {
            RequestRecords.of(request).note("write failed: " + e.getClass().getName());
            throw e;
        }
        RequestRecords.of(request).note("wrote " + size);
    }
}
