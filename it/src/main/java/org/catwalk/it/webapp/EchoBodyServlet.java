package org.catwalk.it.webapp;

import java.io.IOException;
import java.io.InputStream;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** Sends each piece of the body back, flushed, before it reads the next: deadlocks if either direction is held back. */
@WebServlet("/echo-body")
public class EchoBodyServlet extends HttpServlet {

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("application/octet-stream");
        InputStream in = request.getInputStream();
        byte[] buffer = new byte[4096];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            response.getOutputStream().write(buffer, 0, count);
            response.flushBuffer();
        }
    }
}
