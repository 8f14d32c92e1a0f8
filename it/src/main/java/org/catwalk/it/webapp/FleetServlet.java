package org.catwalk.it.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.HttpSession;

/**
 * A node of a fleet. Enters each run of a request in the ledger, a file that outlives the node and that all nodes share, and answers who
 * it is. {@code ?hold=MILLIS} takes so long; {@code ?session=1} counts in a session, {@code ?session=old} only in one that exists.
 */
@WebServlet("/fleet")
public class FleetServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String id = request.getHeader(RequestRecords.HEADER);
        RunLedger.enter(id);
        Answer answer = new Answer().put("id", id).put("node", RunLedger.NODE).put("activation", request.getAttribute("JK_LB_ACTIVATION"));
        answer.put("checksum", checksum(request.getInputStream()));
        String hold = request.getParameter("hold");
        if (hold != null) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(hold)));
        }
        String session = request.getParameter("session");
        HttpSession found = session == null ? null : request.getSession(!session.equals("old"));
        if (found != null) {
            Integer before = (Integer) found.getAttribute("count");
            int count = before == null ? 1 : before + 1;
            found.setAttribute("count", count);
            answer.put("session", found.getId()).put("count", count);
        }
        answer.sendTo(response);
    }

    private static String checksum(InputStream body) throws IOException {
        Payload.Checksum checksum = new Payload.Checksum();
        byte[] buffer = new byte[8192];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            checksum.add(buffer, 0, n);
        }
        return checksum.value();
    }
}
