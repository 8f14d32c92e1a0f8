package org.catwalk.it.boot;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Connector;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The recipe of the user guide, {@code src/site/markdown/embedded.md}, in an application that can be run. */
@SpringBootApplication
@RestController
public class BootApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(BootApplication.class, arguments);
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> ajp(@Value("${ajp.port}") int port, @Value("${ajp.secret}") String secret) {
        return factory -> {
            Connector ajp = new Connector("org.catwalk.ajp.AjpProtocol");
            ajp.setPort(port);
            ajp.setProperty("secret", secret);
            factory.addAdditionalTomcatConnectors(ajp);
        };
    }

    @GetMapping("/hello")
    String hello(HttpServletRequest request) {
        return "hello " + request.getRemoteAddr() + " from " + request.getServerName();
    }

    @PostMapping("/echo")
    byte[] echo(@RequestBody byte[] body) {
        return body;
    }
}
