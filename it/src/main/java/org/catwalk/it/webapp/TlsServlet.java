package org.catwalk.it.webapp;

import java.io.IOException;
import java.security.cert.X509Certificate;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** Tells what the request knows of the TLS connection at httpd, with the types of the attributes. */
@WebServlet("/tls")
public class TlsServlet extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answer answer = new Answer().put("secure", request.isSecure()).put("scheme", request.getScheme())
                .put("serverPort", request.getServerPort());
        Object certificates = request.getAttribute("javax.servlet.request.X509Certificate");
        if (certificates instanceof X509Certificate[]) {
            X509Certificate[] chain = (X509Certificate[]) certificates;
            answer.put("certificates", chain.length);
            for (int i = 0; i < chain.length; i++) {
                answer.put("certificate." + i, chain[i].getSubjectX500Principal().getName());
            }
        } else if (certificates != null) {
            answer.put("certificates", "unexpected type " + certificates.getClass().getName());
        }
        attribute(request, answer, "cipher", "javax.servlet.request.cipher_suite");
        attribute(request, answer, "keySize", "javax.servlet.request.key_size");
        attribute(request, answer, "session", "javax.servlet.request.ssl_session_id");
        attribute(request, answer, "protocol", "org.apache.tomcat.util.net.secure_protocol_version");
        attribute(request, answer, "secureProtocol", "javax.servlet.request.secure_protocol");
        answer.sendTo(response);
    }

    private static void attribute(HttpServletRequest request, Answer answer, String name, String attribute) {
        Object value = request.getAttribute(attribute);
        if (value != null) {
            answer.put(name, value).put(name + ".type", value.getClass().getName());
        }
    }
}
