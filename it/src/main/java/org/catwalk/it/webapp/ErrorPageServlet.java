package org.catwalk.it.webapp;

import java.io.IOException;
import javax.servlet.RequestDispatcher;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** The error page that web.xml names. */
@WebServlet("/error-page")
public class ErrorPageServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object exception = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
        new Answer().put("errorPage", true).put("status", request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE))
                .put("uri", request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI))
                .put("exception", exception == null ? null : ((Throwable) exception).getMessage()).sendTo(response);
    }
}
