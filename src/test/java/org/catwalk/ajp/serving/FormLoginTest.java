package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.catalina.Context;
import org.apache.catalina.authenticator.FormAuthenticator;
import org.apache.tomcat.util.descriptor.web.LoginConfig;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.SecurityConstraint;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Payload;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** A body that came before its sender had logged in is given to the application afterwards. */
class FormLoginTest {

    private static final int SIZE = 3_000;

    private static void protect(Context context) {
        SecurityCollection all = new SecurityCollection();
        all.addPatternDecoded("/protected/*");
        SecurityConstraint constraint = new SecurityConstraint();
        constraint.addAuthRole("user");
        constraint.addCollection(all);
        context.addConstraint(constraint);
        context.addSecurityRole("user");
        context.setLoginConfig(new LoginConfig("FORM", "realm", "/login", "/failed"));
        context.getPipeline().addValve(new FormAuthenticator());
    }

    @Test
    void replaysTheBodyAfterTheLogin() {
        byte[] body = Payload.ofSize(SIZE);
        try (TestServer server = TestServer.with()
                        .servlet("/login", (request, response) -> response.getOutputStream().print("log in"))
                        .servlet("/protected/*", (request, response) -> {
                            response.setHeader("X-Method", request.getMethod());
                            response.getOutputStream().write(request.getInputStream().readAllBytes());
                        })
                        .context(FormLoginTest::protect).startWithUser("cat", "walk", "user");
                AjpClient client = server.connect()) {
            Answer login = client.exchange(Request.post("/protected/echo", SIZE).header("Content-Type", "application/octet-stream"), body);
            assertThat(login.text()).isEqualTo("log in");
            String session = login.header("Set-Cookie").orElseThrow().replaceFirst(";.*", "");

            byte[] form = "j_username=cat&j_password=walk".getBytes();
            Answer loggedIn = client.exchange(Request.post("/protected/j_security_check", form.length)
                    .header("Content-Type", "application/x-www-form-urlencoded").header("Cookie", session), form);
            assertThat(loggedIn.status()).isEqualTo(303);
            assertThat(loggedIn.header("Location").orElseThrow()).contains("/protected/echo");
            String newSession = loggedIn.header("Set-Cookie").map(cookie -> cookie.replaceFirst(";.*", "")).orElse(session);

            Answer replayed = client.exchange(Request.get("/protected/echo").header("Cookie", newSession));
            assertThat(replayed.header("X-Method")).contains("POST");
            assertThat(replayed.body()).isEqualTo(body);

            Answer next = client.exchange(Request.post("/protected/echo", SIZE).header("Cookie", newSession), body);
            assertThat(next.body()).isEqualTo(body);
        }
    }
}
