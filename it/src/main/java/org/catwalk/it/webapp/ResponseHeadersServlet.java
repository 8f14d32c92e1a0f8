package org.catwalk.it.webapp;

import java.io.IOException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** Answers with a header {@code X-Large} whose value has {@code ?size=N} characters, and a short body. */
@WebServlet("/response-headers")
public class ResponseHeadersServlet extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int size = Integer.parseInt(request.getParameter("size"));
        response.setHeader("X-Large", "x".repeat(size));
        new Answer().put("size", size).sendTo(response);
    }
}
