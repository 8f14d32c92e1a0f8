package org.catwalk.it.webapp;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.servlet.http.HttpSession;

/**
 * Shows what travelled from the browser to here: a page for browsers, plain text for everybody else. A node of a fleet shows itself and
 * the session, too, and its page asks again every two seconds.
 */
@WebServlet("/demo/*")
public class DemoServlet extends HttpServlet {

    private static final String NODE = System.getProperty("fleet.node");

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
        if (NODE != null) {
            sections.put("Fleet", fleet(request));
        }
        sections.put("Request", request(request));
        sections.put("Route", route(request));
        sections.put("TLS", tls(request));
        sections.put("Headers", headers(request));
        sections.put("Connector", connector());
        String accept = request.getHeader("Accept");
        boolean html = accept != null && accept.contains("text/html");
        byte[] body = (html ? html(sections) : text(sections)).getBytes(StandardCharsets.UTF_8);
        response.setContentType((html ? "text/html" : "text/plain") + ";charset=UTF-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static Map<String, Object> fleet(HttpServletRequest request) {
        HttpSession session = request.getSession();
        Integer before = (Integer) session.getAttribute("count");
        int count = before == null ? 1 : before + 1;
        session.setAttribute("count", count);
        Map<String, Object> lines = new LinkedHashMap<>();
        lines.put("node", NODE);
        lines.put("session", session.getId());
        lines.put("route", session.getId().substring(session.getId().lastIndexOf('.') + 1));
        lines.put("requests in session", count);
        lines.put("activation", request.getAttribute("JK_LB_ACTIVATION"));
        return lines;
    }

    private static Map<String, Object> request(HttpServletRequest request) {
        Map<String, Object> lines = new LinkedHashMap<>();
        lines.put("method", request.getMethod());
        lines.put("URI", request.getRequestURI());
        lines.put("query", request.getQueryString());
        lines.put("protocol", request.getProtocol());
        lines.put("user", request.getRemoteUser());
        return lines;
    }

    private static Map<String, Object> route(HttpServletRequest request) {
        Map<String, Object> lines = new LinkedHashMap<>();
        // mod_jk sends this attribute with every request, mod_proxy_ajp never does.
        lines.put("front end", request.getAttribute("JK_LB_ACTIVATION") == null ? "mod_proxy_ajp" : "mod_jk");
        lines.put("client", request.getRemoteAddr() + ":" + request.getRemotePort());
        lines.put("httpd", request.getLocalAddr() + ":" + request.getLocalPort() + " as " + request.getServerName() + ":"
                + request.getServerPort());
        lines.put("container", request.getServletContext().getServerInfo());
        lines.put("thread", Thread.currentThread().getName());
        return lines;
    }

    private static Map<String, Object> tls(HttpServletRequest request) {
        Map<String, Object> lines = new LinkedHashMap<>();
        lines.put("secure", request.isSecure());
        lines.put("cipher", request.getAttribute("javax.servlet.request.cipher_suite"));
        lines.put("key size", request.getAttribute("javax.servlet.request.key_size"));
        Object chain = request.getAttribute("javax.servlet.request.X509Certificate");
        lines.put("client certificate",
                chain instanceof X509Certificate[] ? ((X509Certificate[]) chain)[0].getSubjectX500Principal() : null);
        return lines;
    }

    private static Map<String, Object> headers(HttpServletRequest request) {
        Map<String, Object> lines = new LinkedHashMap<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            lines.put(name, String.join(", ", Collections.list(request.getHeaders(name))));
        }
        return lines;
    }

    private static Map<String, Object> connector() {
        Map<String, Object> lines = new LinkedHashMap<>();
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            for (ObjectName pool : beans.queryNames(new ObjectName("Catalina:type=ThreadPool,name=\"ajp-*\""), null)) {
                lines.put("name", pool.getKeyProperty("name"));
                read(beans, pool, lines, "connectionCount", "currentThreadCount", "currentThreadsBusy", "maxThreads");
            }
            for (ObjectName connector : beans.queryNames(new ObjectName("Catalina:type=Connector,*"), null)) {
                lines.put("class", beans.getAttribute(connector, "protocolHandlerClassName"));
            }
            for (ObjectName global : beans.queryNames(new ObjectName("Catalina:type=GlobalRequestProcessor,name=\"ajp-*\""), null)) {
                read(beans, global, lines, "requestCount", "errorCount", "bytesReceived", "bytesSent");
            }
        } catch (JMException e) {
            lines.put("not readable", e);
        }
        return lines;
    }

    private static void read(MBeanServer beans, ObjectName bean, Map<String, Object> lines, String... names) throws JMException {
        for (String name : names) {
            lines.put(name, beans.getAttribute(bean, name));
        }
    }

    private static String text(Map<String, Map<String, Object>> sections) {
        StringBuilder text = new StringBuilder();
        sections.forEach((title, lines) -> {
            text.append(title).append('\n');
            lines.forEach((name, value) -> {
                if (value != null) {
                    text.append(String.format("  %-20s %s%n", name, value));
                }
            });
        });
        return text.toString();
    }

    private static String html(Map<String, Map<String, Object>> sections) {
        StringBuilder html = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Catwalk</title>"
                + "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222}"
                + "h1{font-size:1.4rem}h2{font-size:1rem;margin:1.4rem 0 .2rem;color:#555}table{border-collapse:collapse;width:100%}"
                + "th{text-align:left;font-weight:normal;color:#666;width:13rem;vertical-align:top}"
                + "th,td{border-top:1px solid #ddd;padding:.2rem .4rem;overflow-wrap:anywhere}</style>"
                + (NODE == null ? "" : "<meta http-equiv=\"refresh\" content=\"2\">")
                + "<h1>What travelled from your browser over AJP 1.3</h1>"
                + (NODE == null ? "" : "<p><a href=\"/jk-status\">mod_jk's status worker</a>"));
        sections.forEach((title, lines) -> {
            html.append("<h2>").append(title).append("</h2><table>");
            lines.forEach((name, value) -> {
                if (value != null) {
                    html.append("<tr><th>").append(escape(name)).append("<td>").append(escape(value.toString()));
                }
            });
            html.append("</table>");
        });
        return html.append("</html>\n").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
