package org.catwalk.it.webapp;

import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.Cookie;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Answers any method with all that the request says, parameters included (so that it reads a form body), and with the request attributes
 * that {@code ?attribute=NAME} asks for.
 */
@WebServlet({"/echo/*", "/secure/echo/*", "/members/echo/*"})
public class EchoServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answer answer = new Answer();
        requestLine(request, answer);
        ends(request, answer);
        for (String name : Collections.list(request.getHeaderNames())) {
            for (String value : Collections.list(request.getHeaders(name))) {
                answer.put("header." + name.toLowerCase(java.util.Locale.ROOT), value);
            }
        }
        if (request.getCookies() != null) {
            for (Cookie cookie : request.getCookies()) {
                answer.put("cookie." + cookie.getName(), cookie.getValue());
            }
        }
        request.getParameterMap().forEach((name, values) -> {
            for (String value : values) {
                answer.put("parameter." + name, value);
            }
        });
        if (request.getParameter("attribute") != null) {
            for (String name : request.getParameterValues("attribute")) {
                answer.put("attribute." + name, request.getAttribute(name));
            }
        }
        response.addHeader("X-Echo", "one");
        response.addHeader("X-Echo", "two");
        answer.sendTo(response);
    }

    private static void requestLine(HttpServletRequest request, Answer answer) {
        answer.put("method", request.getMethod()).put("requestUri", request.getRequestURI())
                .put("pathInfo", request.getPathInfo()).put("queryString", request.getQueryString())
                .put("protocol", request.getProtocol()).put("contentType", request.getContentType())
                .put("contentLength", request.getContentLengthLong());
    }

    private static void ends(HttpServletRequest request, Answer answer) {
        Principal user = request.getUserPrincipal();
        answer.put("scheme", request.getScheme()).put("secure", request.isSecure())
                .put("serverName", request.getServerName()).put("serverPort", request.getServerPort())
                .put("remoteAddr", request.getRemoteAddr()).put("remotePort", request.getRemotePort())
                .put("remoteHost", request.getRemoteHost())
                .put("localAddr", request.getLocalAddr()).put("localPort", request.getLocalPort())
                .put("remoteUser", request.getRemoteUser()).put("principal", user == null ? null : user.getName())
                .put("authType", request.getAuthType()).put("isMember", request.isUserInRole("member"))
                .put("activation", request.getAttribute("JK_LB_ACTIVATION"))
                .put("attribute.it_allowed", request.getAttribute("it_allowed"))
                .put("attribute.it_unknown", request.getAttribute("it_unknown"))
                .put("thread", Thread.currentThread().getName());
    }
}
