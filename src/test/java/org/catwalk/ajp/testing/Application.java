package org.catwalk.ajp.testing;

import java.io.IOException;
import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** What a servlet does, as a lambda. */
@FunctionalInterface
public interface Application {

    void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
}
