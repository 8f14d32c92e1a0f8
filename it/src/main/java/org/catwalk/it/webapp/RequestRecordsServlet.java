package org.catwalk.it.webapp;

import java.io.IOException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** {@code /records?id=ID}: what is known about the requests with that {@code X-Request-Id}. */
@WebServlet("/records")
public class RequestRecordsServlet extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RequestRecords records = RequestRecords.of(request.getParameter("id"));
        new Answer().put("runs", records.runs()).put("notes", records.notes()).sendTo(response);
    }
}
