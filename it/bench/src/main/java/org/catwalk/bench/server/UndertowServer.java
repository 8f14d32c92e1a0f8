package org.catwalk.bench.server;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import java.net.InetSocketAddress;

/**
 * Undertow's AJP listener and the same servlets, on any port of 127.0.0.1: {@code UndertowServer}. Its defaults, but for the number of
 * worker threads, which is Tomcat's: eight per processor would make the rows with sleeping servlets a comparison of pool sizes.
 */
public final class UndertowServer {

    private static final int TOMCAT_MAX_THREADS = 200;

    private UndertowServer() {
    }

    public static void main(String[] arguments) throws Exception {
        DeploymentInfo application = io.undertow.servlet.Servlets.deployment().setClassLoader(UndertowServer.class.getClassLoader())
                .setContextPath("/").setDeploymentName("bench");
        Servlets.byPath().forEach((path, servlet) -> application
                .addServlet(io.undertow.servlet.Servlets.servlet(path, servlet).addMapping(path).setLoadOnStartup(1)));
        DeploymentManager deployment = io.undertow.servlet.Servlets.defaultContainer().addDeployment(application);
        deployment.deploy();
        Undertow undertow = Undertow.builder().addAjpListener(0, "127.0.0.1").setWorkerThreads(TOMCAT_MAX_THREADS)
                .setHandler(Handlers.path(deployment.start())).build();
        undertow.start();
        InetSocketAddress address = (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        Commands.obey(address.getPort());
        undertow.stop();
    }
}
