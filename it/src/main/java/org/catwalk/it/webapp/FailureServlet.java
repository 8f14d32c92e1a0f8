package org.catwalk.it.webapp;

import java.io.IOException;
import javax.servlet.ServletException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Fails as {@code ?how} says: {@code error} (sendError with {@code &status}), {@code status} (setStatus, empty), {@code before} or
 * {@code after} commit with an exception, {@code short} (half of the announced Content-Length), {@code short-flushed} (the same, with
 * a flush).
 */
@WebServlet("/fail")
public class FailureServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        String how = request.getParameter("how");
        switch (how) {
            case "error":
                response.sendError(Integer.parseInt(request.getParameter("status")), "as asked");
                break;
            case "status":
                response.setStatus(Integer.parseInt(request.getParameter("status")));
                break;
            case "before":
                throw new ServletException("before commit, as asked");
            case "after":
                if (request.getParameter("length") != null) {
                    response.setContentLength(Integer.parseInt(request.getParameter("length")));
                }
                response.getOutputStream().write(Payload.bytes(100));
                response.flushBuffer();
                throw new ServletException("after commit, as asked");
            case "short":
            case "short-flushed":
                response.setContentLength(200);
                response.getOutputStream().write(Payload.bytes(100));
                if (how.equals("short-flushed")) {
                    response.flushBuffer();
                }
                break;
            default:
                throw new ServletException("unknown ?how=" + how);
        }
    }
}
