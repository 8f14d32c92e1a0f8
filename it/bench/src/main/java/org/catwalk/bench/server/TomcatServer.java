package org.catwalk.bench.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardThreadExecutor;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;

/**
 * Embedded Tomcat with one connector: {@code TomcatServer PROTOCOL [attribute=value ...]}, on any port of 127.0.0.1. Every attribute that
 * is not given has its default, except that no secret is asked for by an AJP connector.
 */
public final class TomcatServer {

    private TomcatServer() {
    }

    public static void main(String[] arguments) throws Exception {
        Path base = Files.createTempDirectory("catwalk-bench-tomcat-");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector(arguments[0]);
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        if (!arguments[0].startsWith("HTTP")) {
            connector.setProperty("secretRequired", "false");
        }
        for (int i = 1; i < arguments.length; i++) {
            String[] attribute = arguments[i].split("=", 2);
            if (attribute[0].equals("executor")) {
                shareExecutor(tomcat, connector, attribute[1]);
            } else if (!connector.setProperty(attribute[0], attribute[1])) {
                throw new IllegalArgumentException("The connector " + arguments[0] + " has no attribute " + attribute[0]);
            }
        }
        tomcat.getService().addConnector(connector);
        Context context = tomcat.addContext("", base.toString());
        for (Map.Entry<String, Class<? extends jakarta.servlet.http.HttpServlet>> each : Servlets.byPath().entrySet()) {
            Wrapper wrapper = Tomcat.addServlet(context, each.getKey(), each.getValue().getName());
            wrapper.setLoadOnStartup(1);
            context.addServletMappingDecoded(each.getKey(), each.getKey());
        }
        tomcat.start();
        Commands.obey(connector.getLocalPort());
        tomcat.stop();
        tomcat.destroy();
        Files.walk(base).sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }

    /** As server.xml does it with an Executor beside the Connector. */
    private static void shareExecutor(Tomcat tomcat, Connector connector, String name) {
        StandardThreadExecutor executor = new StandardThreadExecutor();
        executor.setName(name);
        tomcat.getService().addExecutor(executor);
        ((AbstractProtocol<?>) connector.getProtocolHandler()).setExecutor(executor);
    }
}
