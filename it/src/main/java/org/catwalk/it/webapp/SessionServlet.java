package org.catwalk.it.webapp;

import java.io.IOException;
import java.nio.file.Path;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.HttpSession;

/**
 * Counts the visits of a session, and tells in which Tomcat. {@code ?hold=MILLIS} answers only then, and says at once on standard output that
 * the request with this {@code X-Request-Id} is there.
 */
@WebServlet("/session")
public class SessionServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getParameter("hold") != null) {
            System.out.println("holding " + request.getHeader(RequestRecords.HEADER));
            hold(Long.parseLong(request.getParameter("hold")));
        }
        HttpSession session = request.getSession();
        Integer before = (Integer) session.getAttribute("visits");
        int visits = before == null ? 1 : before + 1;
        session.setAttribute("visits", visits);
        new Answer().put("id", session.getId()).put("visits", visits)
                .put("tomcat", Path.of(System.getProperty("catalina.base")).getFileName()).sendTo(response);
    }

    private static void hold(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
